package contract

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

// Assignments checks what ports.RunnerRepository promises of the links between
// runners and projects.
func Assignments(t *testing.T, open Open) {
	t.Helper()
	check(t, open, assignmentPromises, runnerProjectPromises, updatePromises("UpdateAssignment", countInAssignment))
}

// administrator may assign anything.
var administrator = domain.RunnerAccess{Standing: domain.Standing{Actor: domain.Actor{Admin: true}}}

func assign(a *domain.Assignment) error { return a.Assign(administrator, now) }

var assignmentPromises = map[string]promise{
	"AssignedTo gives as many ids as it may": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		first, second := w.AddProject(group), w.AddProject(group)
		w.AddProject(group)
		id := w.AddProjectRunner(first)
		w.Assign(id, second)
		for limit, want := range map[int][]domain.ProjectID{1: {first}, 2: {first, second}, 9: {first, second}} {
			got, err := w.Runners.AssignedTo(w.Context(), id, limit)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
		none, err := w.Runners.AssignedTo(w.Context(), missing, 9)
		require.NoError(t, err)
		assert.Empty(t, none)
	},
	"UpdateAssignment makes the link, and stores the runner": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		id := w.AddInstanceRunner()
		require.NoError(t, w.Runners.UpdateAssignment(w.Context(), id, project, func(a *domain.Assignment) error {
			assert.Equal(t, id, a.Runner.ID())
			assert.Equal(t, project, a.Project)
			assert.False(t, a.Assigned())
			return a.Assign(administrator, now.Add(time.Microsecond))
		}))
		got := w.Runner(id).State()
		assert.Equal(t, domain.ProjectRunner, got.Type)
		assert.Equal(t, 1, got.ProjectCount)
		assert.Equal(t, now.Add(time.Microsecond), got.UpdatedAt)
		assert.Equal(t, []domain.ProjectID{project}, projectsOf(t, w, id, 0))
		require.NoError(t, w.Runners.UpdateAssignment(w.Context(), id, project, func(a *domain.Assignment) error {
			assert.Equal(t, now.Add(time.Microsecond), a.AssignedAt)
			return nil
		}))
		assert.Equal(t, []domain.ProjectID{project}, projectsOf(t, w, id, 0), "a change that leaves the link leaves it")
	},
	"UpdateAssignment ends the link": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		one, other := w.AddProject(group), w.AddProject(group)
		id := w.AddProjectRunner(one)
		w.Assign(id, other)
		require.NoError(t, w.Runners.UpdateAssignment(w.Context(), id, one, (*domain.Assignment).Unassign))
		assert.Equal(t, []domain.ProjectID{other}, projectsOf(t, w, id, 0))
		assert.Equal(t, 1, w.Runner(id).State().ProjectCount)
		err := w.Runners.UpdateAssignment(w.Context(), id, one, (*domain.Assignment).Unassign)
		assertNotFound(t, "Runner", err)
	},
	"UpdateAssignment leaves the link as it was after an error": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		one, other := w.AddProject(group), w.AddProject(group)
		id := w.AddProjectRunner(one)
		for _, project := range []domain.ProjectID{one, other} {
			err := w.Runners.UpdateAssignment(w.Context(), id, project, func(a *domain.Assignment) error {
				a.AssignedAt = time.Time{}
				if project == other {
					a.AssignedAt = now
				}
				return errRefused
			})
			require.ErrorIs(t, err, errRefused)
		}
		assert.Equal(t, []domain.ProjectID{one}, projectsOf(t, w, id, 0))
	},
	"UpdateAssignment finds no unknown project": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		assertNotFound(t, "Project", w.Runners.UpdateAssignment(w.Context(), id, missing, assign))
		assert.Equal(t, domain.InstanceRunner, w.Runner(id).State().Type)
	},
	"a runner knows whether it has none, one or several projects": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		id := w.AddInstanceRunner()
		for _, want := range []int{0, 1, 2, 2, 2} {
			assert.Equal(t, want, w.Runner(id).State().ProjectCount)
			w.Assign(id, w.AddProject(group))
		}
	},
	"eight writers that unassign a runner from its eight projects leave one": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		const writers, rounds = 8, 5
		for range rounds {
			projects := []domain.ProjectID{w.AddProject(group)}
			id := w.AddProjectRunner(projects[0])
			for range writers - 1 {
				projects = append(projects, w.AddProject(group))
			}
			w.Assign(id, projects[1:]...)
			errs := concurrently(writers, func(i int) error {
				return w.Runners.UpdateAssignment(w.Context(), id, projects[i], (*domain.Assignment).Unassign)
			})
			assert.Equal(t, writers-1, succeeded(errs))
			require.ErrorIs(t, errors.Join(errs...), domain.ErrLastProject)
			assert.Len(t, projectsOf(t, w, id, 0), 1)
		}
	},
	"eight writers that assign a runner to one project do so once": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		id := w.AddInstanceRunner()
		errs := concurrently(8, func(int) error {
			return w.Runners.UpdateAssignment(w.Context(), id, project, assign)
		})
		assert.Equal(t, 1, succeeded(errs), errors.Join(errs...))
		require.ErrorIs(t, errors.Join(errs...), domain.Invalid("assign_to", "Validation failed: Runner has already been taken"))
	},
	"Update costs the same however many projects the runner has": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		id := w.AddProjectRunner(project)
		update := func() {
			require.NoError(t, w.Runners.Update(w.Context(), id, func(r *domain.Runner) error {
				active := r.State().Active
				return r.Update(domain.RunnerChange{Active: domain.Set(!active)}, now)
			}))
		}
		want := w.CountStatements(update)
		assert.LessOrEqual(t, want, 8)
		w.AssignToCopies(id, project, 10_000)
		assert.Len(t, projectsOf(t, w, id, 0), 10_001)
		assert.Equal(t, want, w.CountStatements(update))
	},
}

var runnerProjectPromises = map[string]promise{
	"Projects gives all projects in the order of ids": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		one, other := w.AddProject(group), w.AddProject(group)
		id := w.AddProjectRunner(other)
		w.Assign(id, one)
		projects, err := w.Runners.Projects(w.Context(), id, 0, now)
		require.NoError(t, err)
		require.Len(t, projects, 2)
		assertEqual(t, w.Project(one).State(), projects[0].State())
		assertEqual(t, w.Project(other).State(), projects[1].State())
	},
	"Projects of a runner without any is empty, not nil": func(t *testing.T, w *fixture.World) {
		projects, err := w.Runners.Projects(w.Context(), w.AddInstanceRunner(), 0, now)
		require.NoError(t, err)
		assert.NotNil(t, projects)
		assert.Empty(t, projects)
	},
	"Projects with a member gives those where the user has a level": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		personal := w.AddPersonalProject(user)
		expired := w.AddProject(f.stranger)
		id := w.AddProjectRunner(f.inStranger)
		w.Assign(id, f.inTop, f.inMiddle, f.inLeaf, personal, expired)
		w.AddGroupMember(f.middle, user, domain.Guest)
		w.AddProjectMember(f.inLeaf, user, domain.Maintainer)
		w.AddProjectMember(expired, user, domain.Maintainer, fixture.Expired)
		assert.Equal(t, []domain.ProjectID{f.inMiddle, f.inLeaf, personal}, projectsOf(t, w, id, user))
		assert.Empty(t, projectsOf(t, w, id, w.AddUser()))
	},
	"Projects takes the same number of statements for 1, 20 and 100 projects": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		id := w.AddInstanceRunner()
		assertFixedStatements(t, w, func(i int) {
			w.Assign(id, w.AddProject(group, func(s *domain.ProjectState) { s.Name = fmt.Sprint("project ", i) }))
		}, func() int { return len(projectsOf(t, w, id, w.Founder())) })
	},
}

func projectsOf(t *testing.T, w *fixture.World, id domain.RunnerID, member domain.UserID) []domain.ProjectID {
	t.Helper()
	projects, err := w.Runners.Projects(w.Context(), id, member, now)
	require.NoError(t, err)
	ids := make([]domain.ProjectID, len(projects))
	for i, p := range projects {
		ids[i] = p.ID()
	}
	return ids
}

func countInAssignment(w *fixture.World) counter {
	project := w.AddProject(w.AddGroup(0))
	id := w.AddProjectRunner(project, func(s *domain.RunnerState) { s.MaximumTimeout = fixture.To(int64(600)) })
	add := func(id domain.RunnerID) func(ctx context.Context, finish func() error) error {
		return func(ctx context.Context, finish func() error) error {
			return w.Runners.UpdateAssignment(ctx, id, project, func(a *domain.Assignment) error {
				addToTimeout(a.Runner)
				return finish()
			})
		}
	}
	return counter{
		add: add(id), addToMissing: add(missing), resource: "",
		count: func() int { return int(*w.Runner(id).State().MaximumTimeout) },
	}
}
