// Package e2e drives the built program from outside, as its users do: with
// GitLab's client library, with curl, with signals and with settings.
package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"runyard/test/postgres"
	"runyard/test/program"
)

// runyard is the path of the program under test.
var runyard string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "runyard-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a folder left in /tmp is no reason to fail
	runyard, err = program.Build(folder, "runyard/cmd/runyard")
	if err != nil {
		return 0, err
	}
	return program.RunTests(m)
}

// The tokens that the tests give to the program.
const (
	rootToken         = "glpat-root-token-of-the-tests"
	registrationToken = "GR1348941registration-token-of-the-tests"
	secretKey         = "the key of the tests, of more than 32 bytes"
)

// withTokens is the environment of a server whose tokens the test knows.
func withTokens(url string, more ...string) []string {
	return append([]string{
		"RUNYARD_DATABASE_URL=" + url, "RUNYARD_ROOT_TOKEN=" + rootToken, "RUNYARD_REGISTRATION_TOKEN=" + registrationToken,
	}, more...)
}

// eachDatabase runs the test on every database that Runyard supports, each time
// on an empty one.
func eachDatabase(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	for name, newURL := range map[string]func(t testing.TB) string{
		"SQLite":     newSQLite,
		"PostgreSQL": postgres.NewDatabase,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newURL(t))
		})
	}
}

func newSQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "runyard.db")
}
