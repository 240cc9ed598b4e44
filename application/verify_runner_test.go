package application_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// aCall is what the agent of runner 7 sends along.
var aCall = application.RunnerCall{
	Token: "runner-token", IPAddress: "192.0.2.1", Metadata: domain.RunnerMetadata{Version: new("15.0.1")},
}

// contacts expects that the sign of life of aCall is recorded.
func (h *harness) contacts() *gomock.Call {
	return h.runners.EXPECT().RecordContact(gomock.Any(), domain.RunnerID(7), domain.RunnerContact{
		At: noon, IPAddress: aCall.IPAddress, Metadata: aCall.Metadata,
	})
}

func (h *harness) findsRunnerOfToken() {
	h.runners.EXPECT().FindByToken(gomock.Any(), digestOf("runner-token")).Return(aRunner(), nil)
}

// newAgents makes the use cases of agents, which nothing runs.
func (h *harness) newAgents() *application.Agents {
	return application.NewAgents(h.Ports, application.AgentLimits{}, nil, "")
}

func TestVerifyTellsTheRunnerAndCountsAsContact(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.findsRunnerOfToken()
	h.contacts().Return(nil)
	verified, err := h.newAgents().Verify(t.Context(), aCall)
	require.NoError(t, err)
	assert.Equal(t, application.VerifiedRunner{ID: 7}, verified)
}

// callRefusals holds for every call that an agent makes with its own token.
var callRefusals = map[string]struct {
	token  domain.Secret
	before func(h *harness)
	want   error
}{
	"an empty token is refused and looked up nowhere": {"", nil, errForbidden},
	"an unknown token is refused, and nothing is recorded": {"runner-token", func(h *harness) {
		h.runners.EXPECT().FindByToken(gomock.Any(), digestOf("runner-token")).Return(nil, errGone)
	}, errForbidden},
	"an expired token is refused, and nothing is recorded": {"runner-token", func(h *harness) {
		h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(aRunner(tokenExpires(noon)), nil)
	}, errForbidden},
	"runners cannot be read": {"runner-token", func(h *harness) {
		h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(nil, errDown)
	}, errDown},
	"the contact cannot be recorded": {"runner-token", func(h *harness) {
		h.findsRunnerOfToken()
		h.runners.EXPECT().RecordContact(gomock.Any(), gomock.Any(), gomock.Any()).Return(errDown)
	}, errDown},
	"a runner that is deleted meanwhile makes its token unknown": {"runner-token", func(h *harness) {
		h.findsRunnerOfToken()
		h.runners.EXPECT().RecordContact(gomock.Any(), gomock.Any(), gomock.Any()).Return(errGone)
	}, errForbidden},
}

func TestVerifyRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range callRefusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			if test.before != nil {
				test.before(h)
			}
			verified, err := h.newAgents().Verify(t.Context(), application.RunnerCall{Token: test.token})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, verified)
		})
	}
}

func TestVerifyTellsWhenTheTokenExpires(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.runners.EXPECT().FindByToken(gomock.Any(), digestOf("runner-token")).Return(aRunner(tokenExpires(tomorrow)), nil)
	h.contacts().Return(nil)
	verified, err := h.newAgents().Verify(t.Context(), aCall)
	require.NoError(t, err)
	assert.Equal(t, application.VerifiedRunner{ID: 7, TokenExpiresAt: tomorrow}, verified)
}

func TestVerifyFilesTheContactUnderTheMachine(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.findsRunnerOfToken()
	h.runners.EXPECT().RecordContact(gomock.Any(), domain.RunnerID(7), domain.RunnerContact{
		At: noon, IPAddress: "192.0.2.1", SystemID: "s_0123456789ab",
	}).Return(nil)
	_, err := h.newAgents().Verify(t.Context(), application.RunnerCall{
		Token: "runner-token", IPAddress: "192.0.2.1", SystemID: "s_0123456789ab",
	})
	assert.NoError(t, err)
}

func TestVerifyRecordsNothingUnderANameThatIsTooLong(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.findsRunnerOfToken()
	_, err := h.newAgents().Verify(t.Context(), application.RunnerCall{
		Token: "runner-token", SystemID: domain.SystemID(strings.Repeat("s", 65)),
	})
	assert.ErrorIs(t, err, domain.Invalid("system_id", "is too long (maximum is 64 characters)"))
}

func TestAMachineThatVerifiesAgainIsStoredLikeOneThatAsksForWork(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		h.knows(theRunner(7))
		contact := contactAfter(0)
		h.runners.EXPECT().RecordContact(gomock.Any(), domain.RunnerID(7), contact).Return(nil).Times(1)
		stop := h.run(t)
		call := asking("token 7", "").RunnerCall
		for range 3 {
			_, err := h.agents.Verify(t.Context(), call)
			require.NoError(t, err)
			time.Sleep(time.Second)
		}
		h.runners.EXPECT().RecordContacts(gomock.Any(), contacts{{Runner: 7, SystemID: "s_1"}: contactAfter(2 * time.Second)}).Return(nil)
		require.NoError(t, stop())
	})
}

func TestEveryMachineOfARunnerIsStoredAtOnceWhenItVerifiesFirst(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(theRunner(7), nil) // once
	agents := h.newAgents()
	for _, machine := range []domain.SystemID{"s_1", "s_2"} {
		h.runners.EXPECT().RecordContact(gomock.Any(), domain.RunnerID(7), domain.RunnerContact{At: noon, SystemID: machine}).Return(nil)
		_, err := agents.Verify(t.Context(), application.RunnerCall{Token: "token 7", SystemID: machine})
		require.NoError(t, err)
	}
}

func TestAKnownTokenIsGoodUntilWordComesOfAChange(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		h.storesContacts()
		h.runners.EXPECT().RecordContact(gomock.Any(), domain.RunnerID(7), gomock.Any()).Return(nil)
		stop := h.run(t)
		verify := func() error {
			_, err := h.agents.Verify(t.Context(), asking("token 7", "").RunnerCall)
			return err
		}
		h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(theRunner(7), nil)
		require.NoError(t, verify())
		require.NoError(t, verify())
		h.handle(ports.QueueEvent{Runners: []domain.RunnerID{7}})
		h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(nil, errGone)
		require.ErrorIs(t, verify(), errForbidden)
		require.NoError(t, stop())
	})
}

func TestAKnownTokenIsRefusedOnceItExpires(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		h.knows(theRunner(7, tokenExpires(noon.Add(10*time.Second))))
		h.runners.EXPECT().RecordContact(gomock.Any(), domain.RunnerID(7), gomock.Any()).Return(nil)
		verify := func() error {
			_, err := h.agents.Verify(t.Context(), asking("token 7", "").RunnerCall)
			return err
		}
		require.NoError(t, verify())
		time.Sleep(10 * time.Second)
		require.ErrorIs(t, verify(), errForbidden)
	})
}

func TestWhatIsNewInAVerificationIsStoredAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		h.knows(theRunner(7))
		call := asking("token 7", "").RunnerCall
		verify := func() {
			_, err := h.agents.Verify(t.Context(), call)
			require.NoError(t, err)
		}
		for _, change := range []func(){
			func() {}, // the first one
			func() { call.IPAddress = "192.0.2.77" },
			func() { call.Metadata.Version = new("19.4.0") },
			func() { time.Sleep(time.Minute) }, // that it is still there
		} {
			change()
			want := contactAfter(h.Clock.Now().Sub(noon))
			want.IPAddress, want.Metadata = call.IPAddress, call.Metadata
			h.runners.EXPECT().RecordContact(gomock.Any(), domain.RunnerID(7), want).Return(nil)
			verify()
			verify() // which is nothing new
		}
	})
}
