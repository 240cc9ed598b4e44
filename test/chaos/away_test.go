package chaos

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest"
	"runyard/test/postgres"
	"runyard/test/program"
)

// serverOf is where the database of a URL is, such as 127.0.0.1:5432.
var serverOf = regexp.MustCompile(`@([^/]+)/`)

// awayFor is how long the database is gone in the tests.
var awayFor = scaled(2*time.Second, 15*time.Second)

// beyondProxy is a node that reaches its database over a proxy.
func beyondProxy(t *testing.T, settings ...string) (*program.Process, *proxy, *client) {
	t.Helper()
	url := postgres.NewDatabase(t)
	p := between(t, serverOf.FindStringSubmatch(url)[1])
	node := program.Serve(t, runyard, serving(p.url(url), t.TempDir(), settings...)...)
	return node, p, newClient(t, node.URL(""))
}

func TestWhileTheDatabaseIsGoneEveryRouteSaysComeAgain(t *testing.T) {
	t.Parallel()
	node, database, c := beyondProxy(t)
	runner := c.register(t, nil)
	before := gauges(t, c)
	start := time.Now()
	database.disconnect()
	routes := rest.Routes()
	for _, route := range routes {
		requireUnavailable(t, c, route, runner.Token)
	}
	c.must(t, http.StatusOK, request{method: "GET", path: "/-/liveness"})
	c.must(t, http.StatusServiceUnavailable, request{method: "GET", path: "/-/readiness"})
	answered := len(routes)
	for time.Since(start) < awayFor {
		requireUnavailable(t, c, routes[answered%len(routes)], runner.Token)
		answered++
	}
	during := gauges(t, c)
	busy := busyWhileIdle(t, c)
	away := time.Since(start)

	database.connect()
	back := c.await(t, request{method: "GET", path: "/-/readiness"}, reply.ok)
	c.await(t, asRoot("GET", "runners", nil), reply.ok)
	c.register(t, nil)
	t.Logf("gone for %s, %d routes, %d requests answered with 503, %.0f%% of a processor while nobody asked; back after %s (promised: 2s)",
		away.Round(time.Millisecond), len(routes), answered, 100*busy, back.Round(time.Millisecond))
	assert.Less(t, busy, 0.5, "it does not run in circles")
	assert.Less(t, back, promised(2*time.Second))
	requireOneLineForEachChange(t, node)
	assert.Less(t, during["go_goroutines"], before["go_goroutines"]+50, "no request is left behind")
	assert.Less(t, gauges(t, c)["process_open_fds"], before["process_open_fds"]+50, "nor a connection")
}

// busyWhileIdle is the share of a processor that a node takes while nobody asks
// it anything.
func busyWhileIdle(t *testing.T, c *client) float64 {
	t.Helper()
	const cpu = "process_cpu_seconds_total"
	before, start := gauges(t, c)[cpu], time.Now()
	<-time.After(time.Second)
	return (gauges(t, c)[cpu] - before) / time.Since(start).Seconds()
}

// requireUnavailable sends a request to a route, as "GET /runners/:id".
func requireUnavailable(t *testing.T, c *client, route, runnerToken string) {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	path = strings.TrimPrefix(regexp.MustCompile(`:[a-z_]+`).ReplaceAllString(path, "1"), "/")
	r := request{method: method, path: path, header: map[string]string{"PRIVATE-TOKEN": rootToken}}
	switch {
	case strings.HasSuffix(path, "discovery"):
		return // it is the same for everybody
	case strings.HasPrefix(path, "jobs/"), strings.HasPrefix(path, "runners") && method != "GET":
		r.header = map[string]string{
			"PRIVATE-TOKEN": rootToken, "Runner-Token": runnerToken, "Job-Token": "any", "Content-Range": "0-0",
		}
		r.body = object{"token": runnerToken, "state": "success", "system_id": "s_1"}
		if strings.HasSuffix(path, "trace") {
			r.body = []byte("x")
		}
	}
	if strings.HasSuffix(path, "/artifacts") && method == "POST" {
		r.header["Content-Type"] = "multipart/form-data; boundary=b"
		r.body = []byte("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n")
	}
	got, err := c.do(t.Context(), r)
	require.NoError(t, err, route)
	require.Equal(t, http.StatusServiceUnavailable, got.status, "%s: %s", route, got.body)
	seconds, err := strconv.Atoi(got.header.Get("Retry-After"))
	require.NoError(t, err, route)
	require.Positive(t, seconds)
}

// logLine is a line of the program's log.
type logLine struct{ Level, Msg, Error string }

func logLines(t *testing.T, node *program.Process) []logLine {
	t.Helper()
	var lines []logLine
	for text := range strings.Lines(node.Log()) {
		var line logLine
		require.NoError(t, json.Unmarshal([]byte(text), &line), text)
		lines = append(lines, line)
	}
	return lines
}

func countLines(lines []logLine, message string) int {
	n := 0
	for _, line := range lines {
		if line.Msg == message {
			n++
		}
	}
	return n
}

// requireOneLineForEachChange looks at the log of a node whose database was gone
// once.
func requireOneLineForEachChange(t *testing.T, node *program.Process) {
	t.Helper()
	require.Eventually(t, func() bool { return countLines(logLines(t, node), "database back") > 0 }, patience, time.Millisecond)
	lines := logLines(t, node)
	assert.Equal(t, 1, countLines(lines, "database gone"))
	assert.Equal(t, 1, countLines(lines, "database back"))
	problems := 0
	for _, line := range lines {
		if line.Level != "info" && line.Level != "debug" {
			problems++
		}
	}
	assert.LessOrEqual(t, problems, 5, "%v", lines)
}

// gauges are the metrics of a node that have no labels.
func gauges(t *testing.T, c *client) map[string]float64 {
	t.Helper()
	values := map[string]float64{}
	for line := range strings.Lines(string(c.must(t, http.StatusOK, request{method: "GET", path: "/-/metrics"}).body)) {
		var name string
		var value float64
		if n, err := fmt.Sscanf(line, "%s %g", &name, &value); err == nil && n == 2 {
			values[name] = value
		}
	}
	return values
}

func TestADatabaseThatSaysNothingIsNotWaitedForForLong(t *testing.T) {
	t.Parallel()
	url := postgres.NewDatabase(t)
	database := between(t, serverOf.FindStringSubmatch(url)[1])
	node := program.Serve(t, runyard, serving(database.url(url)+"&statement_timeout=500ms&connect_timeout=1", t.TempDir())...)
	c := newClient(t, node.URL(""))
	c.register(t, nil)

	database.freeze()
	start := time.Now()
	got, err := c.do(t.Context(), asRoot("GET", "runners/all", nil))
	require.NoError(t, err)
	first := time.Since(start)
	assert.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Eventually(t, func() bool { return countLines(logLines(t, node), "database gone") == 1 }, patience, time.Millisecond)
	start = time.Now()
	requireUnavailable(t, c, "GET /runners/all", "")
	second := time.Since(start)

	database.thaw()
	back := c.await(t, asRoot("GET", "runners/all", nil), reply.ok)
	t.Logf("the first request was told after %s, later ones after %s; back after %s",
		first.Round(time.Millisecond), second.Round(time.Millisecond), back.Round(time.Millisecond))
	assert.Less(t, first, scaled(7500*time.Millisecond, 3500*time.Millisecond), "500ms and 2s are promised")
	assert.Less(t, second, 800*time.Millisecond, "once it is known, nobody waits: not even for connect_timeout")
	requireOneLineForEachChange(t, node)
}

func TestALockThatIsNotLetGoRefusesOneAndNotAll(t *testing.T) {
	t.Parallel()
	url := postgres.NewDatabase(t)
	node := program.Serve(t, runyard, serving(url+"&statement_timeout=500ms", t.TempDir())...)
	c := newClient(t, node.URL(""))
	runner := c.register(t, nil)
	tx := begin(t, url)
	_, err := tx.Exec(t.Context(), "SELECT id FROM runners WHERE id = $1 FOR UPDATE", runner.ID)
	require.NoError(t, err)

	update := asRoot("PUT", fmt.Sprintf("runners/%d", runner.ID), object{"description": "new"})
	start := time.Now()
	got, err := c.do(t.Context(), update)
	require.NoError(t, err)
	assert.Equal(t, http.StatusServiceUnavailable, got.status, string(got.body))
	assert.NotEmpty(t, got.header.Get("Retry-After"))
	t.Logf("given up after %s with a statement_timeout of 500ms", time.Since(start).Round(time.Millisecond))
	c.must(t, http.StatusOK, request{method: "GET", path: "/-/readiness"})
	require.NoError(t, tx.Rollback(t.Context()))
	c.must(t, http.StatusOK, update)
	require.Eventually(t, func() bool { return countLines(logLines(t, node), "database failed") == 1 }, patience, time.Millisecond)
	assert.Zero(t, countLines(logLines(t, node), "database gone"))
}
