package e2e

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // opens files as "sqlite"

	"runyard/test/postgres"
	"runyard/test/postgres/cluster"
	"runyard/test/program"
)

// ledger is what a client was told by a server that it goes on writing to.
type ledger struct {
	mu     sync.Mutex
	tokens []string // of runners, in the order of the answers
	stop   chan struct{}
	done   sync.WaitGroup
}

// writeTo registers runners until the test is done with it.
func writeTo(t *testing.T, server *program.Process) *ledger {
	t.Helper()
	l := &ledger{stop: make(chan struct{})}
	for range 4 {
		l.done.Go(func() {
			for {
				select {
				case <-l.stop:
					return
				default:
				}
				token, err := registerOnce(server)
				if !assert.NoError(t, err) {
					return
				}
				l.mu.Lock()
				l.tokens = append(l.tokens, token)
				l.mu.Unlock()
			}
		})
	}
	t.Cleanup(l.end)
	return l
}

func (l *ledger) end() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.done.Wait()
}

// told are the tokens that were told so far.
func (l *ledger) told() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.tokens...)
}

// grown waits until there are more than that many.
func (l *ledger) grown(t *testing.T, beyond int) []string {
	t.Helper()
	for {
		told := l.told()
		if len(told) > beyond {
			return told
		}
		require.False(t, t.Failed())
	}
}

func registerOnce(server *program.Process) (string, error) {
	response, err := http.PostForm(server.URL("/api/v4/runners"), url.Values{
		"token": {registrationToken}, "tag_list": {"linux,docker"}, "run_untagged": {"false"}, "description": {strings.Repeat("x", 1000)},
	})
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	var runner struct{ Token string }
	return runner.Token, json.Unmarshal(body, &runner)
}

// A backup holds all that was acknowledged before it began, and nothing by
// halves, though the server writes on; and a server starts with it.
func TestABackupIsWholeThoughTheServerWrites(t *testing.T) {
	t.Parallel()
	database := newSQLite(t)
	server := program.Serve(t, runyard, withTokens(database)...)
	book := writeTo(t, server)
	folder := t.TempDir()
	var copies []string
	var before [][]string
	for i := range 3 {
		told := book.grown(t, 20*(i+1))
		file := filepath.Join(folder, strconv.Itoa(i)+".db")
		result := program.Run(t, []string{"RUNYARD_DATABASE_URL=" + database}, runyard, "backup", file)
		require.Zero(t, result.Code, result.Stderr)
		assert.Empty(t, result.Stdout+result.Stderr)
		copies, before = append(copies, file), append(before, told)
		book.grown(t, len(told)) // it goes on
	}
	book.end()
	for i, file := range copies {
		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it may hold the secret key")
		runners := checkCopy(t, file)
		assert.GreaterOrEqual(t, runners, len(before[i]))
		restored := program.Serve(t, runyard, withTokens("sqlite:"+file)...)
		for _, token := range before[i] {
			require.Equal(t, http.StatusOK, verify(t, restored, token))
		}
		t.Logf("backup %d: %d runners were acknowledged when it began, %d are in it, %d were in the end", i, len(before[i]), runners, len(book.told()))
	}
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, entry := range left {
		assert.NotContains(t, entry.Name(), "runyard-backup", "nothing unfinished is left")
	}
}

// checkCopy looks into a copy, and tells how many runners are in it.
func checkCopy(t *testing.T, file string) (runners int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro")
	require.NoError(t, err)
	defer db.Close() //nolint:errcheck // it was only read
	var verdict string
	require.NoError(t, db.QueryRow("PRAGMA integrity_check").Scan(&verdict))
	assert.Equal(t, "ok", verdict)
	var torn int
	require.NoError(t, db.QueryRow("SELECT count(*) FROM pragma_foreign_key_check").Scan(&torn))
	assert.Zero(t, torn, "nothing refers to what is not there")
	require.NoError(t, db.QueryRow(`SELECT count(*) FROM runners r WHERE (SELECT count(*) FROM runner_tags t WHERE t.runner_id = r.id) <> 2`).Scan(&torn))
	assert.Zero(t, torn, "a runner has its tags")
	require.NoError(t, db.QueryRow("SELECT count(*) FROM runners").Scan(&runners))
	return runners
}

func verify(t *testing.T, server *program.Process, token string) int {
	t.Helper()
	response, err := http.PostForm(server.URL("/api/v4/runners/verify"), url.Values{"token": {token}})
	require.NoError(t, err)
	defer response.Body.Close()
	return response.StatusCode
}

func TestABackupOverwritesNothingAndSaysWhatItCannot(t *testing.T) {
	t.Parallel()
	database := newSQLite(t)
	require.Zero(t, program.Run(t, []string{"RUNYARD_DATABASE_URL=" + database}, runyard, "migrate").Code)
	file := filepath.Join(t.TempDir(), "copy.db")
	require.NoError(t, os.WriteFile(file, []byte("precious"), 0o600))
	for name, test := range map[string]struct{ database, file, says string }{
		"a file that exists":     {database, file, "exists already"},
		"a folder that does not": {database, filepath.Join(t.TempDir(), "no", "copy.db"), "no such file or directory"},
		"a missing database":     {"sqlite:" + filepath.Join(t.TempDir(), "none.db"), filepath.Join(t.TempDir(), "copy.db"), "no such file or directory"},
		"no SQLite file at all":  {"sqlite:" + file, filepath.Join(t.TempDir(), "copy.db"), "not a database"},
		"a database in memory":   {"sqlite::memory:", filepath.Join(t.TempDir(), "copy.db"), "in memory"},
		"PostgreSQL":             {"postgres://u:canary@127.0.0.1:1/db", filepath.Join(t.TempDir(), "copy.db"), "pg_dump"},
	} {
		t.Run(name, func(t *testing.T) {
			result := program.Run(t, []string{"RUNYARD_DATABASE_URL=" + test.database}, runyard, "backup", test.file)
			assert.Equal(t, 1, result.Code)
			assert.Contains(t, result.Stderr, test.says)
			assert.Equal(t, 1, strings.Count(result.Stderr, "\n"), "one line: %s", result.Stderr)
			assert.NotContains(t, result.Stderr, "canary")
			if test.file != file {
				assert.NoFileExists(t, test.file)
			}
		})
	}
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "precious", string(content))
}

// The way of docs/operations.md for PostgreSQL.
func TestADumpOfPostgreSQLIsRestored(t *testing.T) {
	t.Parallel()
	programs, err := cluster.FindPrograms(t.Context())
	if err != nil {
		t.Skip("the programs of PostgreSQL are not here, only a server")
	}
	for _, name := range []string{"pg_dump", "pg_restore"} {
		if _, err := os.Stat(filepath.Join(programs, name)); err != nil {
			t.Skip(name + " is not installed beside the server")
		}
	}
	database := postgres.NewDatabase(t)
	server := program.Serve(t, runyard, withTokens(database, "RUNYARD_SECRET_KEY="+secretKey)...)
	book := writeTo(t, server)
	before := book.grown(t, 10)
	dump := filepath.Join(t.TempDir(), "runyard.dump")
	runTool(t, filepath.Join(programs, "pg_dump"), "--format=custom", "--file="+dump, database)
	book.end()

	another := postgres.NewDatabase(t)
	runTool(t, filepath.Join(programs, "pg_restore"), "--no-owner", "--exit-on-error", "--dbname="+another, dump)
	restored := program.Serve(t, runyard, withTokens(another, "RUNYARD_SECRET_KEY="+secretKey)...)
	for _, token := range before {
		require.Equal(t, http.StatusOK, verify(t, restored, token))
	}
}

func runTool(t *testing.T, path string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	output, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	require.NoError(t, err, "%s", output)
}
