package main

import (
	"io"
	"net/netip"
	"os"
	"time"

	"go.uber.org/zap/zapcore"
	"golang.org/x/term"

	"runyard/adapters/rest"
	"runyard/application"
	"runyard/domain"
)

// Settings is everything an operator decides, checked and ready for use.
type Settings struct {
	// Listen is host:port; the port may be 0.
	Listen string
	// DatabaseURL is sqlite:PATH, sqlite::memory: or a PostgreSQL URL, which may
	// hold a password: show only RedactedDatabaseURL to people.
	DatabaseURL string
	// ExternalURL has no trailing slash. Empty means: derive it from the address
	// that was bound, see ExternalURLFor.
	ExternalURL string
	// TrustedProxies are the ranges whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Throttle says how many wrong tokens are put up with.
	Throttle  rest.ThrottleConfig
	LogLevel  zapcore.Level
	LogFormat LogFormat
	// ShutdownGrace is how long running requests may take after a signal; never negative.
	ShutdownGrace time.Duration
	// Runners is what holds for the tokens of all runners.
	Runners domain.RunnerPolicy
	// RootToken, RegistrationToken and SecretKey are empty if they are to be generated.
	RootToken         domain.Secret
	RegistrationToken domain.Secret
	// SecretKey has 32 bytes or more, if any.
	SecretKey domain.Secret

	Storage StorageSettings
	// S3AccessKey and S3SecretKey are both empty if AWS's usual places have them.
	S3AccessKey domain.Secret
	S3SecretKey domain.Secret
	// Agents is what agents and their jobs are allowed.
	Agents application.AgentLimits
	// Limits is what this node takes upon itself.
	Limits ServerLimits
}

// LogFormat is the form of the log lines.
type LogFormat string

// The forms of the log: one for people, one for machines.
const (
	LogConsole LogFormat = "console"
	LogJSON    LogFormat = "json"
)

// RedactedDatabaseURL is the database URL without its password.
func (s Settings) RedactedDatabaseURL() string { return redactURL(s.DatabaseURL) }

// newSettings checks the values of flags and environment, adds the secrets and
// refuses variables that look like settings but are none. terminal says whether
// the log goes to a terminal, which decides its default form.
func newSettings(values settingValues, environ []string, terminal bool) (Settings, error) {
	settings, err := readSecrets(environment(environ))
	if err != nil {
		return Settings{}, err
	}
	if err := refuseUnknownVariables(environ); err != nil {
		return Settings{}, err
	}
	settings.Listen = values.Listen
	settings.DatabaseURL = values.DatabaseURL
	for _, read := range []func() error{
		func() (err error) { settings.Limits, err = parseServerLimits(values); return err },
		func() error { return checkListen(values.Listen) },
		func() error { return checkDatabaseURL(values.DatabaseURL) },
		func() (err error) { settings.ExternalURL, err = parseExternalURL(values.ExternalURL); return err },
		func() (err error) {
			settings.TrustedProxies, err = parseTrustedProxies(values.TrustedProxies)
			return err
		},
		func() (err error) { settings.Throttle, err = parseThrottle(values); return err },
		func() (err error) { settings.LogLevel, err = parseLogLevel(values.LogLevel); return err },
		func() (err error) { settings.LogFormat, err = parseLogFormat(values.LogFormat, terminal); return err },
		func() (err error) { settings.Runners, err = parseRunnerPolicy(values); return err },
		func() (err error) {
			settings.ShutdownGrace, err = parseDuration("shutdown-grace", values.ShutdownGrace, "cuts running requests at once")
			return err
		},
		func() (err error) {
			settings.Storage, err = parseStorage(values.Storage, values.DatabaseURL)
			return err
		},
		func() (err error) { settings.Agents, err = parseAgentLimits(values); return err },
	} {
		if err := read(); err != nil {
			return Settings{}, err
		}
	}
	return settings, nil
}

// isTerminal reports whether w writes to a terminal.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// malformed is the error of a setting that has a flag. value must be safe to show.
func malformed(flag, value, advice string) error {
	return usageErrorf("--%s (%s) is %q: %s", flag, environmentName(flag), value, advice)
}
