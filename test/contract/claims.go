package contract

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

var claimPromises = map[string]promise{
	"Claim hands over the job, and stores and returns all of it": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		id := w.AddJob(project, func(s *domain.JobState) { s.Tags = domain.Tags{"b", "a"} })
		runner := w.AddInstanceRunner(func(s *domain.RunnerState) { s.Tags = domain.Tags{"a", "b", "c"} })
		got, ok, err := w.Jobs.Claim(w.Context(), w.Runner(runner), handOver(w.Runner(runner)))
		require.NoError(t, err)
		require.True(t, ok)
		assertEqual(t, w.Job(project, id), got, asStates)
		s := got.Job.State()
		assert.Equal(t, domain.JobRunning, s.Status)
		assert.Equal(t, runner, s.Runner)
		assert.Equal(t, domain.JobRunning, got.Pipeline.Status)
		assert.Equal(t, now.Add(time.Minute), got.Pipeline.UpdatedAt)
	},
	"Claim leaves the moment of a pipeline that ran already": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		pipeline := w.Job(project, w.AddJob(project, func(s *domain.JobState) { s.Status = domain.JobRunning })).Pipeline
		second := addTo(t, w, pipeline)
		want := w.Job(project, second).Pipeline
		assert.Equal(t, second, claim(t, w, w.AddInstanceRunner()))
		assertEqual(t, want, w.Job(project, second).Pipeline)
	},
	"Claim finds nothing when nothing waits": func(t *testing.T, w *fixture.World) {
		assert.Zero(t, claim(t, w, w.AddInstanceRunner()))
		project := w.AddProject(w.AddGroup(0))
		w.AddJob(project, func(s *domain.JobState) { s.Status = domain.JobManual })
		assert.Zero(t, claim(t, w, w.AddInstanceRunner()))
	},
	"Claim undoes everything after an error from take and returns that very error": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		id := w.AddJob(project)
		want := w.Job(project, id)
		runner := w.Runner(w.AddInstanceRunner())
		_, ok, err := w.Jobs.Claim(w.Context(), runner, func(j *domain.Job) error {
			require.NoError(t, handOver(runner)(j))
			return errRefused
		})
		require.ErrorIs(t, err, errRefused)
		assert.False(t, ok)
		assertEqual(t, want, w.Job(project, id), asStates)
		assert.Equal(t, id, claim(t, w, runner.ID()), "it waits as before")
	},
	"Claim stores nothing when its context ends inside take": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		id := w.AddJob(project)
		want := w.Job(project, id)
		runner := w.Runner(w.AddInstanceRunner())
		ctx, cancel := context.WithCancel(w.Context())
		_, ok, err := w.Jobs.Claim(ctx, runner, func(j *domain.Job) error {
			cancel()
			return handOver(runner)(j)
		})
		require.Error(t, err)
		assert.False(t, ok)
		assertEqual(t, want, w.Job(project, id), asStates)
		assert.Equal(t, id, claim(t, w, runner.ID()), "it waits as before")
	},
	"Claim refuses a take that does not hand the job over, and the job waits on": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		id := w.AddJob(project)
		_, ok, err := w.Jobs.Claim(w.Context(), w.Runner(w.AddInstanceRunner()), func(j *domain.Job) error {
			j.Fail(domain.MissingDependency, now.Add(time.Minute))
			return nil
		})
		require.Error(t, err)
		assert.False(t, ok)
		assert.Equal(t, domain.JobPending, w.Job(project, id).Job.State().Status)
		assert.Equal(t, id, claim(t, w, w.AddInstanceRunner()))
	},
	"Claim of a runner that is gone finds no runner, and the job waits on": func(t *testing.T, w *fixture.World) {
		w.AddJob(w.AddProject(w.AddGroup(0)))
		runner := w.Runner(w.AddInstanceRunner())
		require.NoError(t, w.Runners.Delete(w.Context(), runner.ID(), func(*domain.Runner) error { return nil }))
		_, _, err := w.Jobs.Claim(w.Context(), runner, handOver(runner))
		assertNotFound(t, "Runner", err)
		assert.NotZero(t, claim(t, w, w.AddInstanceRunner()))
	},
	"Claim of an instance runner alternates between projects": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		first, second := w.AddProject(group), w.AddProject(group)
		var want []domain.JobID
		for range 3 {
			want = append(want, w.AddJob(first), 0)
		}
		for i := range 3 {
			want[2*i+1] = w.AddJob(second)
		}
		assert.Equal(t, append(want, 0), claimAll(t, w, w.AddInstanceRunner()))
	},
	"Claim counts only what runs on instance runners": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		first, second := w.AddProject(group), w.AddProject(group)
		w.AddJob(first)
		require.NotZero(t, claim(t, w, w.AddProjectRunner(first)))
		one, other := w.AddJob(first), w.AddJob(second)
		instance := w.AddInstanceRunner()
		assert.Equal(t, one, claim(t, w, instance), "another runner's job does not count")
		third, fourth := w.AddJob(first), w.AddJob(second)
		assert.Equal(t, other, claim(t, w, instance))
		finish(t, w, other)
		assert.Equal(t, fourth, claim(t, w, instance), "a job that is over does not count")
		assert.Equal(t, third, claim(t, w, instance))
	},
	"Claim of other runners takes the oldest first": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		first, second := w.AddProject(group), w.AddProject(group)
		want := []domain.JobID{w.AddJob(first), w.AddJob(first), w.AddJob(second), w.AddJob(first)}
		runner := w.AddProjectRunner(first)
		w.Assign(runner, second)
		assert.Equal(t, want[0], claim(t, w, runner))
		assert.Equal(t, append(want[1:], 0), claimAll(t, w, w.AddGroupRunner(group)))
	},
	"Claim finds what became possible, and not what is no longer": claimFollowsChanges,
	"Claim finds what another node put into the queue, though nobody tells of it": func(t *testing.T, w *fixture.World) {
		project, runner := w.AddProject(w.AddGroup(0)), w.AddInstanceRunner()
		other := fixture.NewWorld(t, w.Again(t))
		assert.Zero(t, claim(t, w, runner))
		first, second := other.AddJob(project), other.AddJob(project)
		assert.Equal(t, first, claim(t, w, runner))
		assert.Equal(t, second, claim(t, w, runner))
		again := w.AddJob(project)
		require.Equal(t, again, claim(t, w, runner))
		_, err := other.Jobs.Update(w.Context(), again, now, func(j *domain.Job) error {
			j.TakeBack(j.State().Token, now)
			return nil
		})
		require.NoError(t, err)
		assert.Equal(t, again, claim(t, w, runner), "taken back on the other node")
	},
	"Claim never gives what another node has taken, canceled or deleted": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		kept, deleted := w.AddProject(group), w.AddProject(group)
		ids := []domain.JobID{w.AddJob(kept), w.AddJob(kept), w.AddJob(kept), w.AddJob(deleted), w.AddJob(kept)}
		runner := w.AddGroupRunner(group)
		other := fixture.NewWorld(t, w.Again(t))
		require.Equal(t, ids[0], claim(t, w, runner)) // the others are known now
		require.Equal(t, ids[1], claim(t, other, runner))
		update(t, other, ids[2], func(j *domain.Job) error {
			j.Cancel(now)
			return nil
		})
		require.NoError(t, other.Projects.Delete(w.Context(), deleted))
		assert.Equal(t, []domain.JobID{ids[4], 0}, claimAll(t, w, runner))
	},
	"Claim knows at once what a project lets in, whichever node was told": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		project := w.AddProject(group)
		runners := []domain.RunnerID{w.AddInstanceRunner(), w.AddGroupRunner(group)}
		other := fixture.NewWorld(t, w.Again(t))
		for range 4 {
			w.AddJob(project)
		}
		for _, on := range []bool{true, false, true} {
			require.NoError(t, other.Projects.Update(w.Context(), project, func(p *domain.Project) error {
				return p.Update(domain.ProjectChange{SharedRunnersEnabled: domain.Set(on), GroupRunnersEnabled: domain.Set(on)})
			}))
			for _, runner := range runners {
				assert.Equal(t, on, claim(t, w, runner) != 0)
			}
		}
	},
	"Claim knows at once which projects a runner has, whichever node was told": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		first, second := w.AddProject(group), w.AddProject(group)
		runner := w.AddProjectRunner(first)
		other := fixture.NewWorld(t, w.Again(t))
		ids := []domain.JobID{w.AddJob(second), w.AddJob(second), w.AddJob(second)}
		assert.Zero(t, claim(t, w, runner))
		other.Assign(runner, second)
		assert.Equal(t, ids[0], claim(t, w, runner))
		require.NoError(t, other.Runners.UpdateAssignment(w.Context(), runner, second, func(a *domain.Assignment) error {
			a.AssignedAt = time.Time{}
			return nil
		}))
		assert.Zero(t, claim(t, w, runner))
	},
	"Claim goes through a long queue in order": func(t *testing.T, w *fixture.World) {
		jobs := 700 // more than anybody keeps in mind at a time
		if w.OneWriter {
			jobs = 50 // each claim waits for the disk
		}
		project := w.AddProject(w.AddGroup(0))
		first := w.AddJob(project)
		w.AddCopiesOfJob(project, first, jobs-1)
		ids := claimAll(t, w, w.AddProjectRunner(project))
		require.Len(t, ids, jobs+1)
		assert.True(t, slices.IsSorted(ids[:jobs]))
	},
	"A job that is taken back waits again": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		id := w.AddJob(project)
		want := w.Job(project, id)
		runner := w.AddInstanceRunner()
		require.Equal(t, id, claim(t, w, runner))
		queued, err := w.Jobs.Update(w.Context(), id, want.Pipeline.UpdatedAt, func(j *domain.Job) error {
			j.TakeBack(j.State().Token, now)
			return nil
		})
		require.NoError(t, err)
		assert.Equal(t, []domain.JobID{id}, queued)
		assertEqual(t, want, w.Job(project, id), asStates)
		assert.Equal(t, id, claim(t, w, runner))
	},
	"Claim, Load and Update take few statements": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		runner := w.AddInstanceRunner()
		first, id := w.AddJob(project), w.AddJob(project)
		require.Equal(t, first, claim(t, w, runner)) // the queue is known now
		const look, readsRunner = 2, 1               // at the queue, if the last time is a while ago
		hit, trace := 5, 5
		if w.OneWriter {
			hit, trace = 10, 4 // no writes in one go; no locks
		}
		assert.LessOrEqual(t, w.CountStatements(func() { require.Equal(t, id, claim(t, w, runner)) }), hit+look+readsRunner, "a claim")
		assert.LessOrEqual(t, w.CountStatements(func() { require.Zero(t, claim(t, w, runner)) }), look+readsRunner, "a claim when nothing waits")
		assert.Equal(t, 1, w.CountStatements(func() { load(t, w, id) }), "Load")
		assert.Equal(t, trace, w.CountStatements(func() {
			update(t, w, id, func(j *domain.Job) error { return j.AppendTrace(0, []byte("abc"), now) })
		}), "a piece of the trace")
		assert.LessOrEqual(t, w.CountStatements(func() { finish(t, w, id) }), 10, "the end of a job")
	},
}

// handOver gives the job to an agent of the runner, a minute later.
func handOver(runner *domain.Runner) func(j *domain.Job) error {
	return func(j *domain.Job) error {
		return j.HandOver(domain.HandOver{
			Runner: runner, SystemID: "s_1", Token: fixture.Runner().State().Token, Graceful: true, At: now.Add(time.Minute),
		})
	}
}

// claim hands the next job to the runner; zero: there was none.
func claim(t *testing.T, w *fixture.World, runner domain.RunnerID) domain.JobID {
	t.Helper()
	r := w.Runner(runner)
	details, ok, err := w.Jobs.Claim(w.Context(), r, handOver(r))
	require.NoError(t, err)
	if !ok {
		assertEqual(t, ports.JobDetails{}, details, asStates)
		return 0
	}
	return details.Job.ID()
}

// claimAll claims until there is nothing left, which is the last zero.
func claimAll(t *testing.T, w *fixture.World, runner domain.RunnerID) []domain.JobID {
	t.Helper()
	var ids []domain.JobID
	for {
		id := claim(t, w, runner)
		ids = append(ids, id)
		if id == 0 {
			return ids
		}
	}
}

func load(t *testing.T, w *fixture.World, id domain.JobID) domain.JobState {
	t.Helper()
	job, err := w.Jobs.Load(w.Context(), id)
	require.NoError(t, err)
	return job.State()
}

// addTo adds a pending job to the pipeline.
func addTo(t *testing.T, w *fixture.World, pipeline domain.Pipeline, changes ...func(s *domain.JobState)) domain.JobID {
	t.Helper()
	id, err := w.Jobs.Enqueue(w.Context(), pipeline.Project, pipeline.ID, func(p domain.Pipeline, _ []domain.JobSibling) (ports.Enqueued, error) {
		return planned(pipeline.Project, p, changes...), nil
	})
	require.NoError(t, err)
	return id
}

// claimFollowsChanges: what a claim may have is asked when it claims.
func claimFollowsChanges(t *testing.T, w *fixture.World) {
	group := w.AddGroup(0)
	project := w.AddProject(group)
	instance, below := w.AddInstanceRunner(), w.AddGroupRunner(group)
	own := w.AddProjectRunner(w.AddProject(group))
	switches := func(on bool) {
		require.NoError(t, w.Projects.Update(w.Context(), project, func(p *domain.Project) error {
			return p.Update(domain.ProjectChange{SharedRunnersEnabled: domain.Set(on), GroupRunnersEnabled: domain.Set(on)})
		}))
	}
	for range 4 {
		w.AddJob(project)
	}
	switches(false)
	for _, runner := range []domain.RunnerID{instance, below, own} {
		assert.Zero(t, claim(t, w, runner))
	}
	switches(true)
	assert.NotZero(t, claim(t, w, instance))
	assert.NotZero(t, claim(t, w, below))
	w.Assign(own, project)
	assert.NotZero(t, claim(t, w, own))
	require.NoError(t, w.Projects.Delete(w.Context(), project))
	assert.Zero(t, claim(t, w, own))
	again := w.AddProject(group)
	w.AddJob(again)
	require.NoError(t, w.Groups.Delete(w.Context(), group))
	assert.Zero(t, claim(t, w, instance))
}
