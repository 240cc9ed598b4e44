package main

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"go.uber.org/zap/zapcore"

	"runyard/adapters/rest"
	"runyard/domain"
)

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$`)

func checkListen(value string) error {
	refuse := func() error {
		return malformed("listen", value, "write host:port, such as 127.0.0.1:8080, [::1]:8080 or :8080")
	}
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		return refuse()
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return malformed("listen", value, "the port must be a number from 0 to 65535")
	}
	if host == "" || hostName.MatchString(host) {
		return nil
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return refuse()
	}
	return nil
}

// parseExternalURL returns the URL without trailing slashes. Links are made by
// appending paths to it, so it can have neither query nor fragment; a user name
// would show in every link.
func parseExternalURL(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", malformed("external-url", redactURL(value), "write an absolute URL, such as https://runyard.example.com or https://example.com/runyard")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(value, "#"):
		return "", malformed("external-url", redactURL(value), "leave out the query and the fragment")
	case u.User != nil:
		return "", malformed("external-url", redactURL(value), "leave out user name and password")
	}
	return strings.TrimRight(value, "/"), nil
}

// ExternalURLFor is the base of all links of a server that listens on bound: the
// setting if there is one, else the listen address with the port that was bound.
func (s Settings) ExternalURLFor(bound net.Addr) string {
	if s.ExternalURL != "" {
		return s.ExternalURL
	}
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return "http://" + bound.String()
	}
	if host == "" {
		host = "localhost"
	}
	if _, boundPort, err := net.SplitHostPort(bound.String()); err == nil {
		port = boundPort
	}
	return "http://" + net.JoinHostPort(host, port)
}

func parseTrustedProxies(value string) ([]netip.Prefix, error) {
	ranges, err := rest.ParseTrustedProxies(value)
	if err != nil {
		return nil, malformed("trusted-proxies", value, err.Error())
	}
	return ranges, nil
}

// parseThrottle reads how many wrong tokens are put up with, and of whom.
func parseThrottle(values settingValues) (throttle rest.ThrottleConfig, err error) {
	limit, err := strconv.ParseUint(values.WrongTokenLimit, 10, 31)
	if err != nil {
		return rest.ThrottleConfig{}, malformed("wrong-token-limit", values.WrongTokenLimit, "write a number, such as 300; 0 is no limit")
	}
	throttle.PerMinute = int(limit)
	if throttle.Exempt, err = rest.ParseNetworks(values.ThrottleExempt); err != nil {
		return rest.ThrottleConfig{}, malformed("throttle-exempt", values.ThrottleExempt, err.Error())
	}
	return throttle, nil
}

// defaultTrustedProxies is the default of the adapter, as the setting is written.
func defaultTrustedProxies() string {
	var list []string
	for _, r := range rest.DefaultTrustedProxies() {
		list = append(list, r.String())
	}
	return strings.Join(list, ",")
}

func parseLogLevel(value string) (zapcore.Level, error) {
	switch value {
	case "debug":
		return zapcore.DebugLevel, nil
	case "info":
		return zapcore.InfoLevel, nil
	case "warn":
		return zapcore.WarnLevel, nil
	case "error":
		return zapcore.ErrorLevel, nil
	}
	return 0, malformed("log-level", value, "write debug, info, warn or error")
}

func parseLogFormat(value string, terminal bool) (LogFormat, error) {
	switch {
	case value == "" && terminal:
		return LogConsole, nil
	case value == "":
		return LogJSON, nil
	case value == string(LogConsole) || value == string(LogJSON):
		return LogFormat(value), nil
	}
	return "", malformed("log-format", value, "write console or json")
}

func parseRunnerPolicy(values settingValues) (policy domain.RunnerPolicy, err error) {
	if policy.TokenLifetime, err = parseDuration("runner-token-expiry", values.RunnerTokenExpiry, "means never"); err != nil {
		return domain.RunnerPolicy{}, err
	}
	switch values.AllowRegistrationToken {
	case "true":
	case "false":
		policy.RegistrationClosed = true
	default:
		return domain.RunnerPolicy{}, malformed("allow-registration-token", values.AllowRegistrationToken, "write true or false")
	}
	return policy, nil
}
