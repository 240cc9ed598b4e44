package application_test

import (
	"fmt"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

func closed(h *harness) *harness {
	h.Policy.RegistrationClosed = true
	return h
}

func TestResetRegistrationTokenOfTheInstanceIsForAdministrators(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.generator.EXPECT().InstanceRegistrationToken().Return(domain.Secret("GR-new"))
	instance := &domain.Instance{RegistrationToken: "old", RootToken: 3}
	h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).DoAndReturn(changingInstance(instance))
	token, err := application.NewRunners(h.Ports).ResetRegistrationToken(t.Context(), admin)
	require.NoError(t, err)
	assert.Equal(t, "GR-new", token.Reveal())
	assert.Equal(t, domain.Instance{RegistrationToken: digestOf("GR-new"), RootToken: 3}, *instance)

	_, err = application.NewRunners(newHarness(t).Ports).ResetRegistrationToken(t.Context(), sam)
	assert.ErrorIs(t, err, errForbidden)
}

func TestResetRegistrationTokenOfAProjectIsForMaintainers(t *testing.T) {
	t.Parallel()
	for _, level := range everyLevel {
		t.Run(fmt.Sprintf("level %d", level), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			project := aProject()
			h.onProject(project, level)
			runners, err := application.NewRunners(h.Ports).OfProject(t.Context(), sam, aProjectRef)
			if level < domain.Maintainer {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			h.generator.EXPECT().RegistrationSeed().Return("new seed")
			h.projects.EXPECT().Update(gomock.Any(), domain.ProjectID(4), gomock.Any()).DoAndReturn(changingProject(project))
			token, err := runners.ResetRegistrationToken(t.Context())
			require.NoError(t, err)
			assert.Equal(t, "token of new seed", token.Reveal())
			assert.Equal(t, domain.RegistrationToken{Seed: "new seed", Digest: digestOf("token of new seed")}, project.State().Token)
		})
	}
}

func TestResetRegistrationTokenOfAGroupIsForOwners(t *testing.T) {
	t.Parallel()
	for _, level := range everyLevel {
		t.Run(fmt.Sprintf("level %d", level), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			group := aGroup(func(s *domain.GroupState) { s.Visibility = domain.Public })
			h.onGroup(group, level)
			runners, err := application.NewRunners(h.Ports).OfGroup(t.Context(), sam, aGroupRef)
			if level < domain.Owner {
				require.ErrorIs(t, err, errForbidden)
				return
			}
			require.NoError(t, err)
			h.generator.EXPECT().RegistrationSeed().Return("new seed")
			h.groups.EXPECT().Update(gomock.Any(), domain.GroupID(3), gomock.Any()).DoAndReturn(changingGroup(group, nil))
			token, err := runners.ResetRegistrationToken(t.Context())
			require.NoError(t, err)
			assert.Equal(t, "token of new seed", token.Reveal())
			assert.Equal(t, domain.RegistrationToken{Seed: "new seed", Digest: digestOf("token of new seed")}, group.State().Token)
		})
	}
}

// resets are the three resets by those who may.
var resets = map[string]func(t *testing.T, h *harness) (domain.Secret, error){
	"instance": func(t *testing.T, h *harness) (domain.Secret, error) {
		return application.NewRunners(h.Ports).ResetRegistrationToken(t.Context(), admin)
	},
	"project": func(t *testing.T, h *harness) (domain.Secret, error) {
		h.projects.EXPECT().Find(gomock.Any(), aProjectRef).Return(aProject(), nil)
		runners, err := application.NewRunners(h.Ports).OfProject(t.Context(), admin, aProjectRef)
		require.NoError(t, err)
		return runners.ResetRegistrationToken(t.Context())
	},
	"group": func(t *testing.T, h *harness) (domain.Secret, error) {
		h.groups.EXPECT().Find(gomock.Any(), aGroupRef).Return(aGroup(), nil)
		runners, err := application.NewRunners(h.Ports).OfGroup(t.Context(), admin, aGroupRef)
		require.NoError(t, err)
		return runners.ResetRegistrationToken(t.Context())
	},
}

func TestResetRegistrationTokenIsForNobodyWhereRegistrationIsClosed(t *testing.T) {
	t.Parallel()
	for name, reset := range resets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token, err := reset(t, closed(newHarness(t)))
			require.ErrorIs(t, err, errForbidden)
			assert.Empty(t, token.Reveal())
		})
	}
}

func TestResetRegistrationTokenTellsNoTokenThatIsNotStored(t *testing.T) {
	t.Parallel()
	for name, reset := range resets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.generator.EXPECT().InstanceRegistrationToken().Return(domain.Secret("GR-new")).MaxTimes(1)
			h.generator.EXPECT().RegistrationSeed().Return("new seed").MaxTimes(1)
			h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).Return(errDown).MaxTimes(1)
			h.projects.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).Return(errDown).MaxTimes(1)
			h.groups.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).Return(errDown).MaxTimes(1)
			token, err := reset(t, h)
			require.ErrorIs(t, err, errDown)
			assert.Empty(t, token.Reveal())
		})
	}
}

func TestRegisterRunnerIsGoneWhereRegistrationIsClosed(t *testing.T) {
	t.Parallel()
	registered, err := application.NewRunners(closed(newHarness(t)).Ports).Register(t.Context(), application.RegisterRunner{
		RegistrationToken: registrationToken,
	})
	require.ErrorIs(t, err, &domain.Error{Kind: domain.KindGone, Reason: "runner registration disallowed"})
	assert.Zero(t, registered)
}
