package application_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
)

func TestARequestThatWaitsDoesSoAside(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		r := theRunner(7)
		h.knows(r)
		h.hasNone(r)
		first, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)
		waits := 0
		request := asking("token 7", first.LastUpdate)
		request.Aside = func(wait func()) bool {
			waits++
			wait()
			return true
		}
		held := h.request(t.Context(), request)
		stillHeld(t, held)
		assert.Equal(t, 1, waits)
		h.hasJob(r, aPendingJob(21))
		h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(21)}})
		assert.Equal(t, domain.JobID(21), (<-held).offer.Job.Job.ID())
		require.NoError(t, stop())
	})
}

func TestARequestThatMayNotWaitIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		h.storesContacts()
		r := theRunner(7)
		h.knows(r)
		h.hasNone(r)
		first, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)
		request := asking("token 7", first.LastUpdate)
		request.Aside = func(func()) bool { return false }
		a := <-h.request(t.Context(), request)
		require.NoError(t, a.err)
		assert.Zero(t, a.took)
		assert.Nil(t, a.offer.Job)
		assert.Equal(t, first.LastUpdate, a.offer.LastUpdate)
		require.NoError(t, stop())
	})
}
