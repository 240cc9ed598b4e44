package application_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

func TestOneJobWakesOneRequestTheLongestWaiting(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		rare := func(s *domain.RunnerState) { s.Tags = domain.Tags{"rare"} }
		first, second := theRunner(7, rare), theRunner(8)
		third := theRunner(9, rare, func(s *domain.RunnerState) { s.RunUntagged = false })
		h.knows(first, second, third)
		var held []<-chan answer
		for _, r := range []*domain.Runner{third, second, first} {
			h.hasNone(r)
			held = append(held, h.held(t.Context(), t, tokenOf(r.ID())))
		}
		h.hasJob(second, aPendingJob(21))
		h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(21)}})
		assert.Equal(t, domain.JobID(21), (<-held[1]).offer.Job.Job.ID())
		stillHeld(t, held[0])
		stillHeld(t, held[2])

		h.hasJob(third, aPendingJob(22))
		h.hasJob(first, aPendingJob(23))
		h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(22, "rare"), queued(23, "rare")}})
		assert.Equal(t, domain.JobID(22), (<-held[0]).offer.Job.Job.ID())
		a := <-held[2]
		assert.Equal(t, domain.JobID(23), a.offer.Job.Job.ID())
		assert.Zero(t, a.took)
		require.NoError(t, stop())
	})
}

func TestAJobIsPassedOnWhenItsRequestCannotUseIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first func(h *agentHarness, r *domain.Runner, leave func())
		want  error
	}{
		"the connection is gone": {func(_ *agentHarness, _ *domain.Runner, leave func()) { leave() }, context.Canceled},
		"the connection goes while a job is looked for": {func(h *agentHarness, r *domain.Runner, leave func()) {
			h.jobs.EXPECT().Claim(gomock.Any(), r, gomock.Any()).DoAndReturn(
				func(ctx context.Context, r *domain.Runner, take func(*domain.Job) error) (ports.JobDetails, bool, error) {
					leave()
					return claims(aPendingJob(21))(ctx, r, take)
				})
		}, context.Canceled},
		"storage fails": {func(h *agentHarness, r *domain.Runner, _ func()) {
			h.jobs.EXPECT().Claim(gomock.Any(), r, gomock.Any()).Return(ports.JobDetails{}, false, errDown)
		}, errDown},
		"it gets another job": {func(h *agentHarness, r *domain.Runner, _ func()) { h.hasJob(r, aPendingJob(20)) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, polling, func(t *testing.T, h *agentHarness) {
				stop := h.run(t)
				h.storesContacts()
				first, second := theRunner(7), theRunner(8)
				h.knows(first, second)
				h.hasNone(first)
				h.hasNone(second)
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				fails := h.held(ctx, t, "token 7")
				gets := h.held(t.Context(), t, "token 8")

				test.first(h, first, leave)
				h.hasJob(second, aPendingJob(21))
				h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(21)}})
				assert.Equal(t, domain.JobID(21), (<-gets).offer.Job.Job.ID())
				assert.ErrorIs(t, (<-fails).err, test.want)
				require.NoError(t, stop())
			})
		})
	}
}

func TestAJobThatIsGoneIsNotPassedOn(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		first, second := theRunner(7), theRunner(8)
		h.knows(first, second)
		h.hasNone(first).Times(2)
		h.hasNone(second).Times(1)
		one, other := h.held(t.Context(), t, "token 7"), h.held(t.Context(), t, "token 8")
		time.Sleep(time.Second)
		h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(21)}})
		stillHeld(t, one)
		stillHeld(t, other)

		h.hasJob(second, aPendingJob(22))
		h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(22)}})
		assert.Equal(t, domain.JobID(22), (<-other).offer.Job.Job.ID(), "who looked in vain is last now")
		a := <-one
		assert.Equal(t, longPoll, a.took, "it was held no longer for looking in vain")
		assert.NotEqual(t, "nonce1", a.offer.LastUpdate)
		require.NoError(t, stop())
	})
}

func TestAnEventDuringTheSearchIsNotLost(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		runner := theRunner(7)
		h.knows(runner)
		h.jobs.EXPECT().Claim(gomock.Any(), runner, gomock.Any()).DoAndReturn(
			func(context.Context, *domain.Runner, func(*domain.Job) error) (ports.JobDetails, bool, error) {
				h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(9)}})
				return ports.JobDetails{}, false, nil
			})
		first, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)
		h.hasJob(runner, aPendingJob(9))
		second, err := h.agents.Request(t.Context(), asking("token 7", first.LastUpdate))
		require.NoError(t, err)
		assert.Equal(t, domain.JobID(9), second.Job.Job.ID())
		require.NoError(t, stop())
	})
}

func TestAChangeWhileTheRunnerIsReadIsNotLost(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		before, after := theRunner(7, paused), theRunner(7)
		h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).DoAndReturn(
			func(context.Context, domain.Digest) (*domain.Runner, error) {
				h.handle(ports.QueueEvent{Runners: []domain.RunnerID{7}})
				return before, nil
			})
		first, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)
		h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(after, nil)
		h.hasJob(after, aPendingJob(9))
		second, err := h.agents.Request(t.Context(), asking("token 7", first.LastUpdate))
		require.NoError(t, err)
		assert.Equal(t, domain.JobID(9), second.Job.Job.ID())
		require.NoError(t, stop())
	})
}

func TestALostEventDelaysAJobByAMinute(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{LongPoll: 10 * time.Minute}, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		runner := theRunner(7)
		h.knows(runner)
		h.hasNone(runner)
		h.hasJob(runner, aPendingJob(9))
		a := <-h.held(t.Context(), t, "token 7")
		assert.Equal(t, domain.JobID(9), a.offer.Job.Job.ID())
		assert.LessOrEqual(t, a.took, time.Minute)
		assert.Greater(t, a.took, 40*time.Second)
		require.NoError(t, stop())
	})
}

func TestWithoutRunTheVersionIsRenewedToo(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{LongPoll: time.Minute}, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7)
		h.runners.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(runner, nil).Times(2)
		h.hasNone(runner).Times(2)
		a := <-h.held(t.Context(), t, "token 7")
		next, err := h.agents.Request(t.Context(), asking("token 7", a.offer.LastUpdate))
		require.NoError(t, err)
		assert.NotEqual(t, a.offer.LastUpdate, next.LastUpdate)
	})
}

func TestHeldRequestsAreLetGoWhenTheServerStops(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		runner := theRunner(7)
		h.knows(runner)
		h.hasNone(runner)
		answers := h.held(t.Context(), t, "token 7")
		time.Sleep(time.Second)
		require.NoError(t, stop())
		a := <-answers
		assert.Equal(t, answer{offer: application.JobOffer{LastUpdate: "nonce1"}, took: time.Second}, a)

		late, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)
		assert.Zero(t, late, "nothing is begun that would be cut off")
	})
}

func TestARequestThatGoesAwayIsForgotten(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		runner := theRunner(7)
		h.knows(runner)
		h.hasNone(runner)
		ctx, leave := context.WithCancel(t.Context())
		answers := h.held(ctx, t, "token 7")
		leave()
		require.ErrorIs(t, (<-answers).err, context.Canceled)
		h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(9)}})
		synctest.Wait() // a Claim would fail the test
		require.NoError(t, stop())
	})
}

// An event in the very moment in which the time is up must not make a request
// wait on, though it is the next one's turn then.
func TestNoRequestIsHeldBeyondItsTimeWhateverHappensAtTheEnd(t *testing.T) {
	t.Parallel()
	const requests = 500
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		h.jobs.EXPECT().Claim(gomock.Any(), gomock.Any(), gomock.Any()).Return(ports.JobDetails{}, false, nil).AnyTimes()
		var known []application.JobOffer
		for id := range domain.RunnerID(requests) {
			h.knows(theRunner(id + 1))
			offer, err := h.agents.Request(t.Context(), asking(tokenOf(id+1), ""))
			require.NoError(t, err)
			known = append(known, offer)
		}
		time.Sleep(time.Second)
		time.AfterFunc(longPoll, func() {
			for id := range domain.RunnerID(requests) {
				h.handle(ports.QueueEvent{Runners: []domain.RunnerID{id + 1}})
			}
		})
		var held []<-chan answer
		for i, offer := range known {
			held = append(held, h.request(t.Context(), asking(tokenOf(domain.RunnerID(i+1)), offer.LastUpdate)))
		}
		late := time.After(longPoll + time.Second)
		for _, answers := range held {
			select {
			case a := <-answers:
				require.LessOrEqual(t, a.took, longPoll)
			case <-late:
				require.NoError(t, stop())
				require.Fail(t, "a request is still held")
			}
		}
		require.NoError(t, stop())
	})
}
