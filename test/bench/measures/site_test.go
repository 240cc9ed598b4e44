package measures_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/system"
	"runyard/domain"
	"runyard/test/bench/dataset"
	"runyard/test/bench/load"
	"runyard/test/bench/measures"
	"runyard/test/bench/server"
	"runyard/test/fixture"
	"runyard/test/program"
)

// runyard and floor are the paths of the built programs.
var runyard, floor string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "runyard-bench-test-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a folder left in /tmp is no reason to fail
	if runyard, err = program.Build(folder, "runyard/cmd/runyard"); err != nil {
		return 0, err
	}
	if floor, err = program.Build(folder, "runyard/test/bench/cmd/floor"); err != nil {
		return 0, err
	}
	return program.RunTests(m)
}

func start(ctx context.Context, t *testing.T, environ []string, program string, args ...string) *server.Server {
	t.Helper()
	s, err := server.Start(ctx, t.TempDir(), environ, program, args...)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Stop()) })
	return s
}

// newSite loads a tiny data set and starts both servers on it.
func newSite(t *testing.T, store fixture.Store) *measures.Site {
	t.Helper()
	site := &measures.Site{Data: dataset.Data{
		Plan: dataset.Tiny(), Vault: system.NewVault(measures.SecretKey), Now: system.Clock{}.Now(),
	}}
	require.NoError(t, load.Into(t.Context(), store.URL, site.Data, io.Discard))
	site.Another = func(ctx context.Context) (*server.Server, error) {
		return start(ctx, t, measures.Environment(store.URL, t.TempDir(), "RUNYARD_LONG_POLL=0s"), runyard, "serve"), nil
	}
	site.Product, _ = site.Another(t.Context())
	site.Floor = start(t.Context(), t, nil, floor, store.URL)
	var err error
	site.Queue, err = load.OpenQueue(t.Context(), store.URL)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, site.Queue.Close()) })
	return site
}

// The server sees what was loaded, answers as the floor does, and every request
// of every line is one that it takes.
func TestEveryLineCanBeMeasuredOnEachDatabase(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		site, smaller := newSite(t, store), newSite(t, fixture.SQLite(t))
		for _, definition := range measures.Definitions() {
			line, err := definition.Measure(t.Context(), site, smaller, measures.Options{Rounds: 1, Round: time.Millisecond})
			require.NoError(t, err, definition.Key)
			require.Empty(t, line.Note, definition.Key)
			assert.Positive(t, line.Peak, definition.Key)
			assert.NotEmpty(t, line.Name)
			assert.Positive(t, line.Ratio, line.Name)
			assert.Positive(t, line.PerSecond.Product, line.Name)
			assert.Positive(t, line.P50.Floor, line.Name)
			assert.GreaterOrEqual(t, line.P99.Product, line.P50.Product, line.Name)
			assert.Positive(t, line.Growth, line.Name)
		}
	})
}

func TestHeldPollsAreHeld(t *testing.T) {
	t.Parallel()
	store := fixture.SQLite(t)
	data := dataset.Data{Plan: dataset.Tiny(), Vault: system.NewVault(measures.SecretKey), Now: system.Clock{}.Now()}
	require.NoError(t, load.Into(t.Context(), store.URL, data, io.Discard))
	holder := start(t.Context(), t, measures.Environment(store.URL, t.TempDir(), "RUNYARD_LONG_POLL=1m"), runyard, "serve")
	figures, err := measures.HeldPolls(t.Context(), holder, data)
	require.NoError(t, err)
	require.Len(t, figures, 1)
	assert.Equal(t, "memory of 200 held polls", figures[0].Name)
	assert.Positive(t, figures[0].Value)
}

func TestAQueueIsFullAgainAfterJobsWereHandedOver(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		data := dataset.Data{Plan: dataset.Tiny(), Vault: system.NewVault(measures.SecretKey), Now: system.Clock{}.Now()}
		require.NoError(t, load.Into(t.Context(), store.URL, data, io.Discard))
		queue, err := load.OpenQueue(t.Context(), store.URL)
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, queue.Close()) })
		assert.Equal(t, data.Pending, queue.Pending())

		world := fixture.NewWorld(t, store)
		taker := world.Runner(dataset.Taker)
		claimed := claim(t, world, taker, 7)
		assert.Len(t, claimed, 7)
		require.NoError(t, queue.Refill(t.Context()))
		assert.Len(t, claim(t, world, taker, data.Pending), data.Pending)

		require.NoError(t, queue.Keep(t.Context(), 50))
		assert.Equal(t, 50, queue.Pending())
		assert.Len(t, claim(t, world, taker, data.Pending), 50)

		require.NoError(t, queue.RefillBare(t.Context()))
		for range 50 {
			require.NoError(t, queue.Bare().Call(t.Context()))
		}
		assert.ErrorContains(t, queue.Bare().Call(t.Context()), "empty")
	})
}

// claim hands over as many jobs as there are, but no more than most.
func claim(t *testing.T, world *fixture.World, runner *domain.Runner, most int) map[domain.JobID]bool {
	t.Helper()
	claimed := make(map[domain.JobID]bool)
	for i := range most {
		job, ok, err := world.Jobs.Claim(t.Context(), runner, func(j *domain.Job) error {
			token := domain.Digest(fmt.Sprintf("token-%d-of-%d", i, j.ID()))
			return j.HandOver(domain.HandOver{Runner: runner, SystemID: "s_1", Token: token, At: fixture.Moment})
		})
		require.NoError(t, err)
		if !ok {
			break
		}
		claimed[job.Job.ID()] = true
	}
	return claimed
}
