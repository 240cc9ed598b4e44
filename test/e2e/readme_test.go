package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/program"
)

// TestTheSessionOfTheREADMEWorksWhenPasted runs the commands of the README
// against a new server and compares what they print with the comments that
// follow them there.
func TestTheSessionOfTheREADMEWorksWhenPasted(t *testing.T) {
	t.Parallel()
	bash := needed(t, "bash")
	needed(t, "curl")
	session := sessionOfREADME(t)
	eachDatabase(t, func(t *testing.T, url string) {
		server := program.Serve(t, runyard, withTokens(url, "RUNYARD_EXTERNAL_URL=http://127.0.0.1:8080")...)
		result := program.Run(t, []string{
			"API=" + server.URL("/api/v4"), "ROOT_TOKEN=" + rootToken, "REGISTRATION_TOKEN=" + registrationToken, "no_proxy=*",
		}, bash, "-euc", session)
		require.Zero(t, result.Code, result.Stderr)
		assert.Equal(t, promisedOutput(session), withoutChance(result.Stdout))
	})
}

// sessionOfREADME is the block that begins with the words "# The session".
func sessionOfREADME(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(content), "```sh\n# The session")
	require.True(t, found)
	session, _, found := strings.Cut(rest, "\n```")
	require.True(t, found)
	return "# The session" + session + "\n"
}

// promisedOutput is what the session says it prints: the comments that begin
// with "#>".
func promisedOutput(session string) string {
	var lines []string
	for line := range strings.Lines(session) {
		if output, found := strings.CutPrefix(line, "#> "); found {
			lines = append(lines, strings.TrimSuffix(output, "\n"))
		}
	}
	return withoutChance(strings.Join(lines, "\n") + "\n")
}

var (
	timestamp   = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`)
	runnerToken = regexp.MustCompile(`"(token|runners_token)":"[^"]+"`)
)

// withoutChance replaces what is another text each time.
func withoutChance(output string) string {
	return runnerToken.ReplaceAllString(timestamp.ReplaceAllString(output, "<time>"), `"$1":"<token>"`)
}

// needed is the path of a program that the test cannot do without.
func needed(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not installed, which the examples for pasting are tested with: install the package %s", name, name)
	}
	return path
}
