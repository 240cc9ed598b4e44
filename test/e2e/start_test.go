package e2e

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/program"
)

func TestMistakesEndTheProgramWithOneLine(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, taken.Close()) })
	notADatabase := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(notADatabase, []byte(strings.Repeat("no database at all\n", 500)), 0o600))

	for name, c := range map[string]struct {
		args    []string
		environ []string
		code    int
		says    string
	}{
		"an unknown flag":        {[]string{"serve", "--no-such-flag"}, nil, 2, "--no-such-flag"},
		"an unknown command":     {[]string{"server"}, nil, 2, "server"},
		"no command":             {nil, nil, 2, "runyard --help"},
		"a malformed address":    {[]string{"serve", "--listen", "here"}, nil, 2, `--listen (RUNYARD_LISTEN) is "here"`},
		"a malformed level":      {[]string{"serve"}, []string{"RUNYARD_LOG_LEVEL=loud"}, 2, `is "loud"`},
		"a malformed database":   {[]string{"serve", "--database-url", "mysql://u:geheim@h/d"}, nil, 2, "--database-url"},
		"a malformed URL":        {[]string{"serve", "--external-url", "not a url"}, nil, 2, "--external-url"},
		"a malformed proxy":      {[]string{"serve", "--trusted-proxies", "1.2.3"}, nil, 2, "--trusted-proxies"},
		"a malformed grace":      {[]string{"serve", "--shutdown-grace", "15"}, nil, 2, "--shutdown-grace"},
		"a short secret key":     {[]string{"serve"}, []string{"RUNYARD_SECRET_KEY=geheim"}, 2, "RUNYARD_SECRET_KEY has 6 bytes"},
		"a misspelt variable":    {[]string{"serve"}, []string{"RUNYARD_LISTN=:80"}, 2, "did you mean RUNYARD_LISTEN"},
		"a server that is not":   {[]string{"serve", "--database-url", "postgres://u:geheim@127.0.0.1:1/d"}, nil, 1, "--database-url postgres://u:xxxxx@127.0.0.1:1/d"},
		"a host that is not":     {[]string{"migrate", "--database-url", "postgres://u:geheim@host.invalid/d"}, nil, 1, "--database-url"},
		"a folder that is not":   {[]string{"serve", "--database-url", "sqlite:/no/such/folder/r.db"}, nil, 1, "--database-url sqlite:/no/such/folder/r.db"},
		"a file of another kind": {[]string{"serve", "--database-url", "sqlite:" + notADatabase}, nil, 1, notADatabase},
		"a port that is taken":   {[]string{"serve", "--listen", taken.Addr().String()}, []string{"RUNYARD_DATABASE_URL=sqlite::memory:"}, 1, "--listen " + taken.Addr().String()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := program.Run(t, c.environ, runyard, c.args...)
			assert.Equal(t, c.code, result.Code, result.Stderr)
			assert.Empty(t, result.Stdout)
			assert.Regexp(t, `\Arunyard: [^\n]+\n\z`, result.Stderr)
			assert.Contains(t, result.Stderr, c.says)
			assert.NotContains(t, result.Stderr, "geheim")
			assert.NotContains(t, result.Stderr, "goroutine")
		})
	}
}

var (
	printedRoot         = regexp.MustCompile(`root token: +(\S+)\n`)
	printedRegistration = regexp.MustCompile(`registration token: +(\S+)\n`)
)

func TestTokensAreGeneratedAndShownOnceAndKept(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, url string) {
		first := program.Serve(t, runyard, "RUNYARD_DATABASE_URL="+url)
		shown := first.Stdout()
		root, registration := printedRoot.FindStringSubmatch(shown), printedRegistration.FindStringSubmatch(shown)
		require.NotNil(t, root, shown)
		require.NotNil(t, registration, shown)
		requireTokensWork(t, first, root[1], registration[1])
		runner := registerAt(t, first, registration[1])
		first.Signal(os.Interrupt)
		require.Zero(t, first.Wait().Code)
		assert.NotContains(t, first.Log(), root[1])
		assert.NotContains(t, first.Log(), registration[1])

		second := program.Serve(t, runyard, "RUNYARD_DATABASE_URL="+url)
		assert.NotContains(t, second.Stdout(), "token:")
		assert.NotContains(t, second.Stdout()+second.Log(), root[1])
		requireTokensWork(t, second, root[1], registration[1])
		assert.Equal(t, http.StatusOK, verifyAt(t, second, runner))
	})
}

func TestTheExampleOfTheGreetingWorksWhenPasted(t *testing.T) {
	t.Parallel()
	server := program.Serve(t, runyard, "RUNYARD_DATABASE_URL=sqlite::memory:")
	_, line, found := strings.Cut(server.Stdout(), "Try it:\n")
	require.True(t, found)
	result := program.Run(t, nil, needed(t, "bash"), "-c", line)
	assert.Equal(t, program.Result{Stdout: "[]", Stderr: result.Stderr}, result)
}

func TestTokensOfTheEnvironmentReplaceThoseThatWereStored(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, url string) {
		first := program.Serve(t, runyard, withTokens(url)...)
		assert.NotContains(t, first.Stdout(), "token:", "what the caller chose is not shown")
		requireTokensWork(t, first, rootToken, registrationToken)
		first.Signal(os.Interrupt)
		require.Zero(t, first.Wait().Code)

		second := program.Serve(t, runyard,
			"RUNYARD_DATABASE_URL="+url, "RUNYARD_ROOT_TOKEN=another-root-token", "RUNYARD_REGISTRATION_TOKEN=another-registration-token")
		requireTokensWork(t, second, "another-root-token", "another-registration-token")
		status, _ := sendMultipart(t, http.MethodGet, second.URL("/api/v4/user"), rootToken)
		assert.Equal(t, http.StatusUnauthorized, status)
		status, _ = sendMultipart(t, http.MethodPost, second.URL("/api/v4/runners"), "", "token", registrationToken)
		assert.Equal(t, http.StatusForbidden, status)
	})
}

func TestADatabaseMadeWithAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, url string) {
		first := program.Serve(t, runyard, withTokens(url, "RUNYARD_SECRET_KEY="+secretKey)...)
		first.Signal(os.Interrupt)
		require.Zero(t, first.Wait().Code)
		for name, environ := range map[string][]string{
			"another key": withTokens(url, "RUNYARD_SECRET_KEY=another key of the tests, long enough as well"),
			"no key":      withTokens(url),
		} {
			result := program.Run(t, append(environ, "RUNYARD_LISTEN=127.0.0.1:0"), runyard, "serve")
			assert.Equal(t, 1, result.Code, name)
			assert.Empty(t, result.Stdout, name)
			assert.Regexp(t, `\Arunyard: [^\n]*RUNYARD_SECRET_KEY[^\n]*\n\z`, result.Stderr, name)
		}
		requireTokensWork(t, program.Serve(t, runyard, withTokens(url, "RUNYARD_SECRET_KEY="+secretKey)...), rootToken, registrationToken)
	})
}

func requireTokensWork(t *testing.T, server *program.Process, root, registration string) {
	t.Helper()
	status, body := sendMultipart(t, http.MethodGet, server.URL("/api/v4/runners/all"), root)
	require.Equal(t, http.StatusOK, status, body)
	registerAt(t, server, registration)
}

// registerAt registers a runner and returns its token.
func registerAt(t *testing.T, server *program.Process, registration string) string {
	t.Helper()
	_, token := example{t: t, server: server, send: sendMultipart}.id("runners", "", "token", registration)
	return token
}

func verifyAt(t *testing.T, server *program.Process, runner string) int {
	t.Helper()
	status, _ := sendMultipart(t, http.MethodPost, server.URL("/api/v4/runners/verify"), "", "token", runner)
	return status
}
