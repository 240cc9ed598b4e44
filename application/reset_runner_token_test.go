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
)

// findsRunner expects that runner 7 is looked up.
func (h *harness) findsRunner(r *domain.Runner) {
	h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(r, nil)
}

// localTokensLive says what the groups and projects of runner 7 set.
func (h *harness) localTokensLive(d time.Duration) {
	h.lifetimes.EXPECT().Of(gomock.Any(), domain.RunnerID(7)).Return(d, nil)
}

// updates expects a change of runner 7.
func (h *harness) updates(r *domain.Runner) {
	h.runners.EXPECT().Update(gomock.Any(), domain.RunnerID(7), gomock.Any()).DoAndReturn(changing(r))
}

var resetSeven = application.ResetRunnerToken{Actor: admin, Runner: 7}

func TestResetTokenReplacesTheTokenByOneOfTheSameKind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		runner    *domain.Runner
		generates func(h *harness)
	}{
		"a registered runner": {aRunner(), func(h *harness) {
			h.generator.EXPECT().RunnerToken().Return(domain.Secret("new"))
		}},
		"a runner that a user made": {aRunner(madeByUser), func(h *harness) {
			h.generator.EXPECT().UserRunnerToken().Return(domain.Secret("new"))
		}},
		"a runner whose token has expired": {aRunner(tokenExpires(yesterday)), func(h *harness) {
			h.generator.EXPECT().RunnerToken().Return(domain.Secret("new"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.Policy.TokenLifetime = 2 * time.Hour
			h.findsRunner(test.runner)
			h.localTokensLive(time.Hour)
			test.generates(h)
			h.updates(test.runner)
			h.announcesRunner()
			issued, err := application.NewRunners(h.Ports).ResetToken(t.Context(), resetSeven)
			require.NoError(t, err)
			assert.Equal(t, application.IssuedToken{Token: "new", ExpiresAt: noon.Add(time.Hour)}, issued, "a new span, the shorter one")
			state := test.runner.State()
			assert.Equal(t, digestOf("new"), state.Token)
			assert.Equal(t, noon.Add(time.Hour), state.TokenExpiresAt)
			assert.Zero(t, state.ContactedAt, "a user's doing is no contact")
		})
	}
}

func TestResetTokenIsForThoseWhoMayChangeTheRunner(t *testing.T) {
	t.Parallel()
	for _, level := range everyLevel {
		for name, test := range map[string]struct {
			runner *domain.Runner
			needed domain.AccessLevel
		}{
			"instance": {aRunner(), domain.Owner + 1},
			"group":    {aRunner(ofGroup), domain.Owner},
			"project":  {aRunner(ofProjects(2)), domain.Maintainer},
		} {
			t.Run(fmt.Sprintf("%s, level %d", name, level), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				h.findsRunner(test.runner)
				h.onRunner(level)
				cmd := application.ResetRunnerToken{Actor: sam, Runner: 7}
				if level < test.needed {
					_, err := application.NewRunners(h.Ports).ResetToken(t.Context(), cmd)
					require.ErrorIs(t, err, errNoAccess)
					return
				}
				h.localTokensLive(0)
				h.generator.EXPECT().RunnerToken().Return(domain.Secret("new"))
				h.updates(test.runner)
				h.announcesRunner()
				issued, err := application.NewRunners(h.Ports).ResetToken(t.Context(), cmd)
				require.NoError(t, err)
				assert.Equal(t, application.IssuedToken{Token: "new"}, issued)
			})
		}
	}
}

func TestResetTokenStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		actor  domain.Actor
		before func(h *harness)
		want   error
	}{
		"a runner that is not there is not found": {sam, func(h *harness) {
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(nil, errGone)
		}, errGone},
		"memberships cannot be read": {sam, func(h *harness) {
			h.findsRunner(aRunner())
			h.access.EXPECT().OnRunner(gomock.Any(), sam.User, domain.RunnerID(7), noon).Return(domain.Owner, errDown)
		}, errDown},
		"lifetimes cannot be read": {admin, func(h *harness) {
			h.findsRunner(aRunner())
			h.lifetimes.EXPECT().Of(gomock.Any(), domain.RunnerID(7)).Return(time.Hour, errDown)
		}, errDown},
		"the runner cannot be stored, and its token is not told": {admin, func(h *harness) {
			h.findsRunner(aRunner())
			h.localTokensLive(0)
			h.generator.EXPECT().RunnerToken().Return(domain.Secret("new"))
			h.runners.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).Return(errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			issued, err := application.NewRunners(h.Ports).ResetToken(t.Context(), application.ResetRunnerToken{Actor: test.actor, Runner: 7})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, issued)
		})
	}
}

func TestRotateTokenReplacesTheTokenAndCountsAsContact(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.Policy.TokenLifetime = time.Hour
	runner := aRunner(madeByUser, tokenExpires(tomorrow))
	h.runners.EXPECT().FindByToken(gomock.Any(), digestOf("runner-token")).Return(domain.RestoreRunner(runner.State()), nil)
	h.localTokensLive(0)
	h.generator.EXPECT().UserRunnerToken().Return(domain.Secret("glrt-new"))
	h.updates(runner)
	h.announcesRunner()
	issued, err := application.NewRunners(h.Ports).RotateToken(t.Context(), aCall)
	require.NoError(t, err)
	assert.Equal(t, application.IssuedToken{Token: "glrt-new", ExpiresAt: noon.Add(time.Hour)}, issued)
	state := runner.State()
	assert.Equal(t, digestOf("glrt-new"), state.Token)
	assert.Equal(t, noon.Add(time.Hour), state.TokenExpiresAt)
	assert.Equal(t, noon, state.ContactedAt)
	assert.Equal(t, new(aCall.IPAddress), state.IPAddress)
}

func TestRotateTokenRefusals(t *testing.T) {
	t.Parallel()
	findsAndGenerates := func(h *harness) {
		h.findsRunnerOfToken()
		h.localTokensLive(0)
		h.generator.EXPECT().RunnerToken().Return(domain.Secret("new"))
	}
	for name, test := range map[string]struct {
		token  domain.Secret
		before func(h *harness)
		want   error
	}{
		"an empty token": {"", func(*harness) {}, errForbidden},
		"an unknown token": {"runner-token", func(h *harness) {
			h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(nil, errGone)
		}, errForbidden},
		"an expired token": {"runner-token", func(h *harness) {
			h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(aRunner(tokenExpires(noon)), nil)
		}, errForbidden},
		"a token that somebody else has just replaced": {"runner-token", func(h *harness) {
			findsAndGenerates(h)
			h.updates(aRunner(func(s *domain.RunnerState) { s.Token = "another" }))
		}, errForbidden},
		"a runner that is deleted meanwhile": {"runner-token", func(h *harness) {
			findsAndGenerates(h)
			h.runners.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).Return(errGone)
		}, errForbidden},
		"the database is down": {"runner-token", func(h *harness) {
			findsAndGenerates(h)
			h.runners.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).Return(errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			issued, err := application.NewRunners(h.Ports).RotateToken(t.Context(), application.RunnerCall{Token: test.token})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, issued)
		})
	}
}
