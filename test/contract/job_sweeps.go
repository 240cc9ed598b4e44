package contract

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

var jobSweepPromises = map[string]promise{
	"Unfinished selects by status, and by the moment that counts for it": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		at := func(status domain.JobStatus, queued, touched time.Duration) domain.JobID {
			return w.AddJob(project, func(s *domain.JobState) {
				s.Status, s.QueuedAt, s.TouchedAt = status, now.Add(queued), now.Add(touched)
			})
		}
		waits := at(domain.JobPending, -time.Microsecond, time.Hour)
		at(domain.JobPending, 0, -time.Hour)
		silent := at(domain.JobRunning, time.Hour, -time.Microsecond)
		at(domain.JobRunning, -time.Hour, 0)
		canceling := at(domain.JobCanceling, time.Hour, -time.Hour)
		at(domain.JobFailed, -time.Hour, -time.Hour)
		for _, test := range []struct {
			statuses []domain.JobStatus
			after    domain.JobID
			limit    int
			want     []domain.JobID
		}{
			{nil, 0, 10, nil},
			{[]domain.JobStatus{domain.JobPending}, 0, 10, []domain.JobID{waits}},
			{[]domain.JobStatus{domain.JobRunning, domain.JobCanceling}, 0, 10, []domain.JobID{silent, canceling}},
			{[]domain.JobStatus{domain.JobCanceling, domain.JobPending, domain.JobRunning}, 0, 2, []domain.JobID{waits, silent}},
			{[]domain.JobStatus{domain.JobCanceling, domain.JobPending, domain.JobRunning}, silent, 2, []domain.JobID{canceling}},
		} {
			jobs, err := w.Jobs.Unfinished(w.Context(), test.statuses, now, test.after, test.limit)
			require.NoError(t, err)
			var ids []domain.JobID
			for _, job := range jobs {
				ids = append(ids, job.ID())
				assertEqual(t, load(t, w, job.ID()), job.State())
			}
			assert.Equal(t, test.want, ids)
		}
	},
	"Matched needs a contact after the moment": func(t *testing.T, w *fixture.World) {
		id := w.AddJob(w.AddProject(w.AddGroup(0)))
		w.AddInstanceRunner() // never made contact
		runner := w.AddInstanceRunner(func(s *domain.RunnerState) { s.ContactedAt = now })
		for after, want := range map[time.Time]bool{now.Add(-time.Microsecond): true, now: false} {
			matched, err := w.Jobs.Matched(w.Context(), id, after)
			require.NoError(t, err)
			assert.Equal(t, want, matched)
		}
		claim(t, w, runner)
		matched, err := w.Jobs.Matched(w.Context(), id, now.Add(-time.Hour))
		require.NoError(t, err)
		assert.False(t, matched, "it does not wait any more")
		_, err = w.Jobs.Matched(w.Context(), missing, now)
		assertNotFound(t, "Job", err)
	},
	"Queued leaves out what does not wait": func(t *testing.T, w *fixture.World) {
		project := w.AddPersonalProject(w.AddUser())
		id := w.AddJob(project)
		other := w.AddJob(project, func(s *domain.JobState) { s.Status = domain.JobManual })
		queued, err := w.Jobs.Queued(w.Context(), []domain.JobID{other, id, missing})
		require.NoError(t, err)
		assertEqual(t, []domain.QueuedJob{{
			Job: id, Project: project, Status: domain.JobPending, Tags: domain.Tags{},
			SharedRunnersEnabled: true, GroupRunnersEnabled: true,
		}}, queued)
		queued, err = w.Jobs.Queued(w.Context(), nil)
		require.NoError(t, err)
		assert.Empty(t, queued)
	},
}
