package chaos

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/postgres"
	"runyard/test/program"
)

func TestNodesThatStartAtTheSameMomentMigrateOnce(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(t *testing.T, url string){
		"an empty database": func(*testing.T, string) {},
		"an old database":   forgetLastMigrations,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := postgres.NewDatabase(t)
			prepare(t, url)
			nodes := program.ServeTogether(t, scaled(3, 8), runyard, serving(url, t.TempDir())...)
			for _, node := range nodes {
				c := newClient(t, node.URL(""))
				c.must(t, http.StatusOK, request{method: "GET", path: "/-/readiness"})
				c.register(t, nil)
			}
			db := openSQL(t, url)
			migrations, err := filepath.Glob("../../migrations/postgres/*.sql")
			require.NoError(t, err)
			assert.Equal(t, len(migrations), count(t, db, "SELECT count(*) FROM bun_migrations"))
			assert.Equal(t, len(migrations), count(t, db, "SELECT count(DISTINCT name) FROM bun_migrations"))
			t.Logf("%d nodes, %d migrations, each once", len(nodes), len(migrations))
		})
	}
}

// forgetLastMigrations leaves a database as of the first version, with a runner.
func forgetLastMigrations(t *testing.T, url string) {
	t.Helper()
	node := program.Serve(t, runyard, serving(url, t.TempDir())...)
	newClient(t, node.URL("")).register(t, nil)
	node.Signal(syscall.SIGTERM)
	require.Zero(t, node.Wait().Code)
	db := openSQL(t, url)
	_, err := db.ExecContext(t.Context(), "DELETE FROM bun_migrations WHERE id > 1")
	require.NoError(t, err)
}

func TestASchemaThatIsOneMigrationAheadDoesNotStopAnOlderNode(t *testing.T) {
	t.Parallel()
	for name, newURL := range map[string]func(*testing.T) string{
		"SQLite":     newSQLite,
		"PostgreSQL": func(t *testing.T) string { return postgres.NewDatabase(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, folder := newURL(t), t.TempDir()
			running := program.Serve(t, runyard, serving(url, folder)...)
			db := openSQL(t, url)
			for _, statement := range []string{
				"INSERT INTO bun_migrations (name, group_id) VALUES ('29991231000001', 1000)",
				"ALTER TABLE runners ADD COLUMN of_the_future TEXT NOT NULL DEFAULT ''",
				"ALTER TABLE jobs ADD COLUMN of_the_future TEXT",
				"ALTER TABLE projects ADD COLUMN of_the_future TEXT",
				"CREATE TABLE things_of_the_future (id BIGINT PRIMARY KEY)",
			} {
				_, err := db.ExecContext(t.Context(), statement)
				require.NoError(t, err, statement)
			}
			requireServing(t, running)
			if name == "SQLite" { // which has one node at a time
				running.Signal(syscall.SIGTERM)
				require.Zero(t, running.Wait().Code)
			}
			requireServing(t, program.Serve(t, runyard, serving(url, folder)...))
		})
	}
}

// requireServing goes once through what nodes do.
func requireServing(t *testing.T, node *program.Process) {
	t.Helper()
	c := newClient(t, node.URL(""))
	c.must(t, http.StatusOK, request{method: "GET", path: "/-/readiness"})
	runner := c.register(t, object{"tag_list": "a,b"})
	c.must(t, http.StatusOK, asRoot("PUT", fmt.Sprintf("runners/%d", runner.ID), object{"description": "new", "run_untagged": true}))
	c.must(t, http.StatusOK, asRoot("GET", "runners/all?tag_list=a,b", nil))
	project := c.newProject(t, "of-"+strings.ToLower(runner.Token))
	job := c.make(t, asRoot("POST", fmt.Sprintf("projects/%d/jobs", project), object{"name": "job", "script": "true"}))
	got := c.make(t, askForJob(runner.Token, ""))
	require.Equal(t, job.ID, got.ID)
	finish := request{"PUT", fmt.Sprintf("jobs/%d", job.ID), object{"token": got.Token, "state": "success"}, nil}
	c.must(t, http.StatusOK, finish)
}

func TestANodeThatIsToldToEndAnswersWhatItAccepted(t *testing.T) {
	t.Parallel()
	node := program.Serve(t, runyard, serving(postgres.NewDatabase(t), t.TempDir(), "RUNYARD_SHUTDOWN_GRACE=1m")...)
	c := newClient(t, node.URL(""))
	runner := c.register(t, nil)
	c.make(t, asRoot("POST", fmt.Sprintf("projects/%d/jobs", c.newProject(t, "drained")), object{"name": "job", "script": "true"}))
	job := c.make(t, askForJob(runner.Token, ""))

	polls := holdPolls(t, node, scaled(5, 50))
	upload := beginUpload(t, node.Addr, job)
	busy := beginRequests(t, node, scaled(8, 32))
	late := connect(t, node)
	node.Signal(syscall.SIGTERM)
	var held sync.WaitGroup
	for status := range polls {
		held.Go(func() { assert.Equal(t, http.StatusNoContent, <-status) })
	}
	held.Wait()
	served := busy()
	requireNotReady(t, late)
	requireNoMore(t, node)
	upload.finish(t)
	result := node.Wait()
	assert.Zero(t, result.Code, result.Stderr)
	t.Logf("%d held polls and an upload were answered, and %d requests on open connections; none was cut off",
		scaled(5, 50), served)
}

// requireNotReady asks a node that is about to end over a connection that was open
// before.
func requireNotReady(t *testing.T, c *connection) {
	t.Helper()
	require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
	_, err := io.WriteString(c, "GET /-/readiness HTTP/1.1\r\nHost: runyard\r\n\r\n")
	require.NoError(t, err)
	response, err := http.ReadResponse(c.answers, nil)
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	assert.True(t, response.Close, "it is the last one of its connection")
}

// requireNoMore waits until the node takes no new connections.
func requireNoMore(t *testing.T, node *program.Process) {
	t.Helper()
	require.Eventually(t, func() bool {
		connection, err := net.Dial("tcp", node.Addr)
		if err != nil {
			return true
		}
		return connection.Close() != nil
	}, patience, pollInterval)
}

// holdPolls lets agents wait for a job, and gives for each what will tell the
// status of its answer.
func holdPolls(t *testing.T, node *program.Process, n int) <-chan chan int {
	t.Helper()
	polls := make(chan chan int, n)
	c := newClient(t, node.URL(""))
	for range n {
		runner := c.register(t, object{"tag_list": "nothing", "run_untagged": false})
		update := c.must(t, http.StatusNoContent, askForJob(runner.Token, "")).header.Get("X-Gitlab-Last-Update")
		status := make(chan int, 1)
		go func() {
			got, err := c.do(context.WithoutCancel(t.Context()), askForJob(runner.Token, update))
			assert.NoError(t, err)
			status <- got.status
		}()
		polls <- status
	}
	close(polls)
	return polls
}

// halfUpload is an upload of which some has been sent.
type halfUpload struct {
	connection net.Conn
	answers    *bufio.Reader
}

func beginUpload(t *testing.T, addr string, job made) halfUpload {
	t.Helper()
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() }) // the server may have closed it
	require.NoError(t, connection.SetDeadline(time.Now().Add(2*patience)))
	u := halfUpload{connection, bufio.NewReader(connection)}
	_, err = fmt.Fprintf(connection, "POST /api/v4/jobs/%d/artifacts HTTP/1.1\r\nHost: runyard\r\nJob-Token: %s\r\n"+
		"Transfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=b\r\nExpect: 100-continue\r\n\r\n", job.ID, job.Token)
	require.NoError(t, err)
	line, err := u.answers.ReadString('\n') // the handler asks for the body: it runs
	require.NoError(t, err)
	require.Contains(t, line, "100 Continue")
	_, err = u.answers.ReadString('\n')
	require.NoError(t, err)
	u.send(t, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nsome of it")
	return u
}

func (u halfUpload) send(t *testing.T, text string) {
	t.Helper()
	_, err := fmt.Fprintf(u.connection, "%x\r\n%s\r\n", len(text), text)
	require.NoError(t, err)
}

func (u halfUpload) finish(t *testing.T) {
	t.Helper()
	u.send(t, " and the rest\r\n--b--\r\n")
	_, err := io.WriteString(u.connection, "0\r\n\r\n")
	require.NoError(t, err)
	response, err := http.ReadResponse(u.answers, nil)
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, http.StatusCreated, response.StatusCode)
}

// beginRequests sends requests over connections that are kept, each until the
// server says that it closes it. The function waits for the end, and tells how
// many were served.
func beginRequests(t *testing.T, node *program.Process, connections int) (served func() int64) {
	t.Helper()
	var running sync.WaitGroup
	var total atomic.Int64
	begun := make(chan struct{}, connections)
	for range connections {
		running.Go(func() {
			connection, err := net.Dial("tcp", node.Addr)
			if !assert.NoError(t, err) {
				return
			}
			defer connection.Close() //nolint:errcheck // the server may have closed it
			n, err := sendUntilLast(connection, begun)
			assert.NoError(t, err, "a request was not answered")
			total.Add(n)
		})
	}
	for range connections {
		<-begun
	}
	return func() int64 {
		running.Wait()
		return total.Load()
	}
}

func sendUntilLast(connection net.Conn, begun chan<- struct{}) (served int64, err error) {
	answers := bufio.NewReader(connection)
	for {
		if _, err := io.WriteString(connection, "GET /api/v4/version HTTP/1.1\r\nHost: runyard\r\nPRIVATE-TOKEN: "+rootToken+"\r\n\r\n"); err != nil {
			return served, err
		}
		response, err := http.ReadResponse(answers, nil)
		if err != nil {
			return served, err
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return served, err
		}
		if served++; served == 1 {
			begun <- struct{}{}
		}
		switch {
		case response.StatusCode != http.StatusOK:
			return served, fmt.Errorf("status %s", response.Status)
		case response.Close:
			return served, nil
		}
		// A connection that nobody uses for a moment is what may be closed.
		<-time.After(20 * time.Millisecond)
	}
}
