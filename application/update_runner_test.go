package application_test

import (
	"fmt"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// pausing is the change of most tests: it is never wrong in itself.
var pausing = domain.RunnerChange{Active: domain.Set(false)}

func TestUpdateRunnerPausesItAndShowsTheResult(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	runner := aRunner(ofProjects(2))
	h.onRunner(domain.Maintainer)
	h.runners.EXPECT().Update(gomock.Any(), domain.RunnerID(7), gomock.Any()).DoAndReturn(changing(runner))
	h.announcesRunner()
	h.runners.EXPECT().Projects(gomock.Any(), domain.RunnerID(7), sam.User, noon).Return([]*domain.Project{aProject()}, nil)
	details, err := application.NewRunners(h.Ports).Update(t.Context(), application.UpdateRunner{
		Actor: sam, Runner: 7, Change: pausing,
	})
	require.NoError(t, err)
	assert.False(t, runner.State().Active, "the stored runner is paused")
	assert.Equal(t, noon, runner.State().UpdatedAt)
	assert.Equal(t, runner.State(), details.Runner.State(), "the answer is the stored runner")
	assert.Equal(t, []*domain.Project{aProject()}, details.Projects)
	assert.True(t, details.ShowMaintenanceNote)
	assert.Equal(t, noon, details.At)
}

func TestUpdateRunnerLoadsNoProjectsThatNobodyWants(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.runners.EXPECT().Update(gomock.Any(), domain.RunnerID(7), gomock.Any()).DoAndReturn(changing(aRunner(ofProjects(2))))
	h.announcesRunner()
	details, err := application.NewRunners(h.Ports).Update(t.Context(), application.UpdateRunner{
		Actor: admin, Runner: 7, Change: pausing, WithoutProjects: true,
	})
	require.NoError(t, err)
	assert.Nil(t, details.Projects)
}

func TestUpdateRunnerIsForItsOwners(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		runner func() *domain.Runner
		from   domain.AccessLevel // who has less is refused
	}{
		"an instance runner is nobody's":    {func() *domain.Runner { return aRunner() }, domain.Owner + 1},
		"a group runner is its Owners'":     {func() *domain.Runner { return aRunner(ofGroup) }, domain.Owner},
		"a project runner is Maintainers'":  {func() *domain.Runner { return aRunner(ofProjects(1)) }, domain.Maintainer},
		"locking does not keep owners away": {func() *domain.Runner { return aRunner(ofProjects(1), locked) }, domain.Maintainer},
	} {
		for _, level := range everyLevel {
			t.Run(fmt.Sprintf("%s, level %d", name, level), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				runner := test.runner()
				h.onRunner(level)
				h.runners.EXPECT().Update(gomock.Any(), domain.RunnerID(7), gomock.Any()).DoAndReturn(changing(runner))
				cmd := application.UpdateRunner{Actor: sam, Runner: 7, Change: pausing, WithoutProjects: true}
				if level < test.from {
					_, err := application.NewRunners(h.Ports).Update(t.Context(), cmd)
					require.ErrorIs(t, err, errNoAccess)
					assert.True(t, runner.State().Active)
					return
				}
				h.announcesRunner()
				h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(aGroup(), nil).MaxTimes(1)
				_, err := application.NewRunners(h.Ports).Update(t.Context(), cmd)
				require.NoError(t, err)
				assert.False(t, runner.State().Active)
			})
		}
	}
}

func TestUpdateRunnerLetsAdministratorsChangeAnyWithoutMembership(t *testing.T) {
	t.Parallel()
	for name, runner := range map[string]*domain.Runner{"instance": aRunner(), "project": aRunner(ofProjects(1), locked)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.runners.EXPECT().Update(gomock.Any(), domain.RunnerID(7), gomock.Any()).DoAndReturn(changing(runner))
			h.announcesRunner()
			_, err := application.NewRunners(h.Ports).Update(t.Context(), application.UpdateRunner{
				Actor: admin, Runner: 7, Change: pausing, WithoutProjects: true,
			})
			require.NoError(t, err)
			assert.False(t, runner.State().Active)
		})
	}
}

func TestUpdateRunnerRefusals(t *testing.T) {
	t.Parallel()
	wrong := domain.RunnerChange{Active: domain.Set(false), MaximumTimeout: domain.Set(new(int64(599)))}
	for name, test := range map[string]struct {
		actor  domain.Actor
		change domain.RunnerChange
		before func(h *harness)
		want   error
	}{
		"memberships cannot be read, and nothing is changed": {sam, pausing, func(h *harness) {
			h.access.EXPECT().OnRunner(gomock.Any(), sam.User, domain.RunnerID(7), noon).Return(domain.Owner, errDown)
		}, errDown},
		"a runner that is not there is not found, even by a stranger": {sam, pausing, func(h *harness) {
			h.onRunner(domain.NoAccess)
			h.runners.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).Return(errGone)
		}, errGone},
		"a stranger is refused before the values are looked at": {sam, wrong, func(h *harness) {
			h.onRunner(domain.NoAccess)
			h.runners.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(changing(aRunner(ofProjects(1))))
		}, errNoAccess},
		"wrong values change nothing and show nothing": {admin, wrong, func(h *harness) {
			h.runners.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(changing(aRunner(ofProjects(1))))
		}, domain.Invalid("maximum_timeout", "needs to be at least 10 minutes")},
		"a project runner without any project cannot be changed": {admin, pausing, func(h *harness) {
			h.runners.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(changing(aRunner(ofProjects(0))))
		}, domain.Invalid("runner", "needs to be assigned to at least one project")},
		"the change cannot be stored, and nothing is shown": {admin, pausing, func(h *harness) {
			h.runners.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).Return(errDown)
		}, errDown},
		"projects cannot be read": {admin, pausing, func(h *harness) {
			h.runners.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(changing(aRunner(ofProjects(1))))
			h.announcesRunner()
			h.runners.EXPECT().Projects(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			details, err := application.NewRunners(h.Ports).Update(t.Context(), application.UpdateRunner{
				Actor: test.actor, Runner: 7, Change: test.change,
			})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, details)
		})
	}
}
