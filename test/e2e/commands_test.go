package e2e

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/program"
)

func TestVersionAndHelpNeedNoSettings(t *testing.T) {
	t.Parallel()
	version := program.Run(t, nil, runyard, "version")
	assert.Zero(t, version.Code)
	assert.Empty(t, version.Stderr)
	assert.Regexp(t, `\Arunyard \d+\.\d+\.\d+ \(commit `+program.Commit+`, `+runtime.Version()+` \S+\)\n\z`, version.Stdout)

	for _, args := range [][]string{{"--help"}, {"serve", "--help"}, {"migrate", "--help"}} {
		help := program.Run(t, nil, runyard, args...)
		assert.Zero(t, help.Code)
		assert.Empty(t, help.Stderr)
		for _, name := range []string{
			"--listen", "RUNYARD_DATABASE_URL", "sqlite:runyard.db", "RUNYARD_ROOT_TOKEN_FILE", "RUNYARD_SECRET_KEY",
		} {
			assert.Contains(t, help.Stdout, name)
		}
	}
	assert.Contains(t, program.Run(t, nil, runyard, "migrate", "--help").Stdout, "--status")
}

func TestMigrateAppliesWhatStatusListsAsPending(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, url string) {
		migrate := func(args ...string) string {
			result := program.Run(t, []string{"RUNYARD_DATABASE_URL=" + url}, runyard, append([]string{"migrate"}, args...)...)
			require.Zero(t, result.Code, result.Stderr)
			require.Empty(t, result.Stderr)
			return result.Stdout
		}
		pending := migrate("--status")
		require.NotEmpty(t, pending)
		assert.Equal(t, pending, migrate("--status"), "listing applies nothing")
		for line := range strings.Lines(pending) {
			assert.Regexp(t, `^\d{14}_\w+ +pending\n$`, line)
		}
		assert.Empty(t, migrate())
		applied := migrate("--status")
		assert.Equal(t, strings.Count(pending, "\n"), strings.Count(applied, "\n"))
		for line := range strings.Lines(applied) {
			assert.Regexp(t, `^\d{14}_\w+ +applied \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$`, line)
		}
		assert.Empty(t, migrate(), "there is nothing left to do")
		requireTokensWork(t, program.Serve(t, runyard, withTokens(url)...), rootToken, registrationToken)
	})
}
