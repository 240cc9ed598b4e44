package bench

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"runyard/test/postgres"
	"runyard/test/program"
)

const (
	heldPolls = 5_000
	// descriptors is what a process needs that has an end of all connections,
	// with some to spare.
	descriptors = heldPolls + 500
	// patience is what the server gets for anything before the benchmark fails.
	patience = 30 * time.Second
)

// BenchmarkHeldPolls measures what memory requests take that wait for work, each
// of a runner of its own on a connection of its own: the runner's place on the
// board, the request and the connection. That has nothing to do with the
// database; on SQLite it would take twice as long to make so many runners. The
// time is that of a round: polls come, are held and go.
func BenchmarkHeldPolls(b *testing.B) {
	requireDescriptors(b)
	server := serve(b, database{"PostgreSQL", postgres.NewDatabase}, "RUNYARD_LONG_POLL=1m")
	pollers := register(b, server.Addr, heldPolls)
	before := memoryOf(b, server)
	for b.Loop() {
		held := hold(b, server.Addr, pollers)
		// Each has a goroutine for its connection, and while it is held one that
		// watches whether the agent goes away.
		awaitGoroutines(b, server, func(n float64) bool { return n >= before.goroutines+2*heldPolls })
		after := memoryOf(b, server)
		b.ReportMetric((after.heap-before.heap)/heldPolls, "heap-B/poll")
		b.ReportMetric((after.resident-before.resident)/heldPolls, "RSS-B/poll")
		b.ReportMetric(heldPolls, "polls")
		for _, c := range held {
			require.NoError(b, c.Close())
		}
		awaitGoroutines(b, server, func(n float64) bool { return n < before.goroutines+heldPolls/100 })
	}
}

// requireDescriptors skips the benchmark where a process cannot have as many
// connections. Go raises the limit by itself as far as it may.
func requireDescriptors(b *testing.B) {
	b.Helper()
	var limit syscall.Rlimit
	require.NoError(b, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	if limit.Cur < descriptors {
		b.Skipf("a process can have %d files, and this takes %d", limit.Cur, descriptors)
	}
}

// hold lets every runner poll twice: the first answer tells the last update,
// the second one is still to come.
func hold(b *testing.B, address string, pollers []*poller) []*connection {
	b.Helper()
	held := make([]*connection, len(pollers))
	var group errgroup.Group
	group.SetLimit(connections)
	for i, p := range pollers {
		group.Go(func() error {
			// Connections outlive the group.
			c, err := dial(b.Context(), address)
			if err != nil {
				return err
			}
			held[i] = c
			p.learn("")
			if err := p.poll(c); err != nil {
				return err
			}
			_, err = io.WriteString(c, p.request)
			return err
		})
	}
	require.NoError(b, group.Wait())
	return held
}

// memory is what a process says of itself.
type memory struct{ heap, resident, goroutines, collections float64 }

// memoryOf is the memory in use after a garbage collection, when it is least. The
// answers to the question themselves are the garbage that brings it about.
func memoryOf(b *testing.B, server *program.Process) memory {
	b.Helper()
	least := scrape(b, server)
	begin := least.collections
	for end := time.Now().Add(patience); time.Now().Before(end); {
		now := scrape(b, server)
		if now.collections >= begin+2 {
			return least
		}
		if now.collections > begin && (least.collections == begin || now.heap < least.heap) {
			least = now
		}
	}
	require.FailNow(b, "the server collects no garbage")
	return memory{}
}

// awaitGoroutines asks the server until it has the right number of goroutines.
func awaitGoroutines(b *testing.B, server *program.Process, right func(n float64) bool) {
	b.Helper()
	var n float64
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if n = scrape(b, server).goroutines; right(n) {
			return
		}
	}
	require.FailNow(b, "the polls do not come or go", "%v goroutines", n)
}

var sample = regexp.MustCompile(`(?m)^(\w+) (\S+)$`)

// scrape reads the server's metrics.
func scrape(b *testing.B, server *program.Process) memory {
	b.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(b.Context()), http.MethodGet, server.URL("/-/metrics"), nil)
	require.NoError(b, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(b, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	values := make(map[string]float64)
	for _, found := range sample.FindAllSubmatch(text, -1) {
		values[string(found[1])], err = strconv.ParseFloat(string(found[2]), 64)
		require.NoError(b, err)
	}
	return memory{
		heap: values["go_memstats_heap_alloc_bytes"], resident: values["process_resident_memory_bytes"],
		goroutines: values["go_goroutines"], collections: values["go_gc_duration_seconds_count"],
	}
}
