package application_test

import (
	"context"
	"errors"
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

func TestWhoCannotListenTriesAgainAndTrustsNothingMeanwhile(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7)
		h.knows(runner)
		h.hasNone(runner)
		h.storesContacts()
		broken := make(chan struct{})
		h.signals.EXPECT().Listen(gomock.Any(), gomock.Any()).DoAndReturn(
			func(context.Context, func(ports.QueueEvent)) error {
				<-broken
				return errDown
			})
		h.faults.EXPECT().Note(gomock.Any(), "listen to the queue", errDown)
		stop := h.run(t)
		answers := h.held(t.Context(), t, "token 7")

		h.hasJob(runner, aPendingJob(9))
		close(broken)
		assert.Equal(t, domain.JobID(9), (<-answers).offer.Job.Job.ID())
		time.Sleep(5 * time.Second)
		synctest.Wait()
		assert.NotNil(t, h.handle, "it listens again")
		require.NoError(t, stop())
	})
}

func TestWhoCannotListenStopsAllTheSame(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		h.signals.EXPECT().Listen(gomock.Any(), gomock.Any()).Return(errDown)
		h.faults.EXPECT().Note(gomock.Any(), "listen to the queue", errDown)
		stop := h.runAlone(t)
		begin := h.Clock.Now()
		require.NoError(t, stop())
		assert.Zero(t, h.Clock.Now().Sub(begin))
	})
}

// A listener that ends because the server stops is no fault, and neither is a
// statement that was cut off.
func TestStoppingIsNoFault(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		h.signals.EXPECT().Listen(gomock.Any(), gomock.Any()).DoAndReturn(
			func(ctx context.Context, _ func(ports.QueueEvent)) error {
				<-ctx.Done()
				return errors.New("connection closed")
			})
		h.artifacts.EXPECT().Expired(gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(
			func(ctx context.Context, _ time.Time, _ int) ([]domain.Artifact, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			})
		h.discarded.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(
			func(ctx context.Context, _ int64, _ int) ([]ports.DiscardedOutput, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			})
		stop := h.runAlone(t)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.NoError(t, stop())
	})
}
