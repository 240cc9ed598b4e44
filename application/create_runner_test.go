package application_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// The places where a runner can be made.
var (
	inInstance = domain.RunnerScope{Type: domain.InstanceRunner}
	inGroup3   = domain.RunnerScope{Type: domain.GroupRunner, Group: 3}
	inProject4 = domain.RunnerScope{Type: domain.ProjectRunner, Project: 4}
)

// addsRunner expects a new runner, which gets id 8, and keeps what was stored.
func (h *harness) addsRunner(project domain.ProjectID) *domain.RunnerState {
	added := &domain.RunnerState{}
	h.runners.EXPECT().Add(gomock.Any(), gomock.Any(), project).DoAndReturn(
		func(_ any, r *domain.Runner, _ domain.ProjectID) (domain.RunnerID, error) {
			*added = r.State()
			return 8, nil
		})
	return added
}

func TestCreateRunnerOfTheInstanceIsForAdministrators(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.generator.EXPECT().UserRunnerToken().Return(domain.Secret("glrt-new"))
	added := h.addsRunner(0)
	created, err := application.NewRunners(h.Ports).Create(t.Context(), application.CreateRunner{
		Actor: admin, Scope: inInstance, Registration: domain.RunnerRegistration{
			Token: "chosen by the caller", Description: new("fast"), Tags: domain.Tags{"go"},
		},
	})
	require.NoError(t, err)
	assert.Equal(t, application.RegisteredRunner{ID: 8, Token: "glrt-new"}, created, "the only sight of the token")
	assert.Equal(t, domain.RunnerState{
		Type: domain.InstanceRunner, Token: digestOf("glrt-new"), MadeByUser: true, Description: new("fast"),
		Active: true, RunUntagged: true, AccessLevel: domain.NotProtected, Tags: domain.Tags{"go"},
		CreatedAt: noon, UpdatedAt: noon,
	}, *added, "there is no agent yet, and so no address")

	_, err = application.NewRunners(newHarness(t).Ports).Create(t.Context(), application.CreateRunner{Actor: sam, Scope: inInstance})
	assert.ErrorIs(t, err, errInsufficient)
}

func TestCreateRunnerByLevel(t *testing.T) {
	t.Parallel()
	for _, level := range everyLevel {
		for _, scope := range []domain.RunnerScope{inGroup3, inProject4} {
			t.Run(fmt.Sprintf("%s, level %d", scope.Type, level), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				needed := domain.Owner
				if scope.Type == domain.GroupRunner {
					h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(aGroup(), nil)
					h.access.EXPECT().OnGroup(gomock.Any(), sam.User, domain.GroupID(3), noon).Return(level, nil)
					h.access.EXPECT().SeesProjectIn(gomock.Any(), sam.User, domain.GroupID(3), noon).Return(false, nil).MaxTimes(1)
				} else {
					needed = domain.Maintainer
					h.projects.EXPECT().Find(gomock.Any(), ports.ProjectRef{ID: 4}).Return(aProject(), nil)
					h.access.EXPECT().OnProject(gomock.Any(), sam.User, domain.ProjectID(4), noon).Return(level, nil)
				}
				cmd := application.CreateRunner{Actor: sam, Scope: scope}
				if level < needed {
					cmd.Registration.RunUntagged = new(false) // wrong, but that comes second
					_, err := application.NewRunners(h.Ports).Create(t.Context(), cmd)
					require.ErrorIs(t, err, errInsufficient)
					return
				}
				h.generator.EXPECT().UserRunnerToken().Return(domain.Secret("glrt-new"))
				h.tokensLive = map[domain.RunnerScope]time.Duration{scope: time.Hour}
				added := h.addsRunner(scope.Project)
				created, err := application.NewRunners(h.Ports).Create(t.Context(), cmd)
				require.NoError(t, err)
				assert.Equal(t, noon.Add(time.Hour), created.TokenExpiresAt)
				assert.Equal(t, noon.Add(time.Hour), added.TokenExpiresAt)
				assert.Equal(t, scope.Type, added.Type)
				assert.Equal(t, scope.Group, added.Group)
			})
		}
	}
}

func TestCreateRunnerRefusals(t *testing.T) {
	t.Parallel()
	generates := func(h *harness) { h.generator.EXPECT().UserRunnerToken().Return(domain.Secret("glrt-new")) }
	findsGroup := func(h *harness) { h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(aGroup(), nil) }
	for name, test := range map[string]struct {
		scope        domain.RunnerScope
		registration domain.RunnerRegistration
		before       func(h *harness)
		want         error
	}{
		"a group that is not there is none where one may": {inGroup3, domain.RunnerRegistration{}, func(h *harness) {
			h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(nil, errNoGroup)
		}, errInsufficient},
		"a project that is not there is none where one may": {inProject4, domain.RunnerRegistration{}, func(h *harness) {
			h.projects.EXPECT().Find(gomock.Any(), ports.ProjectRef{ID: 4}).Return(nil, errNoProject)
		}, errInsufficient},
		"groups cannot be read": {inGroup3, domain.RunnerRegistration{}, func(h *harness) {
			h.groups.EXPECT().Find(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
		"lifetimes cannot be read": {inGroup3, domain.RunnerRegistration{}, func(h *harness) {
			findsGroup(h)
			h.askingLifetimes = errDown
		}, errDown},
		"wrong values make no runner": {
			inInstance,
			domain.RunnerRegistration{RunUntagged: new(false)},
			generates,
			domain.Invalid("tags_list", "can not be empty when runner is not allowed to pick untagged jobs"),
		},
		"a group that is deleted meanwhile is none where one may": {inGroup3, domain.RunnerRegistration{}, func(h *harness) {
			findsGroup(h)
			generates(h)
			h.runners.EXPECT().Add(gomock.Any(), gomock.Any(), gomock.Any()).Return(domain.RunnerID(0), errNoGroup)
		}, errInsufficient},
		"the runner cannot be stored, and its token is not told": {inInstance, domain.RunnerRegistration{}, func(h *harness) {
			generates(h)
			h.runners.EXPECT().Add(gomock.Any(), gomock.Any(), gomock.Any()).Return(domain.RunnerID(0), errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			created, err := application.NewRunners(h.Ports).Create(t.Context(), application.CreateRunner{
				Actor: admin, Scope: test.scope, Registration: test.registration,
			})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, created)
		})
	}
}
