package application_test

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
	"runyard/ports/mocks"
)

// counted makes the use cases anew, and counts what they tell.
func (h *agentHarness) counted(t *testing.T, limits application.AgentLimits) *mocks.MockTelemetry {
	t.Helper()
	telemetry := mocks.NewMockTelemetry(gomock.NewController(t))
	h.Telemetry = telemetry
	h.agents = application.NewAgents(h.Ports, limits, &url.URL{Scheme: "https", Host: "ci.example.com"}, "19.4.0")
	return telemetry
}

func TestHeldRequestsAndHandOversAreCounted(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		telemetry := h.counted(t, polling)
		runner := theRunner(7)
		h.knows(runner)
		h.hasNone(runner)
		stop := h.run(t)
		h.storesContacts()
		telemetry.EXPECT().StoredContacts(gomock.Any()).AnyTimes()
		holding := 0
		telemetry.EXPECT().Holds(gomock.Any()).Times(2).Do(func(more int) { holding += more })
		held := h.held(t.Context(), t, "token 7")
		synctest.Wait()
		assert.Equal(t, 1, holding)

		telemetry.EXPECT().HandedOver(domain.InstanceRunner)
		h.hasJob(runner, aPendingJob(21))
		h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(21)}})
		require.NotNil(t, (<-held).offer.Job)
		synctest.Wait()
		assert.Zero(t, holding)
		require.NoError(t, stop())
	})
}

func TestJobsThatAreGivenUpAreCountedByReason(t *testing.T) {
	t.Parallel()
	limits := application.AgentLimits{Sweep: domain.SweepLimits{Silent: 5 * time.Minute}}
	inBubble(t, limits, func(t *testing.T, h *agentHarness) {
		telemetry := h.counted(t, limits)
		silence := func(s *domain.JobState) {
			s.StartedAt, s.TouchedAt = noon.Add(-time.Hour), noon.Add(-6*time.Minute)
		}
		silent, revived, failing := atAgent(silence), atAgent(silence), atAgent(silence)
		const tick = 30 * time.Second
		h.unfinished(tick, working, 5*time.Minute, 0, silent, revived, failing)
		lively := atAgent(func(s *domain.JobState) { s.StartedAt, s.TouchedAt = noon, noon })
		gomock.InOrder(
			h.jobs.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(changingJob(silent)),
			h.jobs.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(changingJob(lively)),
			h.jobs.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, errNoJob),
		)
		telemetry.EXPECT().GaveUp(domain.NoUpdatesRunning).Times(1)
		stop := h.run(t)
		time.Sleep(tick + time.Second)
		require.NoError(t, stop())
	})
}

func TestContactsThatAreStoredTogetherAreCounted(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		telemetry := h.counted(t, application.AgentLimits{})
		busy, seldom := theRunner(7), theRunner(8)
		h.knows(busy, seldom)
		h.hasNone(busy).AnyTimes()
		h.hasNone(seldom).AnyTimes()
		gomock.InOrder(
			h.runners.EXPECT().RecordContacts(gomock.Any(), gomock.Any()).Return(assert.AnError),
			h.runners.EXPECT().RecordContacts(gomock.Any(), gomock.Any()).Return(nil),
		)
		h.faults.EXPECT().Note(gomock.Any(), "store contacts of runners", assert.AnError)
		telemetry.EXPECT().StoredContacts(2).Times(1)
		stop := h.run(t)
		for _, id := range []domain.RunnerID{7, 8} {
			_, err := h.agents.Request(t.Context(), asking(tokenOf(id), ""))
			require.NoError(t, err)
		}
		time.Sleep(2 * time.Minute)
		require.NoError(t, stop())
	})
}
