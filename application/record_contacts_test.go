package application_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

func never(s *domain.RunnerState) { s.ContactedAt = time.Time{} }

// contact is what a request of asking tells, so long after noon.
func contactAfter(after time.Duration) domain.RunnerContact {
	return domain.RunnerContact{At: noon.Add(after), IPAddress: "192.0.2.9", SystemID: "s_1"}
}

type contacts = map[domain.RunnerMachine]domain.RunnerContact

// oldMachine is a machine of the runner that does not name itself.
func oldMachine(runner domain.RunnerID) domain.RunnerMachine {
	return domain.RunnerMachine{Runner: runner, SystemID: domain.LegacySystemID}
}

func TestTheFirstContactOfARunnerIsStoredAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7, never)
		h.knows(runner)
		h.hasNone(runner).AnyTimes()
		h.runners.EXPECT().RecordContact(gomock.Any(), domain.RunnerID(7), contactAfter(0)).Return(nil).Times(1)
		for range 3 {
			_, err := h.agents.Request(t.Context(), asking("token 7", ""))
			require.NoError(t, err)
		}
	})
}

func TestAContactOfAMachineThatCannotBeOneIsRefused(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		h.knows(theRunner(7))
		cmd := asking("token 7", "")
		cmd.SystemID = domain.SystemID(strings.Repeat("s", 65))
		_, err := h.agents.Request(t.Context(), cmd)
		require.ErrorIs(t, err, domain.Invalid("system_id", "is too long (maximum is 64 characters)"))
	})
}

func TestAFirstContactThatCannotBeStoredIsTriedAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7, never)
		h.knows(runner)
		h.hasNone(runner)
		for _, test := range []struct{ failure, want error }{{errDown, errDown}, {errGone, errForbidden}, {nil, nil}} {
			h.runners.EXPECT().RecordContact(gomock.Any(), domain.RunnerID(7), gomock.Any()).Return(test.failure)
			_, err := h.agents.Request(t.Context(), asking("token 7", ""))
			require.ErrorIs(t, err, test.want)
		}
	})
}

func TestContactsAreStoredTogetherAndOncePerMinute(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		busy, seldom := theRunner(7), theRunner(8)
		h.knows(busy, seldom)
		h.hasNone(busy).AnyTimes()
		h.hasNone(seldom).AnyTimes()
		var stored []contacts
		h.runners.EXPECT().RecordContacts(gomock.Any(), gomock.Any()).AnyTimes().DoAndReturn(
			func(_ context.Context, c contacts) error {
				stored = append(stored, c)
				return nil
			})
		stop := h.run(t)
		ask := func(id domain.RunnerID) {
			_, err := h.agents.Request(t.Context(), asking(tokenOf(id), ""))
			require.NoError(t, err)
		}
		const half = 500 * time.Millisecond
		time.Sleep(half)
		for second := range 124 {
			ask(7)
			if second == 2 {
				ask(8)
			}
			time.Sleep(time.Second)
		}
		require.NoError(t, stop())
		assert.Equal(t, []contacts{
			{{Runner: 7, SystemID: "s_1"}: contactAfter(59*time.Second + half), {Runner: 8, SystemID: "s_1"}: contactAfter(2*time.Second + half)},
			{{Runner: 7, SystemID: "s_1"}: contactAfter(119*time.Second + half)},
			{{Runner: 7, SystemID: "s_1"}: contactAfter(123*time.Second + half)},
		}, stored, "both were contacted at noon, so that a minute later is early enough; the rest at the end")
	})
}

// Some agents do not say what they are before they ask for work.
func TestWhatAnAgentSaysOfItselfAnewIsStoredWithTheNextFlush(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7)
		h.knows(runner)
		h.hasNone(runner).AnyTimes()
		versions := map[time.Duration]string{} // by when they were stored
		h.runners.EXPECT().RecordContacts(gomock.Any(), gomock.Any()).AnyTimes().DoAndReturn(
			func(_ context.Context, c contacts) error {
				at := h.Clock.Now().Sub(noon)
				versions[at] = *c[domain.RunnerMachine{Runner: 7, SystemID: "s_1"}].Metadata.Version
				return nil
			})
		stop := h.run(t)
		for second := range 90 {
			cmd := asking("token 7", "")
			cmd.Metadata.Version = new("17.5.0")
			if second >= 21 {
				cmd.Metadata.Version = new("19.4.0")
			}
			if second%2 == 0 {
				cmd.Metadata = domain.RunnerMetadata{} // that is nothing new
			}
			_, err := h.agents.Request(t.Context(), cmd)
			require.NoError(t, err)
			time.Sleep(time.Second)
		}
		require.NoError(t, stop())
		assert.Equal(t, map[time.Duration]string{
			5 * time.Second: "17.5.0", 25 * time.Second: "19.4.0", 85 * time.Second: "19.4.0", 90 * time.Second: "19.4.0",
		}, versions, "the last one at the end")
	})
}

func TestReportsOnJobsAreContactsThatTellLess(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		job := atAgent()
		h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), gomock.Any(), gomock.Any()).DoAndReturn(changingJob(job)).Times(2)
		call := aReport
		call.IPAddress, call.Metadata.Version = "192.0.2.1", new("19.4.0")
		_, err := h.agents.Update(t.Context(), application.UpdateJob{AgentCall: call, State: "running"})
		require.NoError(t, err)
		time.Sleep(time.Second)
		call.IPAddress, call.Metadata.Version = "192.0.2.2", nil
		_, err = h.agents.Update(t.Context(), application.UpdateJob{AgentCall: call, State: "running"})
		require.NoError(t, err)

		h.runners.EXPECT().RecordContacts(gomock.Any(), contacts{oldMachine(7): {
			At: noon.Add(time.Second), IPAddress: "192.0.2.2", Metadata: domain.RunnerMetadata{Version: new("19.4.0")},
		}}).Return(nil)
		require.NoError(t, stop())
	})
}

func TestContactsThatCannotBeStoredAreTriedAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		job := atAgent()
		h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), gomock.Any(), gomock.Any()).DoAndReturn(changingJob(job)).AnyTimes()
		report := func() {
			_, err := h.agents.Update(t.Context(), application.UpdateJob{AgentCall: aReport, State: "running"})
			require.NoError(t, err)
		}
		atNoonPlus := func(after time.Duration) contacts { return contacts{oldMachine(7): {At: noon.Add(after)}} }
		first := h.runners.EXPECT().RecordContacts(gomock.Any(), atNoonPlus(0)).DoAndReturn(func(context.Context, contacts) error {
			report() // while the first one is being stored
			return errDown
		})
		h.faults.EXPECT().Note(gomock.Any(), "store contacts of runners", errDown)
		second := h.runners.EXPECT().RecordContacts(gomock.Any(), atNoonPlus(5*time.Second)).Return(nil).After(first)
		h.runners.EXPECT().RecordContacts(gomock.Any(), atNoonPlus(11*time.Second)).Return(errDown).After(second)
		stop := h.run(t)
		report()
		time.Sleep(11 * time.Second)
		report()
		require.ErrorIs(t, stop(), errDown, "at the end there is no other try")
	})
}
