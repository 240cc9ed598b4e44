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

var someManagers = []domain.RunnerManager{{ID: 2, SystemID: "s_0123456789ab", CreatedAt: yesterday, ContactedAt: noon}}

func TestListManagersIsForThoseWhoMayReadTheRunner(t *testing.T) {
	t.Parallel()
	for _, level := range everyLevel {
		for name, test := range map[string]struct {
			runner *domain.Runner
			needed domain.AccessLevel
		}{
			"instance": {aRunner(), domain.NoAccess},
			"group":    {aRunner(ofGroup), domain.Maintainer},
			"project":  {aRunner(ofProjects(2)), domain.Maintainer},
		} {
			t.Run(fmt.Sprintf("%s, level %d", name, level), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				h.findsRunner(test.runner)
				if test.needed > domain.NoAccess {
					h.onRunner(level)
				}
				if level < test.needed {
					_, err := application.NewRunners(h.Ports).ListManagers(t.Context(), sam, 7)
					require.ErrorIs(t, err, errNoAccess)
					return
				}
				h.managers.EXPECT().List(gomock.Any(), domain.RunnerID(7)).Return(someManagers, nil)
				list, err := application.NewRunners(h.Ports).ListManagers(t.Context(), sam, 7)
				require.NoError(t, err)
				assert.Equal(t, application.RunnerManagers{Managers: someManagers, At: noon}, list)
			})
		}
	}
}

func TestListManagersStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before func(h *harness)
		want   error
	}{
		"a runner that is not there is not found": {func(h *harness) {
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(nil, errGone)
		}, errGone},
		"managers cannot be read": {func(h *harness) {
			h.findsRunner(aRunner())
			h.managers.EXPECT().List(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			list, err := application.NewRunners(h.Ports).ListManagers(t.Context(), admin, 7)
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, list)
		})
	}
}

func TestRemoveManager(t *testing.T) {
	t.Parallel()
	removes := func(h *harness, err error) {
		h.findsRunnerOfToken()
		h.managers.EXPECT().Delete(gomock.Any(), domain.RunnerID(7), domain.SystemID("s_0123456789ab")).Return(err)
	}
	for name, test := range map[string]struct {
		token  domain.Secret
		before func(h *harness)
		want   error
	}{
		"of the runner of the token, which is no contact": {"runner-token", func(h *harness) { removes(h, nil) }, nil},
		"that is not there, in the words of the wire": {"runner-token", func(h *harness) {
			removes(h, domain.NotFound("Runner manager"))
		}, domain.NotFound("Runner manager not found")},
		"with an empty token": {"", func(*harness) {}, errForbidden},
		"with an unknown token": {"runner-token", func(h *harness) {
			h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(nil, errGone)
		}, errForbidden},
		"with an expired token": {"runner-token", func(h *harness) {
			h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(aRunner(tokenExpires(noon)), nil)
		}, errForbidden},
		"while the database is down": {"runner-token", func(h *harness) { removes(h, errDown) }, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			check(t, test.want, h.newAgents().RemoveManager(t.Context(), test.token, "s_0123456789ab"))
		})
	}
}

func TestAMachineThatLeftDoesNotComeBackByContactsOfBefore(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		h.knows(theRunner(7))
		h.runners.EXPECT().RecordContact(gomock.Any(), domain.RunnerID(7), gomock.Any()).Return(nil).Times(2)
		stop := h.run(t)
		verify := func() {
			_, err := h.agents.Verify(t.Context(), asking("token 7", "").RunnerCall)
			require.NoError(t, err)
		}
		verify()
		verify() // waits to be stored
		h.managers.EXPECT().Delete(gomock.Any(), domain.RunnerID(7), domain.SystemID("s_1")).Return(nil)
		require.NoError(t, h.agents.RemoveManager(t.Context(), "token 7", "s_1"))
		time.Sleep(2 * time.Minute) // nothing is stored
		verify()                    // it may come back by itself, and is stored at once
		require.NoError(t, stop())
	})
}
