package contract

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

var jobListPromises = map[string]promise{
	"List gives pages in the order of ids, the newest first or last": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		var all []domain.JobID
		for range 7 {
			all = append(all, w.AddJob(project))
		}
		assertPages(t, all, func(p ports.Page) ([]domain.JobID, int) {
			return jobIDs(t, w, ports.JobQuery{Project: project, Ascending: true}, p)
		})
		slices.Reverse(all)
		assertPages(t, all, func(p ports.Page) ([]domain.JobID, int) {
			return jobIDs(t, w, ports.JobQuery{Project: project}, p)
		})
	},
	"List selects by runner, project and statuses": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		projects := []domain.ProjectID{w.AddProject(group), w.AddProject(group)}
		runners := []domain.RunnerID{0, w.AddInstanceRunner(), w.AddInstanceRunner()}
		statuses := []domain.JobStatus{domain.JobPending, domain.JobRunning, domain.JobFailed}
		var all []domain.JobState
		for _, project := range projects {
			for _, runner := range runners {
				for _, status := range statuses {
					id := w.AddJob(project, func(s *domain.JobState) { s.Runner, s.Status = runner, status })
					all = append(all, w.Job(project, id).Job.State())
				}
			}
		}
		for _, project := range append(projects, 0, missing) {
			for _, runner := range append(runners, missing) {
				for _, wanted := range [][]domain.JobStatus{nil, statuses[:1], statuses[1:], {domain.JobCanceled}} {
					want := []domain.JobID{}
					for _, s := range all {
						if (project == 0 || s.Project == project) && (runner == 0 || s.Runner == runner) &&
							(wanted == nil || slices.Contains(wanted, s.Status)) {
							want = append(want, s.ID)
						}
					}
					got, total := jobIDs(t, w, ports.JobQuery{Runner: runner, Project: project, Statuses: wanted, Ascending: true}, everything)
					assert.Equal(t, want, got)
					assert.Len(t, want, total)
				}
			}
		}
	},
	"List gives of the same jobs what lists show": func(t *testing.T, w *fixture.World) {
		full, _, _ := addFullJob(t, w)
		project := w.AddProject(w.AddGroup(0))
		gone := w.AddUser()
		w.AddJob(project, func(s *domain.JobState) { s.User, s.Runner = gone, full.Runner })
		w.AddJob(full.Project)
		require.NoError(t, w.Users.Delete(w.Context(), gone))
		list, _, err := w.Jobs.List(w.Context(), ports.JobQuery{}, everything)
		require.NoError(t, err)
		require.Len(t, list, 4)
		for _, details := range list {
			assertEqual(t, w.Job(details.Project.ID(), details.Job.ID).Listed(), details, asStates)
		}
	},
	"List takes the same number of statements for 1, 20 and 100 jobs": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		runner := w.AddInstanceRunner()
		assertFixedStatements(t, w, func(_ int) {
			user := w.AddUser()
			w.AddJob(w.AddProject(group), func(s *domain.JobState) { s.Runner, s.User = runner, user })
		}, func() int {
			ids, _ := jobIDs(t, w, ports.JobQuery{Runner: runner}, everything)
			return len(ids)
		})
	},
	"List of nothing is empty, not nil": func(t *testing.T, w *fixture.World) {
		ids, total := jobIDs(t, w, ports.JobQuery{Project: w.AddProject(w.AddGroup(0))}, everything)
		assert.Empty(t, ids)
		assert.Zero(t, total)
	},
}

func jobIDs(t *testing.T, w *fixture.World, q ports.JobQuery, p ports.Page) ([]domain.JobID, int) {
	t.Helper()
	list, total, err := w.Jobs.List(w.Context(), q, p)
	require.NoError(t, err)
	require.NotNil(t, list)
	ids := make([]domain.JobID, len(list))
	for i, details := range list {
		ids[i] = details.Job.ID
	}
	return ids, total
}
