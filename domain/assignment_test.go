package domain_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

var (
	errNoAccess = domain.Forbidden("No access granted")
	errTaken    = domain.Invalid("assign_to", "Validation failed: Runner has already been taken")
)

func TestAssign(t *testing.T) {
	t.Parallel()
	there := yesterday
	for name, test := range map[string]struct {
		by         domain.Standing
		runner     *domain.Runner
		assignedAt time.Time
		want       error
	}{
		"an owner assigns a runner":                              {at(domain.Maintainer), aRunner(ofProjects(1)), time.Time{}, nil},
		"an admin assigns a runner":                              {admin, aRunner(ofProjects(2)), time.Time{}, nil},
		"an admin assigns a runner that lost all projects":       {admin, aRunner(ofProjects(0)), time.Time{}, nil},
		"a group runner is refused":                              {at(domain.Owner), aRunner(ofGroup), time.Time{}, domain.Forbidden("Runner is a group runner")},
		"a group runner is refused to admins too":                {admin, aRunner(ofGroup), time.Time{}, domain.Forbidden("Runner is a group runner")},
		"a locked group runner is a group runner first":          {at(domain.Owner), aRunner(ofGroup, locked), time.Time{}, domain.Forbidden("Runner is a group runner")},
		"a locked runner is refused to its owner":                {at(domain.Owner), aRunner(ofProjects(1), locked), time.Time{}, domain.Forbidden("Runner is locked")},
		"a locked runner is locked first, then somebody else's":  {at(domain.NoAccess), aRunner(ofProjects(1), locked), time.Time{}, domain.Forbidden("Runner is locked")},
		"a locked runner that is there is locked first":          {at(domain.Owner), aRunner(ofProjects(1), locked), there, domain.Forbidden("Runner is locked")},
		"a locked runner is not refused to admins":               {admin, aRunner(ofProjects(1), locked), time.Time{}, nil},
		"a runner not owned is refused":                          {at(domain.Developer), aRunner(ofProjects(1)), time.Time{}, errNoAccess},
		"a runner not owned is refused even if it is there":      {at(domain.Developer), aRunner(ofProjects(1)), there, errNoAccess},
		"an instance runner is refused to anybody but admins":    {at(domain.Owner), aRunner(), time.Time{}, errNoAccess},
		"assigning twice is refused":                             {at(domain.Maintainer), aRunner(ofProjects(1)), there, errTaken},
		"assigning twice is refused to admins too":               {admin, aRunner(ofProjects(1)), there, errTaken},
		"a paused runner can be assigned: only locks matter":     {at(domain.Maintainer), aRunner(ofProjects(1), paused), time.Time{}, nil},
		"who owns one of the projects of the runner may do this": {at(domain.Maintainer), aRunner(ofProjects(2)), time.Time{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := domain.Assignment{Runner: test.runner, Project: 4, AssignedAt: test.assignedAt}
			before := test.runner.State()
			err := a.Assign(domain.RunnerAccess{Standing: test.by}, noon)
			if test.want == nil {
				require.NoError(t, err)
				assert.True(t, a.Assigned())
				assert.Equal(t, noon, a.AssignedAt)
				return
			}
			assert.ErrorIs(t, err, test.want)
			assert.Equal(t, test.assignedAt, a.AssignedAt, "the link is as it was")
			assert.Empty(t, cmp.Diff(before, test.runner.State()), "so is the runner")
		})
	}
}

func TestAssignChangesTheRunner(t *testing.T) {
	t.Parallel()
	byAdmin := domain.RunnerAccess{Standing: admin}
	t.Run("an admin turns an instance runner into a project runner", func(t *testing.T) {
		t.Parallel()
		r := aRunner(settled)
		want := r.State()
		want.Type, want.ProjectCount, want.UpdatedAt = domain.ProjectRunner, 1, noon
		require.NoError(t, (&domain.Assignment{Runner: r, Project: 4}).Assign(byAdmin, noon))
		assert.Empty(t, cmp.Diff(want, r.State()))
		assert.False(t, r.State().Type.Shared())
	})
	t.Run("it never turns back", func(t *testing.T) {
		t.Parallel()
		r := aRunner()
		a := domain.Assignment{Runner: r, Project: 4}
		require.NoError(t, a.Assign(byAdmin, noon))
		require.ErrorIs(t, a.Unassign(), domain.ErrLastProject)
		assert.Equal(t, domain.ProjectRunner, r.State().Type)
	})
	for name, counts := range map[string][2]int{
		"no project becomes one": {0, 1}, "one project becomes several": {1, domain.SeveralProjects},
		"several projects stay several": {domain.SeveralProjects, domain.SeveralProjects},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := aRunner(ofProjects(counts[0]))
			want := r.State()
			want.ProjectCount = counts[1]
			require.NoError(t, (&domain.Assignment{Runner: r, Project: 4}).Assign(byAdmin, noon))
			assert.Empty(t, cmp.Diff(want, r.State()), "updated_at is of the runner's own change, not of the link's")
		})
	}
}

func TestUnassign(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		runner     *domain.Runner
		assignedAt time.Time
		want       error
	}{
		"one of several projects":                           {aRunner(ofProjects(2)), yesterday, nil},
		"locked does not restrict removal from a project":   {aRunner(ofProjects(2), locked), yesterday, nil},
		"not the last project":                              {aRunner(ofProjects(1)), yesterday, domain.ErrLastProject},
		"only if attached":                                  {aRunner(ofProjects(2)), time.Time{}, domain.NotFound("Runner")},
		"not attached comes before the last project":        {aRunner(ofProjects(1)), time.Time{}, domain.NotFound("Runner")},
		"an instance runner is not attached":                {aRunner(), time.Time{}, domain.NotFound("Runner")},
		"a group runner is not attached":                    {aRunner(ofGroup), time.Time{}, domain.NotFound("Runner")},
		"a runner that lost all its projects is not either": {aRunner(ofProjects(0)), time.Time{}, domain.NotFound("Runner")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := domain.Assignment{Runner: test.runner, Project: 4, AssignedAt: test.assignedAt}
			err := a.Unassign()
			if test.want == nil {
				require.NoError(t, err)
				assert.False(t, a.Assigned())
				return
			}
			assert.ErrorIs(t, err, test.want)
			assert.Equal(t, test.assignedAt, a.AssignedAt, "the link is as it was")
		})
	}
	t.Run("the refusal is a 403 with its reason", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, domain.KindForbidden, domain.ErrLastProject.Kind)
		assert.EqualError(t, domain.ErrLastProject,
			"Only one project associated with the runner. Please remove the runner instead")
	})
}
