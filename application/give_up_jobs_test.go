package application_test

import (
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

var (
	working = []domain.JobStatus{domain.JobRunning, domain.JobCanceling}
	waiting = []domain.JobStatus{domain.JobPending}
)

// unfinished says what is unfinished at a sweep, so long after noon.
func (h *agentHarness) unfinished(after time.Duration, statuses []domain.JobStatus, age time.Duration,
	beyond domain.JobID, jobs ...*domain.Job,
) *gomock.Call {
	return h.jobs.EXPECT().Unfinished(gomock.Any(), statuses, noon.Add(after-age), beyond, 500).Return(jobs, nil)
}

func TestJobsThatAreOverdueAreGivenUp(t *testing.T) {
	t.Parallel()
	limits := application.AgentLimits{Sweep: domain.SweepLimits{
		Pending: 24 * time.Hour, Unmatched: time.Hour, Unacknowledged: 2 * time.Minute,
		Silent: 5 * time.Minute, Overtime: 15 * time.Minute,
	}}
	inBubble(t, limits, func(t *testing.T, h *agentHarness) {
		ago := func(d time.Duration) time.Time { return noon.Add(-d) }
		lively := func(s *domain.JobState) { s.StartedAt, s.TouchedAt = ago(time.Minute), ago(0) }
		silent := atAgent(func(s *domain.JobState) { s.ID, s.StartedAt, s.TouchedAt = 1, ago(time.Hour), ago(6*time.Minute) })
		endless := atAgent(func(s *domain.JobState) { s.ID, s.StartedAt, s.TouchedAt = 2, yesterday, ago(0) })
		fine := atAgent(lively, func(s *domain.JobState) { s.ID = 3 })
		stuck := atAgent(inStatus(domain.JobPending), func(s *domain.JobState) { s.ID, s.QueuedAt = 4, ago(25*time.Hour) })
		lonely := atAgent(inStatus(domain.JobPending), func(s *domain.JobState) { s.ID, s.QueuedAt = 5, ago(2*time.Hour) })
		patient := atAgent(inStatus(domain.JobPending), func(s *domain.JobState) { s.ID, s.QueuedAt = 6, ago(2*time.Hour) })
		revived := atAgent(func(s *domain.JobState) { s.ID, s.StartedAt, s.TouchedAt = 7, ago(time.Hour), ago(6*time.Minute) })
		deleted := atAgent(func(s *domain.JobState) { s.ID = 8 })

		const tick = 30 * time.Second
		h.unfinished(tick, working, 2*time.Minute, 0, silent, revived, deleted)
		h.unfinished(tick, working, 0, 0, endless, fine)
		h.unfinished(tick, waiting, time.Hour, 0, stuck, lonely, patient)
		seen := noon.Add(tick - 2*time.Hour)
		h.jobs.EXPECT().Matched(gomock.Any(), domain.JobID(5), seen).Return(false, nil)
		h.jobs.EXPECT().Matched(gomock.Any(), domain.JobID(6), seen).Return(true, nil)
		for _, job := range []*domain.Job{silent, endless, stuck, lonely} {
			h.jobs.EXPECT().Update(gomock.Any(), job.ID(), noon.Add(tick), gomock.Any()).DoAndReturn(changingJob(job, job.ID()+100))
			h.announcesJobs([]domain.JobID{job.ID() + 100}, queued(job.ID()+100))
		}
		aliveAgain := atAgent(lively)
		h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(7), gomock.Any(), gomock.Any()).DoAndReturn(changingJob(aliveAgain))
		h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(8), gomock.Any(), gomock.Any()).Return(nil, errNoJob)

		stop := h.run(t)
		time.Sleep(tick + time.Second)
		require.NoError(t, stop())
		assert.Equal(t, "no_updates_running", silent.State().FailureReason)
		assert.Equal(t, "server_timeout_running", endless.State().FailureReason)
		assert.Equal(t, "stuck_pending_with_matching_runners", stuck.State().FailureReason)
		assert.Equal(t, "stuck_pending_no_matching_runners", lonely.State().FailureReason)
		assert.Equal(t, domain.JobRunning, aliveAgain.State().Status)
	})
}

func TestNothingIsGivenUpWithoutALimit(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		time.Sleep(time.Hour) // a look at jobs would fail the test
		require.NoError(t, stop())
	})
}

func TestManyJobsAreLookedAtBatchByBatch(t *testing.T) {
	t.Parallel()
	limits := application.AgentLimits{Sweep: domain.SweepLimits{Overtime: 15 * time.Minute}}
	inBubble(t, limits, func(t *testing.T, h *agentHarness) {
		batch := make([]*domain.Job, 500)
		for i := range batch {
			batch[i] = atAgent(func(s *domain.JobState) { s.ID, s.StartedAt = domain.JobID(i+1), noon })
		}
		const tick = 30 * time.Second
		h.unfinished(tick, working, 0, 0, batch...)
		h.unfinished(2*tick, working, 0, 500, batch[:1]...)
		h.unfinished(3*tick, working, 0, 0)
		stop := h.run(t)
		time.Sleep(3*tick + time.Second)
		require.NoError(t, stop())
	})
}

func TestShortLimitsAreLookedAfterMoreOften(t *testing.T) {
	t.Parallel()
	for limit, interval := range map[time.Duration]time.Duration{
		time.Second: time.Second, 20 * time.Second: 5 * time.Second, time.Hour: 30 * time.Second,
	} {
		limits := application.AgentLimits{Sweep: domain.SweepLimits{Silent: limit}}
		inBubble(t, limits, func(t *testing.T, h *agentHarness) {
			h.unfinished(interval, working, limit, 0)
			stop := h.run(t)
			time.Sleep(interval + interval/2)
			require.NoError(t, stop())
		})
	}
}

func TestWhatASweepCannotDoIsTriedAgain(t *testing.T) {
	t.Parallel()
	limits := application.AgentLimits{Sweep: domain.SweepLimits{Silent: 5 * time.Minute, Unmatched: time.Hour}}
	const tick = 30 * time.Second
	silent := atAgent()
	lonely := atAgent(inStatus(domain.JobPending))
	for name, before := range map[string]func(h *agentHarness){
		"jobs cannot be read": func(h *agentHarness) {
			h.jobs.EXPECT().Unfinished(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, errDown)
		},
		"a job cannot be ended": func(h *agentHarness) {
			h.unfinished(tick, working, 5*time.Minute, 0, silent)
			h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), gomock.Any(), gomock.Any()).Return(nil, errDown)
		},
		"runners cannot be read": func(h *agentHarness) {
			h.unfinished(tick, working, 5*time.Minute, 0)
			h.unfinished(tick, waiting, time.Hour, 0, lonely)
			h.jobs.EXPECT().Matched(gomock.Any(), domain.JobID(9), gomock.Any()).Return(false, errDown)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, limits, func(t *testing.T, h *agentHarness) {
				before(h)
				h.faults.EXPECT().Note(gomock.Any(), "give up jobs", errDown)
				h.unfinished(2*tick, working, 5*time.Minute, 0)
				h.unfinished(2*tick, waiting, time.Hour, 0)
				stop := h.run(t)
				time.Sleep(2*tick + time.Second)
				require.NoError(t, stop())
			})
		})
	}
}
