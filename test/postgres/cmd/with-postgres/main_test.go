package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/postgres"
	"runyard/test/postgres/cluster"
)

// program builds the command; url is what it finds in TEST_POSTGRES_URL.
func program(t *testing.T, url string, args ...string) *exec.Cmd {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "with-postgres")
	output, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(output))
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = append(os.Environ(), postgres.Variable+"="+url)
	return cmd
}

func TestTheCommandGetsTheServerThatIsGiven(t *testing.T) {
	t.Parallel()
	const url = "postgres://somewhere/else"
	cmd := program(t, url, "--", "sh", "-c", "cat; echo $TEST_POSTGRES_URL; echo problem >&2; exit 7")
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("input\n"), &stdout, &stderr
	assert.Equal(t, 7, exitCode(t, cmd.Run()))
	assert.Equal(t, "input\n"+url+"\n", stdout.String())
	assert.Equal(t, "problem\n", stderr.String())
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	return exit.ExitCode()
}

func TestACommandLineWithoutCommandIsRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"--"}, {"-x", "true"}} {
		code, err := run(make(chan os.Signal), args, &bytes.Buffer{})
		assert.Equal(t, 2, code)
		assert.ErrorContains(t, err, "with-postgres -- go test ./...")
	}
}

func TestACommandThatDoesNotExistIsNamed(t *testing.T) {
	t.Parallel()
	output, err := program(t, "postgres://h/db", "no-such-command").CombinedOutput()
	assert.Equal(t, 1, exitCode(t, err))
	assert.Contains(t, string(output), "no-such-command")
}

func TestASignalReachesTheCommandAndItsChildrenAndTheServerGoes(t *testing.T) {
	t.Parallel()
	if _, err := cluster.FindPrograms(t.Context()); err != nil && os.Getenv(postgres.Variable) != "" {
		t.Skip("no PostgreSQL programs here, and TEST_POSTGRES_URL makes them needless")
	}
	// The shell waits for a child of its own, which must end too: it holds stdout.
	cmd := program(t, "", "sh", "-c", "echo $TEST_POSTGRES_URL; sleep 600; exit 5")
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = t.Output()
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(stdout)
	url, err := lines.ReadString('\n')
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), strings.TrimSpace(url))
	require.NoError(t, err)
	var directory string
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT current_setting('unix_socket_directories')").Scan(&directory))
	require.DirExists(t, directory)

	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	_, err = lines.ReadString('\n')
	require.Error(t, err, "stdout is closed once all are gone")
	assert.Equal(t, 128+int(syscall.SIGTERM), exitCode(t, cmd.Wait()))
	assert.NoDirExists(t, directory)
	_, err = pgx.Connect(t.Context(), strings.TrimSpace(url))
	assert.Error(t, err)
}
