package application_test

import (
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestUnassignRunner(t *testing.T) {
	t.Parallel()
	notThere := domain.NotFound("Runner")
	for name, test := range map[string]struct {
		runner     *domain.Runner
		assignedAt time.Time
		since      time.Time
		want       error
	}{
		"one of several projects loses the runner":                 {aRunner(ofProjects(2)), yesterday, time.Time{}, nil},
		"locking does not keep a runner in a project":              {aRunner(ofProjects(2), locked), yesterday, time.Time{}, nil},
		"the last project keeps the runner":                        {aRunner(ofProjects(1)), yesterday, time.Time{}, domain.ErrLastProject},
		"a runner of other projects is not there":                  {aRunner(ofProjects(2)), time.Time{}, time.Time{}, notThere},
		"an instance runner is not there":                          {aRunner(), time.Time{}, time.Time{}, notThere},
		"a group runner is not there":                              {aRunner(ofGroup), time.Time{}, time.Time{}, notThere},
		"a link that is newer than the caller knows stays":         {aRunner(ofProjects(2)), noon, yesterday, errModified},
		"the age of the link counts, not of the runner's changes":  {aRunner(ofProjects(2), changedAtNoon), yesterday, yesterday, nil},
		"what is not there is not there, whatever the moment":      {aRunner(ofProjects(2)), time.Time{}, yesterday, notThere},
		"the last project is the reason that comes before moments": {aRunner(ofProjects(1)), noon, yesterday, domain.ErrLastProject},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			link := &domain.Assignment{Runner: test.runner, Project: 4, AssignedAt: test.assignedAt}
			h.runners.EXPECT().UpdateAssignment(gomock.Any(), domain.RunnerID(7), domain.ProjectID(4), gomock.Any()).
				DoAndReturn(changingAssignment(link))
			if test.want == nil {
				h.announcesRunner()
			}
			check(t, test.want, samsProjectRunners(t, h).Unassign(t.Context(), 7, test.since))
			if test.want == nil {
				assert.False(t, link.Assigned())
			}
		})
	}
}

func TestUnassignRunnerKeepsTheLastProjectFromAdministratorsToo(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	link := &domain.Assignment{Runner: aRunner(ofProjects(1)), Project: 4, AssignedAt: yesterday}
	h.runners.EXPECT().UpdateAssignment(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).
		DoAndReturn(changingAssignment(link))
	assert.ErrorIs(t, adminsProjectRunners(t, h).Unassign(t.Context(), 7, time.Time{}), domain.ErrLastProject)
}

func TestUnassignRunnerNamesARunnerThatDoesNotExist(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.runners.EXPECT().UpdateAssignment(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(errGone)
	assert.ErrorIs(t, samsProjectRunners(t, h).Unassign(t.Context(), 7, time.Time{}), domain.NotFound("Runner"))
}

func TestUnassignRunnerPassesOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.runners.EXPECT().UpdateAssignment(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(errDown)
	assert.ErrorIs(t, samsProjectRunners(t, h).Unassign(t.Context(), 7, time.Time{}), errDown)
}
