package chaos

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"runyard/test/postgres/cluster"
	"runyard/test/program"
)

// node is one process between its clients and its database, with a proxy on
// either side.
type node struct {
	t        *testing.T
	process  *program.Process
	environ  []string
	front    *proxy // before the node; its address stays when the node starts anew
	database *proxy // behind it; nil on SQLite
	client   *client
}

// startNode starts a node on a database. folder is what nodes share.
func startNode(t *testing.T, url, folder string, settings ...string) *node {
	t.Helper()
	n := &node{t: t}
	if server := serverOf.FindStringSubmatch(url); server != nil {
		n.database = between(t, server[1])
		url = n.database.url(url)
	}
	n.environ = serving(url, folder, settings...)
	n.process = program.Serve(t, runyard, n.environ...)
	n.front = between(t, n.process.Addr)
	n.client = newClient(t, "http://"+n.front.Listen)
	return n
}

// kill ends the process with SIGKILL and starts another one in its place.
func (n *node) kill() {
	n.t.Helper()
	n.process.Kill()
	n.requireNoFailure()
	n.process = program.Serve(n.t, runyard, n.environ...)
	n.front.lead(n.process.Addr)
}

// requireNoFailure looks through the log of the process for what should not
// happen whatever else does.
func (n *node) requireNoFailure() {
	n.t.Helper()
	for line := range strings.Lines(n.process.Log()) {
		for _, message := range []string{"request failed", "panic", "fault", "file broken off"} {
			if strings.Contains(line, `"msg":"`+message+`"`) {
				n.t.Error(line)
			}
		}
	}
}

// fault is something that goes wrong, and is repaired.
type fault struct {
	name   string
	inject func()
}

// faultsOf is what can happen to nodes, and to their server unless that is nil.
func faultsOf(t *testing.T, server *cluster.Cluster, nodes ...*node) []fault {
	var faults []fault
	for _, n := range nodes {
		faults = append(faults, fault{"node killed", n.kill}, fault{"clients cut", n.front.cut})
		if n.database != nil {
			faults = append(faults, fault{"database connections cut", n.database.cut})
		}
	}
	if server == nil {
		return faults
	}
	killed := func(signal syscall.Signal) func() {
		return func() {
			t.Helper()
			require.NoError(t, server.Kill(signal))
			require.NoError(t, server.Restart(t.Context()))
		}
	}
	return append(faults, fault{"PostgreSQL killed", killed(syscall.SIGKILL)}, fault{"PostgreSQL stopped at once", killed(syscall.SIGQUIT)})
}

// injectFaults injects faults at moments of chance. Between two of them the load
// makes some progress, so that there is something to lose.
func injectFaults(t *testing.T, random *rand.Rand, faults []fault, n int, progress func() int64) map[string]int {
	t.Helper()
	injected := map[string]int{}
	for range n {
		goal := progress() + int64(20+random.IntN(100))
		require.Eventually(t, func() bool { return progress() >= goal }, patience, pollInterval, "the load stands still")
		f := faults[random.IntN(len(faults))]
		f.inject()
		injected[f.name]++
	}
	return injected
}

// awaitReady waits until the nodes serve.
func awaitReady(t *testing.T, nodes ...*node) {
	t.Helper()
	for _, n := range nodes {
		n.client.await(t, request{method: http.MethodGet, path: "/-/readiness"}, reply.ok)
	}
}

// describe lists how often something happened.
func describe(counts map[string]int) string {
	total := 0
	for _, n := range counts {
		total += n
	}
	return fmt.Sprintf("%d %v", total, counts)
}
