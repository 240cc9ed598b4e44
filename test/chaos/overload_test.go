package chaos

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/postgres"
	"runyard/test/program"
)

func TestOverloadIsShedAndWhatIsAnsweredIsAnsweredInTime(t *testing.T) {
	t.Parallel()
	const limit = 8
	node := program.Serve(t, runyard, serving(postgres.NewDatabase(t), t.TempDir(), "RUNYARD_MAX_REQUESTS="+strconv.Itoa(limit))...)
	c := newClient(t, node.URL(""))
	for range 100 {
		c.register(t, nil)
	}
	before := gauges(t, c)["process_resident_memory_bytes"]
	rounds := scaled(20, 60)
	fits := press(t, c, limit, rounds)
	require.Zero(t, fits.shed, "what fits is not refused")
	over := press(t, c, 4*limit, rounds)
	c.must(t, http.StatusOK, request{method: "GET", path: "/-/liveness"})
	c.must(t, http.StatusOK, request{method: "GET", path: "/-/readiness"})
	after := gauges(t, c)["process_resident_memory_bytes"]

	ratio := float64(over.p99()) / float64(fits.p99())
	t.Logf("%d clients: %d answered, p99 %s; %d clients: %d answered, p99 %s (%.1f times, promised: 3), %d refused, half of them within %s; memory %.0f to %.0f MiB",
		limit, len(fits.answered), fits.p99().Round(time.Millisecond),
		4*limit, len(over.answered), over.p99().Round(time.Millisecond), ratio, over.shed, over.medianRefusal().Round(100*time.Microsecond),
		before/(1<<20), after/(1<<20))
	assert.Positive(t, over.shed)
	assert.NotEmpty(t, over.answered)
	assert.Less(t, ratio, promised(3.0))
	assert.Less(t, over.medianRefusal(), longestQueue/2, "the rest is refused at once")
	assert.Less(t, after, before+200<<20)
}

// longestQueue is how long a request may wait for its turn.
const longestQueue = time.Second

// pressure is what came of many requests at the same time.
type pressure struct {
	mu       sync.Mutex
	answered []time.Duration
	refused  []time.Duration
	shed     int
}

// press lets clients send requests, each a number of them one after the other.
func press(t *testing.T, c *client, clients, rounds int) *pressure {
	t.Helper()
	p := &pressure{}
	var pressing sync.WaitGroup
	for range clients {
		pressing.Go(func() {
			for range rounds {
				start := time.Now()
				got, err := c.do(t.Context(), asRoot("GET", "runners/all?per_page=100", nil))
				if !assert.NoError(t, err) {
					return
				}
				p.note(t, got, time.Since(start))
			}
		})
	}
	pressing.Wait()
	return p
}

func (p *pressure) note(t *testing.T, got reply, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if got.status == http.StatusOK {
		p.answered = append(p.answered, took)
		return
	}
	assert.Equal(t, http.StatusServiceUnavailable, got.status, string(got.body))
	assert.NotEmpty(t, got.header.Get("Retry-After"))
	p.refused = append(p.refused, took)
	p.shed++
}

func (p *pressure) p99() time.Duration { return quantile(p.answered, 99) }

func (p *pressure) medianRefusal() time.Duration { return quantile(p.refused, 50) }

func quantile(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)*percent/100]
}

func TestAgentsBeyondTheLimitOfThoseThatWaitAreToldAtOnce(t *testing.T) {
	t.Parallel()
	const limit = 3
	// A limit of one request shows that who waits takes nobody's place.
	node := program.Serve(t, runyard, serving(postgres.NewDatabase(t), t.TempDir(),
		"RUNYARD_MAX_HELD_REQUESTS="+strconv.Itoa(limit), "RUNYARD_MAX_REQUESTS=1", "RUNYARD_LONG_POLL=1m")...)
	c := newClient(t, node.URL(""))
	runner := c.register(t, object{"tag_list": "nothing", "run_untagged": false})
	update := settledUpdate(t, c, runner)
	ctx, stop := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer stop()
	answered := make(chan reply, 2*limit)
	for range 2 * limit {
		waiting.Go(func() {
			known := update
			for ctx.Err() == nil { // again if the only place was taken, or there was news
				got, err := c.do(ctx, askForJob(runner.Token, known))
				if err != nil || got.status == http.StatusServiceUnavailable {
					continue
				}
				if now := got.header.Get("X-Gitlab-Last-Update"); now != known {
					known = now
					continue
				}
				answered <- got
				return
			}
		})
	}
	for range limit {
		select {
		case got := <-answered:
			assert.Equal(t, http.StatusNoContent, got.status)
		case <-time.After(patience / 2):
			require.Fail(t, "all of them wait")
		}
	}
	t.Logf("%d agents wait, %d more were told at once; others are served meanwhile", limit, limit)
	c.await(t, asRoot("GET", "runners/all", nil), reply.ok)
}

// settledUpdate is what an agent has to send to be held. A node that has just
// started may have news for it first.
func settledUpdate(t *testing.T, c *client, runner made) string {
	t.Helper()
	update := ""
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		got, err := c.do(ctx, askForJob(runner.Token, update))
		cancel()
		if err != nil && update != "" {
			return update
		}
		if err == nil && got.status == http.StatusNoContent {
			update = got.header.Get("X-Gitlab-Last-Update")
		}
	}
}
