package main

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"runyard/adapters/rest"
)

const thirtyTwoBytes = "0123456789abcdef0123456789abcdef"

// settingsOf reads the settings as `runyard serve` does, without a terminal.
func settingsOf(flags, environ []string) (Settings, error) {
	invocation, err := parseCommandLine(append([]string{"serve"}, flags...), environ, &bytes.Buffer{})
	if err != nil {
		return Settings{}, err
	}
	return newSettings(invocation.values, environ, false)
}

func secretFile(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

func TestSettingsHaveTheirDefaults(t *testing.T) {
	t.Parallel()
	settings, err := settingsOf(nil, nil)
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1:8080", settings.Listen)
	assert.Equal(t, "sqlite:runyard.db", settings.DatabaseURL)
	assert.Empty(t, settings.ExternalURL)
	assert.Equal(t, zapcore.InfoLevel, settings.LogLevel)
	assert.Equal(t, LogJSON, settings.LogFormat)
	assert.Equal(t, 15*time.Second, settings.ShutdownGrace)
	assert.Zero(t, settings.Runners, "tokens live for ever, and registration is open")
	assert.Equal(t, rest.ThrottleConfig{PerMinute: 300}, settings.Throttle)
	assert.Empty(t, settings.RootToken)
	assert.Empty(t, settings.RegistrationToken)
	assert.Empty(t, settings.SecretKey)
	for address, trusted := range map[string]bool{
		"127.0.0.9": true, "::1": true, "10.1.2.3": true, "172.31.0.1": true, "192.168.1.1": true, "fd00::1": true,
		"172.32.0.1": false, "203.0.113.7": false, "2001:db8::1": false,
	} {
		assert.Equal(t, trusted, trusts(settings.TrustedProxies, address), address)
	}
}

func trusts(ranges []netip.Prefix, address string) bool {
	for _, r := range ranges {
		if r.Contains(netip.MustParseAddr(address)) {
			return true
		}
	}
	return false
}

func TestAFlagBeatsTheEnvironmentWhichBeatsTheDefault(t *testing.T) {
	t.Parallel()
	for _, setting := range []struct {
		flag, fromFlag, fromEnvironment string
		read                            func(Settings) string
	}{
		{"listen", "127.0.0.1:1", "127.0.0.1:2", func(s Settings) string { return s.Listen }},
		{"database-url", "sqlite:1.db", "postgres://127.0.0.1/two", func(s Settings) string { return s.DatabaseURL }},
		{"external-url", "https://one.example", "https://two.example", func(s Settings) string { return s.ExternalURL }},
		{"trusted-proxies", "10.0.0.1/32", "10.0.0.0/24,::2/128", func(s Settings) string {
			return strings.ReplaceAll(strings.Trim(fmt.Sprint(s.TrustedProxies), "[]"), " ", ",")
		}},
		{"wrong-token-limit", "1", "0", func(s Settings) string { return strconv.Itoa(s.Throttle.PerMinute) }},
		{"throttle-exempt", "10.0.0.1/32", "::2/128", func(s Settings) string {
			return strings.Trim(fmt.Sprint(s.Throttle.Exempt), "[]")
		}},
		{"log-level", "debug", "error", func(s Settings) string { return s.LogLevel.String() }},
		{"log-format", "json", "console", func(s Settings) string { return string(s.LogFormat) }},
		{"shutdown-grace", "1s", "2s", func(s Settings) string { return s.ShutdownGrace.String() }},
		{"max-connections", "1", "2", func(s Settings) string { return strconv.Itoa(s.Limits.Connections) }},
		{"max-requests", "1", "2", func(s Settings) string { return strconv.Itoa(s.Limits.Requests) }},
		{"max-held-requests", "1", "2", func(s Settings) string { return strconv.Itoa(s.Limits.HeldRequests) }},
		{"client-timeout", "1s", "2s", func(s Settings) string { return s.Limits.Patience.String() }},
		{"runner-token-expiry", "1h0m0s", "2h0m0s", func(s Settings) string { return s.Runners.TokenLifetime.String() }},
		{"allow-registration-token", "true", "false", func(s Settings) string {
			return strconv.FormatBool(!s.Runners.RegistrationClosed)
		}},
		{"storage", "file:one", "file:two", func(s Settings) string { return "file:" + s.Storage.Directory }},
		{"trace-limit", "1", "2", func(s Settings) string { return fmt.Sprint(s.Agents.Trace) }},
		{"artifact-limit", "1", "2", func(s Settings) string { return fmt.Sprint(s.Agents.Artifact) }},
		{"artifact-expiry", "1s", "2s", func(s Settings) string { return s.Agents.ArtifactExpiry.String() }},
		{"long-poll", "1s", "2s", func(s Settings) string { return s.Agents.LongPoll.String() }},
		{"pending-timeout", "1s", "2s", func(s Settings) string { return s.Agents.Sweep.Pending.String() }},
		{"unmatched-timeout", "1s", "2s", func(s Settings) string { return s.Agents.Sweep.Unmatched.String() }},
		{"unacknowledged-timeout", "1s", "2s", func(s Settings) string { return s.Agents.Sweep.Unacknowledged.String() }},
		{"silent-timeout", "1s", "2s", func(s Settings) string { return s.Agents.Sweep.Silent.String() }},
		{"overtime", "1s", "2s", func(s Settings) string { return s.Agents.Sweep.Overtime.String() }},
	} {
		t.Run(setting.flag, func(t *testing.T) {
			t.Parallel()
			environ := []string{environmentName(setting.flag) + "=" + setting.fromEnvironment}
			settings, err := settingsOf(nil, environ)
			require.NoError(t, err)
			assert.Equal(t, setting.fromEnvironment, setting.read(settings))

			settings, err = settingsOf([]string{"--" + setting.flag, setting.fromFlag}, environ)
			require.NoError(t, err)
			assert.Equal(t, setting.fromFlag, setting.read(settings))

			unset, err := settingsOf(nil, nil)
			require.NoError(t, err)
			empty, err := settingsOf(nil, []string{environmentName(setting.flag) + "="})
			require.NoError(t, err, "an empty variable counts as not set")
			assert.Equal(t, unset, empty)
		})
	}
}

func TestEveryMalformedSettingIsRefusedByNameAndValue(t *testing.T) {
	t.Parallel()
	for flag, values := range map[string][]string{
		"listen": {"8080", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1", ":", "a b:80", "::1:80", "http://127.0.0.1:80"},
		"database-url": {
			"runyard.db", "mysql://h/db", "sqlite:", "sqlite://runyard.db", "postgres:db", "postgres://h:54x/db",
			"postgres://h/db?sslmode=sometimes", "postgres://h/db?pool_max_conns=many", "postgres://h/%zz",
		},
		"external-url":      {"runyard.example", "/runyard", "ftp://h", "http://", "http://:80", "http://h?a=b", "http://h?", "http://h#a", "http://h#", "http://%zz"},
		"trusted-proxies":   {"localhost", "10.0.0.0/33", "10.0.0.1,,proxy", "10.0.0.0-10.0.0.9"},
		"wrong-token-limit": {"-1", "many", "1.5", "2147483648"},
		"throttle-exempt":   {"localhost", "10.0.0.0/33"},
		"log-level":         {"trace", "INFO", "2"},
		"log-format":        {"text", "JSON"},
		"shutdown-grace":    {"15", "soon", "-1s"},

		"max-connections":   {"-1", "many", "1.5"},
		"max-requests":      {"-1", "4294967296"},
		"max-held-requests": {"-1", "1k"},
		"client-timeout":    {"-1s", "30"},

		"runner-token-expiry":      {"3600", "never", "-1s"},
		"allow-registration-token": {"yes", "0", "True"},
		"storage": {
			"runyard-data", "file", "file:", "file://runyard-data", "s3:bucket", "s3://h", "s3://h/BUCKET", "s3:///bucket",
			"s3://h/bucket/../other", "gs://bucket",
		},
		"trace-limit":            {"0", "-1", "16MB", "16 mebibytes", "MiB", "1.5MiB", "9999999TiB", "9223372036854775808"},
		"artifact-limit":         {"0", "none"},
		"artifact-expiry":        {"-1s", "1 week", "30"},
		"long-poll":              {"-1s", "50", "1m1s"},
		"pending-timeout":        {"-1s", "1d"},
		"unmatched-timeout":      {"-1s", "never"},
		"unacknowledged-timeout": {"-1s", "2"},
		"silent-timeout":         {"-1s", "5"},
		"overtime":               {"-1s", "15"},
	} {
		for _, value := range values {
			t.Run(flag+" "+value, func(t *testing.T) {
				t.Parallel()
				_, err := settingsOf([]string{"--" + flag + "=" + value}, nil)
				requireUsageError(t, err, "--"+flag, environmentName(flag), fmt.Sprintf("%q", value))
				_, err = settingsOf(nil, []string{environmentName(flag) + "=" + value})
				requireUsageError(t, err, "--"+flag, environmentName(flag), fmt.Sprintf("%q", value))
			})
		}
	}
}

func requireUsageError(t *testing.T, err error, mentions ...string) {
	t.Helper()
	require.Error(t, err)
	assert.Equal(t, 2, exitCode(err))
	assert.NotContains(t, err.Error(), "\n")
	for _, mention := range mentions {
		assert.Contains(t, err.Error(), mention)
	}
}

func TestUsualFormsOfEachSettingAreAccepted(t *testing.T) {
	t.Parallel()
	for flag, values := range map[string][]string{
		"listen":         {":8080", "0.0.0.0:0", "[::1]:80", "localhost:65535", "runyard.example.com:80"},
		"database-url":   {"sqlite::memory:", "sqlite:/var/lib/runyard.db", "sqlite:///var/lib/runyard.db", "postgres:///db", "postgresql://u:p@a:1,b:2/db?target_session_attrs=read-write", "postgres://[::1]:5432/db"},
		"external-url":   {"http://127.0.0.1:8080", "https://example.com/runyard/sub", "http://[::1]:80"},
		"log-level":      {"debug", "info", "warn", "error"},
		"shutdown-grace": {"0s", "0", "1m30s"},
		"max-requests":   {"0", "1", "1000000"},
		"client-timeout": {"0s", "1m"},

		"runner-token-expiry":      {"0", "0s", "1s", "720h"},
		"allow-registration-token": {"true", "false"},
		"storage":                  {"file:data", "file:/var/lib/runyard", "file:///var/lib/runyard", "s3://h/bucket", "s3://[::1]:9000/bucket/a/b?region=r&insecure=true"},
		"trace-limit":              {"1", "4096", "4KiB", "16 MiB", "8388607TiB"},
		"long-poll":                {"0", "0s", "1m"},
		"overtime":                 {"0", "1h30m"},
	} {
		for _, value := range values {
			t.Run(flag+" "+value, func(t *testing.T) {
				t.Parallel()
				_, err := settingsOf([]string{"--" + flag + "=" + value}, nil)
				assert.NoError(t, err)
			})
		}
	}
}

func TestTheExternalURLLosesItsTrailingSlash(t *testing.T) {
	t.Parallel()
	settings, err := settingsOf([]string{"--external-url=https://example.com/runyard/"}, nil)
	require.NoError(t, err)
	assert.Equal(t, "https://example.com/runyard", settings.ExternalURL)
	assert.Equal(t, "https://example.com/runyard", settings.ExternalURLFor(&net.TCPAddr{Port: 1}))
}

func TestTheExternalURLFollowsTheListenAddress(t *testing.T) {
	t.Parallel()
	bound := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4711}
	for listen, want := range map[string]string{
		"127.0.0.1:0":    "http://127.0.0.1:4711",
		"localhost:4711": "http://localhost:4711",
		"[::1]:0":        "http://[::1]:4711",
		":0":             "http://localhost:4711",
	} {
		assert.Equal(t, want, Settings{Listen: listen}.ExternalURLFor(bound), listen)
	}
}

func TestTheLogFormatFollowsTheTerminal(t *testing.T) {
	t.Parallel()
	onTerminal, err := parseLogFormat("", true)
	require.NoError(t, err)
	assert.Equal(t, LogConsole, onTerminal)
	elsewhere, err := parseLogFormat("", false)
	require.NoError(t, err)
	assert.Equal(t, LogJSON, elsewhere)
	assert.False(t, isTerminal(&bytes.Buffer{}))
}

func TestASingleTrustedProxyIsARangeOfOne(t *testing.T) {
	t.Parallel()
	settings, err := settingsOf([]string{"--trusted-proxies=10.0.0.1, fd00::/8"}, nil)
	require.NoError(t, err)
	assert.Equal(t, "[10.0.0.1/32 fd00::/8]", fmt.Sprint(settings.TrustedProxies))
}

func TestAMisspeltVariableIsRefusedWithTheClosestName(t *testing.T) {
	t.Parallel()
	for misspelt, closest := range map[string]string{
		"RUNYARD_LISTN":            "RUNYARD_LISTEN",
		"RUNYARD_DATABASEURL":      "RUNYARD_DATABASE_URL",
		"RUNYARD_ROOT_TOKEN_FILES": "RUNYARD_ROOT_TOKEN_FILE",
		"RUNYARD_LISTEN_FILE":      "RUNYARD_LISTEN",
	} {
		_, err := settingsOf(nil, []string{misspelt + "=hush-hush"})
		requireUsageError(t, err, misspelt, "did you mean "+closest+"?")
		assert.NotContains(t, err.Error(), "hush-hush", "the value may be a secret with a misspelt name")
	}
}

func TestVariablesOfContainerPlatformsAreNotTakenForSettings(t *testing.T) {
	t.Parallel()
	_, err := settingsOf(nil, []string{
		"RUNYARD_SERVICE_HOST=10.0.0.1", "RUNYARD_SERVICE_PORT=80", "RUNYARD_SERVICE_PORT_HTTP=80",
		"RUNYARD_PORT=tcp://10.0.0.1:80", "RUNYARD_PORT_80_TCP=tcp://10.0.0.1:80", "RUNYARD_PORT_80_TCP_ADDR=10.0.0.1",
		"RUNYARD_DB_SERVICE_HOST=10.0.0.2", "RUNYARD_DB_PORT_5432_TCP_PROTO=tcp", "RUNYARD_UNKNOWN=", "OTHER=1",
	})
	assert.NoError(t, err)
}

func TestSettingsShowNoSecretWhenPrinted(t *testing.T) {
	t.Parallel()
	settings, err := settingsOf(nil, []string{"RUNYARD_SECRET_KEY=" + thirtyTwoBytes, "RUNYARD_ROOT_TOKEN=glpat-hush"})
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		printed := fmt.Sprintf(verb, settings)
		assert.NotContains(t, printed, thirtyTwoBytes)
		assert.NotContains(t, printed, "glpat-hush")
	}
}
