package contract

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// later is when jobs are updated here.
var later = now.Add(time.Hour)

func update(t *testing.T, w *fixture.World, id domain.JobID, change func(j *domain.Job) error) []domain.JobID {
	t.Helper()
	queued, err := w.Jobs.Update(w.Context(), id, later, change)
	require.NoError(t, err)
	return queued
}

func finish(t *testing.T, w *fixture.World, id domain.JobID) []domain.JobID {
	t.Helper()
	return update(t, w, id, func(j *domain.Job) error { return j.Finish(domain.JobResult{Success: true}, later) })
}

func fail(t *testing.T, w *fixture.World, id domain.JobID) []domain.JobID {
	t.Helper()
	return update(t, w, id, func(j *domain.Job) error { j.Fail(domain.ScriptFailure, later); return nil })
}

func cancelJob(t *testing.T, w *fixture.World, id domain.JobID) []domain.JobID {
	t.Helper()
	return update(t, w, id, func(j *domain.Job) error { j.Cancel(later); return nil })
}

// graph is a pipeline of jobs that need each other.
type graph struct {
	project domain.ProjectID
	ids     []domain.JobID
}

// needs is a job that needs others, by their place in the graph.
func needs(places ...int) graphJob { return graphJob{needs: places} }

type graphJob struct {
	needs        []int
	allowFailure bool
}

// addGraph adds a running job, and one more for each of the others.
func addGraph(t *testing.T, w *fixture.World, first graphJob, others ...graphJob) graph {
	t.Helper()
	g := graph{project: w.AddProject(w.AddGroup(0))}
	g.ids = []domain.JobID{w.AddJob(g.project, func(s *domain.JobState) {
		s.Status, s.AllowFailure = domain.JobRunning, first.allowFailure
	})}
	pipeline := w.Job(g.project, g.ids[0]).Pipeline
	for _, job := range others {
		var ids []domain.JobID
		for _, place := range job.needs {
			ids = append(ids, g.ids[place])
		}
		g.ids = append(g.ids, addTo(t, w, pipeline, func(s *domain.JobState) {
			s.Status, s.QueuedAt, s.Needs, s.AllowFailure = domain.JobCreated, time.Time{}, ids, job.allowFailure
		}))
	}
	return g
}

func (g graph) statuses(t *testing.T, w *fixture.World) []domain.JobStatus {
	t.Helper()
	var statuses []domain.JobStatus
	for _, id := range g.ids {
		statuses = append(statuses, load(t, w, id).Status)
	}
	all, _, err := w.Jobs.List(w.Context(), ports.JobQuery{Project: g.project}, everything)
	require.NoError(t, err)
	var outcomes []domain.JobOutcome
	for _, details := range all {
		s := details.Job
		outcomes = append(outcomes, domain.JobOutcome{Status: s.Status, AllowFailure: s.AllowFailure})
	}
	assert.Equal(t, domain.PipelineStatus(outcomes), w.Job(g.project, g.ids[0]).Pipeline.Status, "the pipeline's status")
	return statuses
}

var jobUpdatePromises = map[string]promise{
	"Load and FindByToken give back what Update stored": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		id := w.AddJob(project)
		claim(t, w, w.AddInstanceRunner(func(s *domain.RunnerState) { s.MaximumTimeout = fixture.To(int64(700)) }))
		var want domain.JobState
		update(t, w, id, func(j *domain.Job) error {
			require.NoError(t, j.Acknowledge(later))
			require.NoError(t, j.AppendTrace(0, []byte("abc"), later.Add(time.Second)))
			require.NoError(t, j.Finish(domain.JobResult{Reason: domain.ScriptFailure, ExitCode: fixture.To(int64(7))}, later.Add(time.Minute)))
			want = j.State()
			return nil
		})
		assertEqual(t, want, load(t, w, id))
		assertUTC(t, load(t, w, id).AcknowledgedAt, load(t, w, id).TouchedAt)
		assertEqual(t, want, w.Job(project, id).Job.State())
		byToken, err := w.Jobs.FindByToken(w.Context(), want.Token)
		require.NoError(t, err)
		assertEqual(t, want, byToken.State())
	},
	"Load and FindByToken find no unknown job": func(t *testing.T, w *fixture.World) {
		w.AddJob(w.AddProject(w.AddGroup(0)))
		_, err := w.Jobs.Load(w.Context(), missing)
		assertNotFound(t, "Job", err)
		for _, token := range []domain.Digest{"", "unknown"} {
			_, err = w.Jobs.FindByToken(w.Context(), token)
			assertNotFound(t, "Job", err)
		}
	},
	"Update leaves the pipeline alone while the status stays": func(t *testing.T, w *fixture.World) {
		g := addGraph(t, w, needs())
		before := w.Job(g.project, g.ids[0]).Pipeline
		assert.Empty(t, update(t, w, g.ids[0], func(j *domain.Job) error { return j.AppendTrace(0, []byte("abc"), later) }))
		assertEqual(t, before, w.Job(g.project, g.ids[0]).Pipeline)
	},
	"Update moves a diamond of needs step by step": func(t *testing.T, w *fixture.World) {
		g := addGraph(t, w, needs(), needs(0), needs(0), needs(1, 2))
		assert.Equal(t, []domain.JobID{g.ids[1], g.ids[2]}, finish(t, w, g.ids[0]))
		assert.Equal(t, []domain.JobStatus{domain.JobSuccess, domain.JobPending, domain.JobPending, domain.JobCreated}, g.statuses(t, w))
		assert.Equal(t, later, load(t, w, g.ids[1]).QueuedAt)
		runner := w.AddInstanceRunner()
		require.Equal(t, g.ids[1], claim(t, w, runner))
		assert.Empty(t, finish(t, w, g.ids[1]))
		require.Equal(t, g.ids[2], claim(t, w, runner))
		assert.Equal(t, []domain.JobID{g.ids[3]}, finish(t, w, g.ids[2]))
		require.Equal(t, g.ids[3], claim(t, w, runner))
		assert.Empty(t, finish(t, w, g.ids[3]))
		assert.Equal(t, domain.JobSuccess, w.Job(g.project, g.ids[0]).Pipeline.Status)
		assert.Equal(t, later, w.Job(g.project, g.ids[0]).Pipeline.UpdatedAt)
	},
	"Update goes on after a failure that is allowed": func(t *testing.T, w *fixture.World) {
		g := addGraph(t, w, graphJob{allowFailure: true}, needs(0))
		assert.Equal(t, []domain.JobID{g.ids[1]}, fail(t, w, g.ids[0]))
		assert.Equal(t, []domain.JobStatus{domain.JobFailed, domain.JobPending}, g.statuses(t, w))
	},
	"Update skips all that cannot come any more": func(t *testing.T, w *fixture.World) {
		for _, end := range []func(*testing.T, *fixture.World, domain.JobID) []domain.JobID{fail, cancelJob} {
			g := addGraph(t, w, needs(), needs(0), needs(1), needs(2), needs())
			assert.Equal(t, []domain.JobID{g.ids[4]}, end(t, w, g.ids[0]), "the one that waited for nobody")
			assert.Equal(t, []domain.JobStatus{domain.JobSkipped, domain.JobSkipped, domain.JobSkipped, domain.JobPending}, g.statuses(t, w)[1:])
			assert.Equal(t, later, load(t, w, g.ids[3]).FinishedAt)
		}
	},
	"Update cancels a job that waits for others, and those that wait for it": func(t *testing.T, w *fixture.World) {
		g := addGraph(t, w, needs(), needs(0), needs(1))
		assert.Empty(t, cancelJob(t, w, g.ids[1]))
		assert.Equal(t, []domain.JobStatus{domain.JobRunning, domain.JobCanceled, domain.JobSkipped}, g.statuses(t, w))
	},
	"Update takes a job from the queue": func(t *testing.T, w *fixture.World) {
		id := w.AddJob(w.AddProject(w.AddGroup(0)))
		assert.Empty(t, cancelJob(t, w, id))
		assert.Zero(t, claim(t, w, w.AddInstanceRunner()))
	},
	"A project is deleted while its jobs are worked on":                     deleteMeanwhile,
	"Jobs that need each other all end when agents and people work at once": endTogether,
}

// endTogether finishes, cancels, adds and claims in one pipeline at once: who
// locks in another order than the rest waits in a circle, which is an error.
func endTogether(t *testing.T, w *fixture.World) {
	for range 5 {
		g := addGraph(t, w, needs(), needs(), needs(), needs(0), needs(1), needs(0, 1, 2), needs(5), needs(5, 3))
		runner := w.Runner(w.AddInstanceRunner())
		pipeline := w.Job(g.project, g.ids[0]).Pipeline
		errs := concurrently(len(g.ids)+4, func(i int) error {
			if i >= len(g.ids) {
				if _, err := w.Jobs.Enqueue(w.Context(), g.project, pipeline.ID, func(p domain.Pipeline, _ []domain.JobSibling) (ports.Enqueued, error) {
					return planned(g.project, p), nil
				}); err != nil {
					return err
				}
				_, _, err := w.Jobs.Claim(w.Context(), runner, handOver(runner))
				return err
			}
			_, err := w.Jobs.Update(w.Context(), g.ids[i], later, func(j *domain.Job) error {
				if j.AtAgent() {
					return j.Finish(domain.JobResult{Success: true}, later)
				}
				j.Cancel(later)
				return nil
			})
			return err
		})
		for _, err := range errs {
			require.NoError(t, err)
		}
		for _, status := range g.statuses(t, w) {
			assert.True(t, status.Final() || status == domain.JobPending || status == domain.JobRunning, status)
		}
	}
}

func deleteMeanwhile(t *testing.T, w *fixture.World) {
	runner := w.Runner(w.AddInstanceRunner())
	for range 5 {
		g := addGraph(t, w, needs(), needs(), needs(0), needs(1), needs(2, 3))
		errs := concurrently(len(g.ids)+3, func(i int) error {
			switch i - len(g.ids) {
			case 0:
				return w.Projects.Delete(w.Context(), g.project)
			case 1, 2:
				_, _, err := w.Jobs.Claim(w.Context(), runner, handOver(runner))
				return err
			}
			_, err := w.Jobs.Update(w.Context(), g.ids[i], later, func(j *domain.Job) error { j.Fail(domain.ScriptFailure, later); return nil })
			return err
		})
		for _, err := range errs {
			assert.True(t, err == nil || domain.IsNotFound(err), err)
		}
		_, err := w.Jobs.Load(w.Context(), g.ids[0])
		assertNotFound(t, "Job", err)
	}
}

// countInJob counts in the trace.
func countInJob(w *fixture.World) counter {
	id := w.AddJob(w.AddProject(w.AddGroup(0)), func(s *domain.JobState) { s.Status = domain.JobRunning })
	add := func(ctx context.Context, id domain.JobID, finish func() error) error {
		_, err := w.Jobs.Update(ctx, id, later, func(j *domain.Job) error {
			if err := j.AppendTrace(j.State().Trace.Size, []byte("."), later); err != nil {
				return err
			}
			return finish()
		})
		return err
	}
	return counter{
		add: func(ctx context.Context, finish func() error) error { return add(ctx, id, finish) },
		count: func() int {
			job, err := w.Jobs.Load(w.Context(), id)
			if err != nil {
				return -1
			}
			return int(job.State().Trace.Size)
		},
		addToMissing: func(ctx context.Context, finish func() error) error { return add(ctx, missing, finish) },
		resource:     "Job",
	}
}
