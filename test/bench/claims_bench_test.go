package bench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"runyard/domain"
	"runyard/test/fixture"
)

// claimers is how many agents ask at once.
const claimers = 16

// tagSets is how many different tags the jobs have. The jobs of each project
// have one of two: what a claim has to look at are two lanes of each project.
const tagSets = 20

// BenchmarkClaims measures hand-overs per second of an instance runner that has
// all tags, and beside them a loop that does no more than lock one row of a
// table of the same length and change it.
func BenchmarkClaims(b *testing.B) {
	for _, size := range []struct {
		projects, pending, finished int
	}{
		{10, 1_000, 0},
		{10, 1_000, 100_000},
		{10, 100_000, 0},
		{200, 1_000, 0},
		{200, 100_000, 0},
	} {
		name := fmt.Sprintf("%d projects, %d pending, %d finished", size.projects, size.pending, size.finished)
		b.Run(name, func(b *testing.B) {
			w := fixture.NewWorld(b, fixture.PostgreSQL(b))
			fillQueue(w, size.projects, size.pending, size.finished)
			b.Run("Claim", func(b *testing.B) { benchmarkClaim(b, w) })
			b.Run("bare loop", func(b *testing.B) { benchmarkBareLoop(b, w.URL, max(size.pending, b.N)) })
		})
	}
}

func fillQueue(w *fixture.World, projects, pending, finished int) {
	group := w.AddGroup(0)
	for i := range projects {
		project := w.AddProject(group)
		for j := range 2 {
			id := w.AddJob(project, func(s *domain.JobState) { s.Tags = domain.Tags{tagNamed(2*i + j)} })
			w.AddCopiesOfJob(project, id, pending/projects/2-1)
		}
	}
	if finished > 0 {
		project := w.AddProject(group)
		w.AddCopiesOfJob(project, w.AddJob(project), finished-1)
		w.Execute(
			fmt.Sprintf("UPDATE jobs SET status = 'success', started_at = queued_at, finished_at = queued_at WHERE project_id = %d", project),
			fmt.Sprintf("DELETE FROM waiting_jobs WHERE project_id = %d", project),
		)
	}
	w.Execute("CREATE TABLE full_queue AS SELECT * FROM waiting_jobs")
	analyze(w)
}

// refillQueue makes all jobs wait again that were handed over.
func refillQueue(w *fixture.World) {
	w.Execute(
		"DELETE FROM job_handovers", "DELETE FROM instance_runner_jobs",
		"UPDATE jobs SET status = 'pending', started_at = NULL, runner_id = NULL WHERE status = 'running'",
		"INSERT INTO waiting_jobs SELECT * FROM full_queue",
	)
	analyze(w)
}

func analyze(w *fixture.World) { w.Execute("ANALYZE") }

func tagNamed(i int) string { return fmt.Sprintf("tag-%d", i%tagSets) }

// benchmarkClaim does not measure how an empty queue is filled again.
func benchmarkClaim(b *testing.B, w *fixture.World) {
	id := w.AddInstanceRunner(func(s *domain.RunnerState) {
		for i := range tagSets {
			s.Tags = append(s.Tags, tagNamed(i))
		}
	})
	runner := w.Runner(id)
	take := func(j *domain.Job) error {
		return j.HandOver(domain.HandOver{
			Runner: runner, SystemID: "s_1", Token: domain.Digest(fmt.Sprint("token-", j.ID())), At: fixture.Moment.Add(time.Minute),
		})
	}
	var mu sync.RWMutex
	refills := 0
	refill := func(seen int) {
		mu.Lock()
		defer mu.Unlock()
		if seen == refills { // nobody else did meanwhile
			b.StopTimer()
			refillQueue(w)
			b.StartTimer()
			refills++
		}
	}
	claim := func(ctx context.Context) (ok bool, seen int, err error) {
		mu.RLock()
		defer mu.RUnlock()
		_, ok, err = w.Jobs.Claim(ctx, runner, take)
		return ok, refills, err
	}
	atOnce(b, func(ctx context.Context) error {
		for {
			ok, seen, err := claim(ctx)
			if ok || err != nil {
				return err
			}
			refill(seen)
		}
	})
}

// benchmarkBareLoop is what PostgreSQL allows on this machine.
func benchmarkBareLoop(b *testing.B, url string, rows int) {
	pool, err := pgxpool.New(b.Context(), url)
	require.NoError(b, err)
	defer pool.Close()
	_, err = pool.Exec(b.Context(), "DROP TABLE IF EXISTS bare; CREATE TABLE bare (id BIGINT PRIMARY KEY, taken BOOLEAN NOT NULL); "+
		"CREATE INDEX bare_waiting ON bare (id) WHERE NOT taken")
	require.NoError(b, err)
	_, err = pool.Exec(b.Context(), "INSERT INTO bare SELECT i, FALSE FROM generate_series(1, $1::BIGINT) AS i", rows)
	require.NoError(b, err)
	_, err = pool.Exec(b.Context(), "ANALYZE bare")
	require.NoError(b, err)
	atOnce(b, func(ctx context.Context) error {
		_, err := pool.Exec(ctx, "UPDATE bare SET taken = TRUE WHERE id = "+
			"(SELECT id FROM bare WHERE NOT taken ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)")
		return err
	})
}

// atOnce shares b.N calls among the claimers.
func atOnce(b *testing.B, call func(ctx context.Context) error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	group, ctx := errgroup.WithContext(b.Context())
	for range claimers {
		group.Go(func() error {
			for left.Add(-1) >= 0 {
				if err := call(ctx); err != nil {
					return err
				}
			}
			return nil
		})
	}
	require.NoError(b, group.Wait())
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
}
