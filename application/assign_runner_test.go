package application_test

import (
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

// samsProjectRunners is what Sam, a Maintainer, may do with the runners of project 4.
func samsProjectRunners(t *testing.T, h *harness) *application.ProjectRunners {
	t.Helper()
	h.onProject(aProject(), domain.Maintainer)
	runners, err := application.NewRunners(h.Ports).OfProject(t.Context(), sam, aProjectRef)
	require.NoError(t, err)
	return runners
}

// adminsProjectRunners is what an administrator may do with the runners of project 4.
func adminsProjectRunners(t *testing.T, h *harness) *application.ProjectRunners {
	t.Helper()
	h.projects.EXPECT().Find(gomock.Any(), aProjectRef).Return(aProject(), nil)
	runners, err := application.NewRunners(h.Ports).OfProject(t.Context(), admin, aProjectRef)
	require.NoError(t, err)
	return runners
}

func TestAssignRunner(t *testing.T) {
	t.Parallel()
	taken := domain.Invalid("assign_to", "Validation failed: Runner has already been taken")
	for name, test := range map[string]struct {
		admin      bool
		level      domain.AccessLevel // on the runner
		runner     *domain.Runner
		assignedAt time.Time
		want       error
	}{
		"a Maintainer assigns an own runner":                          {false, domain.Maintainer, aRunner(ofProjects(1)), time.Time{}, nil},
		"a Maintainer is refused somebody else's runner":              {false, domain.Developer, aRunner(ofProjects(1)), time.Time{}, errNoAccess},
		"a Maintainer is refused an instance runner":                  {false, domain.NoAccess, aRunner(), time.Time{}, errNoAccess},
		"a locked runner is refused before the level is looked at":    {false, domain.NoAccess, aRunner(ofProjects(1), locked), time.Time{}, domain.Forbidden("Runner is locked")},
		"a stranger is refused before the link is looked at":          {false, domain.NoAccess, aRunner(ofProjects(1)), yesterday, errNoAccess},
		"a runner that is assigned is taken":                          {false, domain.Maintainer, aRunner(ofProjects(1)), yesterday, taken},
		"a group runner is refused":                                   {false, domain.Owner, aRunner(ofGroup), time.Time{}, domain.Forbidden("Runner is a group runner")},
		"a group runner is refused to administrators too":             {true, 0, aRunner(ofGroup), time.Time{}, domain.Forbidden("Runner is a group runner")},
		"an administrator assigns a locked runner":                    {true, 0, aRunner(ofProjects(1), locked), time.Time{}, nil},
		"an administrator turns an instance runner into a project's":  {true, 0, aRunner(), time.Time{}, nil},
		"a runner that is assigned is taken for administrators, too":  {true, 0, aRunner(ofProjects(1)), yesterday, taken},
		"a runner that lost its projects is one for an administrator": {true, 0, aRunner(ofProjects(0)), time.Time{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			runners := adminsProjectRunners
			if !test.admin {
				runners = samsProjectRunners
				h.onRunner(test.level)
			}
			link := &domain.Assignment{Runner: test.runner, Project: 4, AssignedAt: test.assignedAt}
			h.runners.EXPECT().UpdateAssignment(gomock.Any(), domain.RunnerID(7), domain.ProjectID(4), gomock.Any()).
				DoAndReturn(changingAssignment(link))
			if test.want == nil {
				h.announcesRunner()
			}
			assigned, err := runners(t, h).Assign(t.Context(), 7)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
				assert.Zero(t, assigned)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, noon, link.AssignedAt)
			assert.Equal(t, domain.ProjectRunner, assigned.Runner.State().Type)
			assert.Equal(t, test.runner.State(), assigned.Runner.State(), "the answer is the stored runner")
			assert.Equal(t, noon, assigned.At)
		})
	}
}

func TestAssignRunnerFindsNothingBeforeItRefusesAnybody(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.onRunner(domain.NoAccess)
	h.runners.EXPECT().UpdateAssignment(gomock.Any(), domain.RunnerID(7), domain.ProjectID(4), gomock.Any()).Return(errGone)
	assigned, err := samsProjectRunners(t, h).Assign(t.Context(), 7)
	require.ErrorIs(t, err, errGone)
	assert.Zero(t, assigned)
}

func TestAssignRunnerAssignsNothingWhenMembershipsCannotBeRead(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.access.EXPECT().OnRunner(gomock.Any(), sam.User, domain.RunnerID(7), noon).Return(domain.Owner, errDown)
	_, err := samsProjectRunners(t, h).Assign(t.Context(), 7)
	assert.ErrorIs(t, err, errDown)
}
