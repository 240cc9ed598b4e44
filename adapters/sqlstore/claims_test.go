package sqlstore_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/sqlstore"
	"runyard/domain"
	"runyard/test/fixture"
)

func claimFor(runner *domain.Runner) func(j *domain.Job) error {
	return func(j *domain.Job) error {
		return j.HandOver(domain.HandOver{Runner: runner, Token: domain.Digest(time.Now().String()), At: fixture.Moment.Add(time.Minute)})
	}
}

// What an agent's node knows of its runner may be a minute old.
func TestAClaimKnowsWhatBecameOfItsRunner(t *testing.T) {
	t.Parallel()
	w := fixture.NewWorld(t, fixture.PostgreSQL(t))
	id := w.AddJob(w.AddProject(w.AddGroup(0)), func(s *domain.JobState) { s.Tags = domain.Tags{"a"} })
	for name, change := range map[string]domain.RunnerChange{
		"paused":              {Active: domain.Set(false)},
		"without the tag":     {Tags: domain.Set(domain.Tags{"b"})},
		"for protected refs":  {AccessLevel: domain.Set(domain.RefProtected)},
		"other in what is no": {},
	} {
		runner := w.Runner(w.AddInstanceRunner(func(s *domain.RunnerState) { s.Tags = domain.Tags{"a"} }))
		require.NoError(t, w.Runners.Update(t.Context(), runner.ID(), func(r *domain.Runner) error {
			return r.Update(change, fixture.Moment)
		}))
		_, ok, err := w.Jobs.Claim(t.Context(), runner, func(*domain.Job) error {
			assert.Equal(t, "other in what is no", name)
			return assert.AnError
		})
		assert.False(t, ok, name)
		if name == "other in what is no" {
			require.ErrorIs(t, err, assert.AnError)
		} else {
			require.NoError(t, err)
		}
	}
	assert.Equal(t, domain.JobPending, load(t, w, id).Status)
}

func load(t *testing.T, w *fixture.World, id domain.JobID) domain.JobState {
	t.Helper()
	job, err := w.Jobs.Load(t.Context(), id)
	require.NoError(t, err)
	return job.State()
}

// Behind a pool that shares connections no statement can stay prepared.
func TestClaimsWorkInAnyModeOfTheDriver(t *testing.T) {
	t.Parallel()
	w := fixture.NewWorld(t, fixture.PostgreSQL(t))
	project := w.AddProject(w.AddGroup(0))
	runners := []domain.RunnerID{w.AddInstanceRunner(), w.AddProjectRunner(project), w.AddGroupRunner(w.AddGroup(0))}
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		db, err := sqlstore.Open(t.Context(), withParameter(w.URL, "default_query_exec_mode="+mode))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		jobs := sqlstore.NewJobs(db)
		for i, id := range runners {
			job := w.AddJob(project)
			runner := w.Runner(id)
			got, ok, err := jobs.Claim(t.Context(), runner, claimFor(runner))
			require.NoError(t, err, mode)
			require.Equal(t, i < 2, ok, mode)
			if ok {
				assert.Equal(t, load(t, w, job).StartedAt, got.Job.State().StartedAt)
			} else {
				_, err := w.Jobs.Update(t.Context(), job, fixture.Moment, func(j *domain.Job) error {
					j.Cancel(fixture.Moment)
					return nil
				})
				require.NoError(t, err)
			}
		}
	}
}
