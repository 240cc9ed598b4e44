package application_test

import (
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

var polling = application.AgentLimits{LongPoll: longPoll}

func TestRequestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token  domain.Secret
		before func(h *agentHarness)
		want   error
	}{
		"no token is a wrong one": {"", func(*agentHarness) {}, errForbidden},
		"an unknown token is a wrong one": {"token 7", func(h *agentHarness) {
			h.runners.EXPECT().FindByToken(gomock.Any(), digestOf("token 7")).Return(nil, errGone)
		}, errForbidden},
		"a failure is no wrong token": {"token 7", func(h *agentHarness) {
			h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
		"projects cannot be read": {"token 7", func(h *agentHarness) {
			h.knows(theRunner(7, ofProjects(1)))
			h.runners.EXPECT().AssignedTo(gomock.Any(), domain.RunnerID(7), 1001).Return(nil, errDown)
		}, errDown},
		"jobs cannot be read": {"token 7", func(h *agentHarness) {
			h.knows(theRunner(7))
			h.jobs.EXPECT().Claim(gomock.Any(), gomock.Any(), gomock.Any()).Return(ports.JobDetails{}, false, errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, polling, func(t *testing.T, h *agentHarness) {
				test.before(h)
				offer, err := h.agents.Request(t.Context(), asking(test.token, ""))
				require.ErrorIs(t, err, test.want)
				assert.Zero(t, offer)
			})
		})
	}
}

func TestRequestTellsAtOnceThatThereIsNothingYet(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7)
		h.knows(runner)
		h.hasNone(runner).Times(2)
		for _, known := range []string{"", "of another server"} {
			a := <-h.request(t.Context(), asking("token 7", known))
			assert.Equal(t, answer{offer: application.JobOffer{LastUpdate: "nonce1"}}, a)
		}
	})
}

// The mocks fail the test at any call of storage that is not announced.
func TestAnIdlePollCostsNoStatement(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{LongPoll: 8 * time.Second}, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7)
		h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(runner, nil).Times(1)
		h.hasNone(runner).Times(1)
		first, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)
		for range 5 {
			a := <-h.request(t.Context(), asking("token 7", first.LastUpdate))
			assert.Equal(t, answer{offer: first, took: 8 * time.Second}, a)
		}
	})
}

func TestWithoutLongPollingTheAnswerComesAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7)
		h.knows(runner)
		h.hasNone(runner).Times(1)
		first, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)
		a := <-h.request(t.Context(), asking("token 7", first.LastUpdate))
		assert.Equal(t, answer{offer: first}, a)
	})
}

func TestAHeldRequestIsAnsweredWithTheJobAsSoonAsThereIsOne(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		runner := theRunner(7)
		h.knows(runner)
		h.hasNone(runner)
		answers := h.held(t.Context(), t, "token 7")
		time.Sleep(20 * time.Second)
		stillHeld(t, answers)

		h.hasJob(runner, aPendingJob(9))
		h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(9)}})
		a := <-answers
		require.NoError(t, a.err)
		assert.Equal(t, 20*time.Second, a.took)
		assert.Equal(t, domain.JobID(9), a.offer.Job.Job.ID())
		assert.Empty(t, a.offer.LastUpdate, "a job comes without a version")
		require.NoError(t, stop())
	})
}

func TestJobsThatARunnerCannotHaveDoNotWakeIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		runner   func() *domain.Runner
		projects []domain.ProjectID
		job      domain.QueuedJob
		wakes    bool
	}{
		"a tag is missing":                     {func() *domain.Runner { return theRunner(7) }, nil, queued(9, "windows"), false},
		"the runner is paused":                 {func() *domain.Runner { return theRunner(7, paused) }, nil, queued(9), false},
		"another project":                      {func() *domain.Runner { return theRunner(7, ofProjects(1)) }, []domain.ProjectID{3}, queued(9), false},
		"its project":                          {func() *domain.Runner { return theRunner(7, ofProjects(1)) }, []domain.ProjectID{3, 4}, queued(9), true},
		"a project among many that nobody has": {func() *domain.Runner { return theRunner(7, ofProjects(2)) }, make([]domain.ProjectID, 1001), queued(9), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, polling, func(t *testing.T, h *agentHarness) {
				stop := h.run(t)
				h.storesContacts()
				runner := test.runner()
				h.knows(runner)
				h.runners.EXPECT().AssignedTo(gomock.Any(), domain.RunnerID(7), 1001).Return(test.projects, nil).MaxTimes(1)
				h.hasNone(runner).MaxTimes(1)
				answers := h.held(t.Context(), t, "token 7")
				if test.wakes {
					h.hasNone(runner)
				}
				h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{test.job}})
				stillHeld(t, answers)
				require.NoError(t, stop())
				assert.Nil(t, (<-answers).offer.Job)
			})
		})
	}
}

func paused(s *domain.RunnerState) { s.Active = false }

func TestAPausedRunnerGetsNothingUntilItIsResumed(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(theRunner(7, paused), nil)
		answers := h.held(t.Context(), t, "token 7")

		resumed := theRunner(7)
		h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(resumed, nil)
		h.hasJob(resumed, aPendingJob(9))
		h.handle(ports.QueueEvent{Runners: []domain.RunnerID{5, 7}})
		assert.Equal(t, domain.JobID(9), (<-answers).offer.Job.Job.ID())
		require.NoError(t, stop())
	})
}

func TestADeletedRunnerIsRefusedThoughItIsHeld(t *testing.T) {
	t.Parallel()
	for name, event := range map[string]ports.QueueEvent{
		"it is named":                 {Runners: []domain.RunnerID{7}},
		"everything may have changed": {Everything: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, polling, func(t *testing.T, h *agentHarness) {
				stop := h.run(t)
				runner := theRunner(7)
				h.storesContacts()
				h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(runner, nil)
				h.hasNone(runner)
				first := h.held(t.Context(), t, "token 7")
				second := h.request(t.Context(), asking("token 7", "nonce1"))
				stillHeld(t, second)
				h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(nil, errGone).Times(2)
				h.handle(event)
				require.ErrorIs(t, (<-first).err, errForbidden)
				require.ErrorIs(t, (<-second).err, errForbidden)
				require.NoError(t, stop())
			})
		})
	}
}
