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

func TestShowRunnerIsForMaintainers(t *testing.T) {
	t.Parallel()
	for _, level := range everyLevel {
		for name, runner := range map[string]*domain.Runner{"project": aRunner(ofProjects(2)), "group": aRunner(ofGroup)} {
			t.Run(fmt.Sprintf("a %s runner, level %d", name, level), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(runner, nil)
				h.onRunner(level)
				if level < domain.Maintainer {
					_, err := application.NewRunners(h.Ports).Show(t.Context(), application.ShowRunner{Actor: sam, Runner: 7})
					assert.ErrorIs(t, err, errNoAccess)
					return
				}
				h.runners.EXPECT().Projects(gomock.Any(), domain.RunnerID(7), sam.User, noon).
					Return([]*domain.Project{aProject()}, nil).MaxTimes(1)
				h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(aGroup(), nil).MaxTimes(1)
				_, err := application.NewRunners(h.Ports).Show(t.Context(), application.ShowRunner{Actor: sam, Runner: 7})
				assert.NoError(t, err)
			})
		}
	}
}

func TestShowRunner(t *testing.T) {
	t.Parallel()
	project, group := aProject(), aGroup()
	instanceRunner, groupRunner, projectRunner := aRunner(), aRunner(ofGroup), aRunner(ofProjects(1))
	for name, test := range map[string]struct {
		actor           domain.Actor
		runner          *domain.Runner
		withoutProjects bool
		around          func(h *harness)
		want            application.RunnerDetails
	}{
		"an instance runner is shown to everybody, and no membership is asked for": {
			sam, instanceRunner, false, nil,
			application.RunnerDetails{Runner: instanceRunner, At: noon},
		},
		"an instance runner has its note for administrators": {
			admin, instanceRunner, false, nil,
			application.RunnerDetails{Runner: instanceRunner, ShowMaintenanceNote: true, At: noon},
		},
		"a project runner comes with those projects that the maintainer is a member of": {
			sam, projectRunner, false, func(h *harness) {
				h.onRunner(domain.Maintainer)
				h.runners.EXPECT().Projects(gomock.Any(), domain.RunnerID(7), sam.User, noon).Return([]*domain.Project{project}, nil)
			},
			application.RunnerDetails{Runner: projectRunner, Projects: []*domain.Project{project}, ShowMaintenanceNote: true, At: noon},
		},
		"a project runner comes with all its projects for an administrator": {
			admin, projectRunner, false, func(h *harness) {
				h.runners.EXPECT().Projects(gomock.Any(), domain.RunnerID(7), domain.UserID(0), noon).Return([]*domain.Project{project}, nil)
			},
			application.RunnerDetails{Runner: projectRunner, Projects: []*domain.Project{project}, ShowMaintenanceNote: true, At: noon},
		},
		"projects are not loaded when nobody wants them": {
			admin, projectRunner, true, nil,
			application.RunnerDetails{Runner: projectRunner, ShowMaintenanceNote: true, At: noon},
		},
		"a group runner comes with its group, without the note for a maintainer": {
			sam, groupRunner, false, func(h *harness) {
				h.onRunner(domain.Maintainer)
				h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(group, nil)
			},
			application.RunnerDetails{Runner: groupRunner, Groups: []*domain.Group{group}, At: noon},
		},
		"a group runner comes with its group and the note for an owner": {
			sam, groupRunner, false, func(h *harness) {
				h.onRunner(domain.Owner)
				h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(group, nil)
			},
			application.RunnerDetails{Runner: groupRunner, Groups: []*domain.Group{group}, ShowMaintenanceNote: true, At: noon},
		},
		"a group runner comes with its group and the note for an administrator": {
			admin, groupRunner, false, func(h *harness) {
				h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(group, nil)
			},
			application.RunnerDetails{Runner: groupRunner, Groups: []*domain.Group{group}, ShowMaintenanceNote: true, At: noon},
		},
		"leaving out projects does not leave out groups": {
			admin, groupRunner, true, func(h *harness) {
				h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(group, nil)
			},
			application.RunnerDetails{Runner: groupRunner, Groups: []*domain.Group{group}, ShowMaintenanceNote: true, At: noon},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(test.runner, nil)
			if test.around != nil {
				test.around(h)
			}
			details, err := application.NewRunners(h.Ports).Show(t.Context(), application.ShowRunner{
				Actor: test.actor, Runner: 7, WithoutProjects: test.withoutProjects,
			})
			require.NoError(t, err)
			assert.Equal(t, test.want, details)
		})
	}
}

func TestShowRunnerStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		actor  domain.Actor
		before func(h *harness)
		want   error
	}{
		"a runner that is not there is not found, and nobody's memberships are asked for": {sam, func(h *harness) {
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(nil, errGone)
		}, errGone},
		"memberships cannot be read": {sam, func(h *harness) {
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(aRunner(ofProjects(1)), nil)
			h.access.EXPECT().OnRunner(gomock.Any(), sam.User, domain.RunnerID(7), noon).Return(domain.Owner, errDown)
		}, errDown},
		"projects cannot be read": {admin, func(h *harness) {
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(aRunner(ofProjects(1)), nil)
			h.runners.EXPECT().Projects(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
		"the group cannot be read": {admin, func(h *harness) {
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(aRunner(ofGroup), nil)
			h.groups.EXPECT().Find(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			details, err := application.NewRunners(h.Ports).Show(t.Context(), application.ShowRunner{Actor: test.actor, Runner: 7})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, details)
		})
	}
}
