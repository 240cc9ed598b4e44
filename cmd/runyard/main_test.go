package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func TestHelpListsEverySettingWithDefaultAndEnvironmentName(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--help"}, {"serve", "--help"}, {"migrate", "-h"}, {"version", "--help"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			require.NoError(t, run(context.Background(), args, nil, &stdout, &stderr))
			assert.Empty(t, stderr.String())
			help := strings.Join(strings.Fields(stdout.String()), " ")
			for setting, fallback := range map[string]string{
				"listen":            "127.0.0.1:8080",
				"database-url":      "sqlite:runyard.db",
				"external-url":      "http:// and the listen address",
				"trusted-proxies":   defaultTrustedProxies(),
				"wrong-token-limit": "300",
				"throttle-exempt":   "none",
				"log-level":         "info",
				"log-format":        "console on a terminal, else json",
				"shutdown-grace":    "15s",

				"runner-token-expiry":      "0",
				"allow-registration-token": "true",
				"storage":                  "file:runyard-data, or a temporary directory for a database in memory",
				"trace-limit":              "16MiB",
				"artifact-limit":           "100MiB",
				"artifact-expiry":          "0s",
				"long-poll":                "50s",
				"pending-timeout":          "24h",
				"unmatched-timeout":        "1h",
				"unacknowledged-timeout":   "2m",
				"silent-timeout":           "5m",
				"overtime":                 "15m",
			} {
				assert.Contains(t, help, "--"+setting+"=")
				assert.Contains(t, help, "Default: "+fallback+". Environment: "+environmentName(setting)+".")
			}
			for _, name := range knownVariables() {
				assert.Contains(t, help, name)
			}
		})
	}
}

func TestMistakesOnTheCommandLineExitWithTwo(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{},
		{"server"},
		{"serve", "--no-such-flag"},
		{"--no-such-flag"},
		{"serve", "--listen"},
		{"serve", "extra"},
		{"serve", "--status"},
		{"migrate", "--status=perhaps"},
		{"backup"},
		{"backup", "one", "two"},
		{"migrate", "--database-url=nowhere"},
		{"serve", "--log-level=loud"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			requireUsageError(t, run(context.Background(), args, nil, &stdout, &stderr))
			assert.Empty(t, stdout.String())
		})
	}
}

func TestAnyOtherErrorExitsWithOne(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 1, exitCode(errors.New("address in use")))
	assert.Equal(t, 2, exitCode(errors.Join(errors.New("start"), usageErrorf("bad"))))
}

func TestAnErrorOfSeveralLinesIsPrintedAsOne(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "first; second", oneLine(errors.Join(errors.New("first\r\n"), errors.New("\tsecond"))))
	assert.Equal(t, "tried: one; two", oneLine(errors.New("tried:\n\tone\n\ttwo")))
}

func TestVersionNamesVersionCommitAndGoVersionWhateverTheSettings(t *testing.T) {
	t.Parallel()
	var stdout bytes.Buffer
	require.NoError(t, run(context.Background(), []string{"version"}, []string{"RUNYARD_LISTEN=nonsense"}, &stdout, &bytes.Buffer{}))
	assert.Regexp(t, `^runyard \d+\.\d+\.\d+ \(commit \S+, go1\.\S+ \w+/\w+\)\n$`, stdout.String())
}

func TestTheLogHasTheLevelAndFormOfTheSettings(t *testing.T) {
	t.Parallel()
	var asJSON bytes.Buffer
	log := newLogger(&asJSON, Settings{LogLevel: zapcore.WarnLevel, LogFormat: LogJSON})
	log.Info("quiet")
	log.Warn("loud", zap.String("addr", "127.0.0.1:1"))
	var line map[string]string
	require.NoError(t, json.Unmarshal(asJSON.Bytes(), &line))
	assert.Equal(t, "loud", line["msg"])
	assert.Equal(t, "warn", line["level"])
	assert.Equal(t, "127.0.0.1:1", line["addr"])
	assert.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}`, line["ts"])

	var forPeople bytes.Buffer
	log = newLogger(&forPeople, Settings{LogLevel: zapcore.DebugLevel, LogFormat: LogConsole})
	log.Debug("listening")
	assert.Regexp(t, `^\d{4}-\d\d-\d\dT\S+\tDEBUG\tlistening\n$`, forPeople.String())
}
