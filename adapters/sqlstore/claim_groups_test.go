package sqlstore

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// heldGroups tells of each group that begins, and holds it until it may go on.
type heldGroups struct {
	claimGroups
	began chan []*claimCall
	goOn  chan struct{}
}

func newHeldGroups() *heldGroups {
	h := &heldGroups{began: make(chan []*claimCall), goOn: make(chan struct{})}
	h.run = func(calls []*claimCall) {
		h.began <- calls
		<-h.goOn
		for _, call := range calls {
			call.finish(nil)
		}
	}
	return h
}

func (h *heldGroups) wait(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.waiting) == n
	}, time.Minute, time.Millisecond)
}

func TestClaimsThatComeWhileOthersAreUnderWayGoTogether(t *testing.T) {
	t.Parallel()
	h := newHeldGroups()
	var calls sync.WaitGroup
	come := func(n int) {
		for range n {
			calls.Go(func() { h.do(newClaimCall(t.Context(), nil, nil)) })
		}
	}
	come(claimLeaders)
	for range claimLeaders {
		assert.Len(t, <-h.began, 1, "nobody waits for others to come")
	}
	come(claimGroup + 3)
	h.wait(t, claimGroup+3)
	h.goOn <- struct{}{}
	assert.Len(t, <-h.began, claimGroup)
	h.goOn <- struct{}{}
	assert.Len(t, <-h.began, 3)
	for range claimLeaders {
		h.goOn <- struct{}{}
	}
	calls.Wait()
	assert.Zero(t, h.leaders)
}

func TestAPanicOfOneClaimLetsTheOthersGo(t *testing.T) {
	t.Parallel()
	h := newHeldGroups()
	held := h.run
	h.run = func(calls []*claimCall) {
		if len(calls) > 1 {
			panic("of a take")
		}
		held(calls)
	}
	var calls sync.WaitGroup
	for range claimLeaders {
		calls.Go(func() { h.do(newClaimCall(t.Context(), nil, nil)) })
		<-h.began
	}
	var mu sync.Mutex
	var panics, broken int
	for range 3 {
		calls.Go(func() {
			defer func() {
				mu.Lock()
				defer mu.Unlock()
				if recover() != nil {
					panics++
				}
			}()
			call := newClaimCall(t.Context(), nil, nil)
			h.do(call)
			if assert.ErrorIs(t, call.err, errBrokenOff) {
				mu.Lock()
				defer mu.Unlock()
				broken++
			}
		})
	}
	h.wait(t, 3)
	for range claimLeaders {
		h.goOn <- struct{}{}
	}
	calls.Wait()
	assert.Equal(t, 1, panics)
	assert.Equal(t, 2, broken)
	assert.Zero(t, h.leaders)
}
