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
// against a new server and compares what they print with what stands there.
func TestTheSessionOfTheREADMEWorksWhenPasted(t *testing.T) {
	t.Parallel()
	bash := needed(t, "bash")
	needed(t, "curl")
	content, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	session := section(t, string(content), "## A first session")
	commands, promised := blocks(session, "sh"), blocks(session, "json")
	require.NotEmpty(t, promised)
	eachDatabase(t, func(t *testing.T, url string) {
		server := program.Serve(t, runyard, withTokens(url)...)
		result := program.Run(t, []string{
			"API=" + server.URL("/api/v4"), "ROOT_TOKEN=" + rootToken, "REGISTRATION_TOKEN=" + registrationToken, "no_proxy=*",
		}, bash, "-euc", commands)
		require.Zero(t, result.Code, result.Stderr)
		assert.Equal(t, withoutTokens(promised), withoutTokens(result.Stdout))
	})
}

// section is the part of a Markdown text from a heading to the next one.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "\n"+heading+"\n")
	require.True(t, found)
	body, _, _ := strings.Cut(rest, "\n## ")
	return body
}

// blocks is the content of all fenced blocks in a language.
func blocks(text, language string) string {
	var content strings.Builder
	for {
		_, rest, found := strings.Cut(text, "```"+language+"\n")
		if !found {
			return content.String()
		}
		var block string
		block, text, _ = strings.Cut(rest, "```\n")
		content.WriteString(block)
	}
}

var token = regexp.MustCompile(`"token":"[^"]+"`)

// withoutTokens replaces what is another text each time.
func withoutTokens(output string) string {
	return token.ReplaceAllString(output, `"token":"…"`)
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

func TestTheREADMENamesEverySetting(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	help := program.Run(t, nil, runyard, "--help").Stdout
	settings := section(t, string(content), "## Settings")
	names := regexp.MustCompile(`RUNYARD_[A-Z0-9_]+|--[a-z-]+=`).FindAllString(help, -1)
	require.NotEmpty(t, names)
	for _, name := range names {
		name = strings.TrimSuffix(strings.TrimSuffix(name, "_FILE"), "=")
		assert.Contains(t, settings, "`"+name+"`")
	}
}
