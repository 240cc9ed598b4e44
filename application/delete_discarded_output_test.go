package application_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// aTrace and aKey are output that was discarded.
func aTrace(id int64) ports.DiscardedOutput {
	return ports.DiscardedOutput{ID: id, Trace: domain.JobID(id)}
}

func aKey(id int64) ports.DiscardedOutput {
	return ports.DiscardedOutput{ID: id, Key: fmt.Sprintf("key %d", id)}
}

// listsDiscarded gives back what is discarded, as often as it is asked for that.
func (h *agentHarness) listsDiscarded(all ...ports.DiscardedOutput) {
	h.discarded.EXPECT().List(gomock.Any(), gomock.Any(), 100).DoAndReturn(
		func(_ context.Context, after int64, limit int) (some []ports.DiscardedOutput, _ error) {
			for _, o := range all {
				if o.ID > after && len(some) < limit {
					some = append(some, o)
				}
			}
			return some, nil
		}).AnyTimes()
}

// sweep lets everything run that is due after a minute.
func (h *agentHarness) sweep(t *testing.T) {
	t.Helper()
	stop := h.run(t)
	time.Sleep(time.Minute + time.Second)
	require.NoError(t, stop())
}

func TestDiscardedOutputIsDeletedAndForgottenInBatches(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		var all []ports.DiscardedOutput
		var deleted, forgotten []int64
		for id := range int64(150) {
			all = append(all, aTrace(id+1))
		}
		h.listsDiscarded(append(all, aKey(151))...)
		h.traceStore.EXPECT().Delete(gomock.Any(), gomock.Any()).Times(150).DoAndReturn(func(_ context.Context, job domain.JobID) error {
			deleted = append(deleted, int64(job))
			return nil
		})
		h.artifactStore.EXPECT().Delete(gomock.Any(), "key 151").Return(nil)
		h.discarded.EXPECT().Forget(gomock.Any(), gomock.Any()).Times(2).DoAndReturn(func(_ context.Context, ids []int64) error {
			forgotten = append(forgotten, ids...)
			assert.GreaterOrEqual(t, len(deleted), min(len(forgotten), 150), "bytes first")
			return nil
		})
		h.sweep(t)
		assert.Len(t, forgotten, 151)
	})
}

func TestWhatCannotBeDeletedKeepsNothingElseFromIt(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		h.listsDiscarded(aKey(1), aTrace(2), aTrace(3), aKey(4))
		h.artifactStore.EXPECT().Delete(gomock.Any(), "key 1").Return(errDown)
		h.traceStore.EXPECT().Delete(gomock.Any(), domain.JobID(2)).Return(nil)
		h.traceStore.EXPECT().Delete(gomock.Any(), domain.JobID(3)).Return(errGone)
		h.artifactStore.EXPECT().Delete(gomock.Any(), "key 4").Return(nil)
		h.discarded.EXPECT().Forget(gomock.Any(), []int64{2, 4}).Return(nil)
		h.faults.EXPECT().Note(gomock.Any(), "delete discarded output", gomock.Any()).Do(func(_ context.Context, _ string, err error) {
			assert.ErrorIs(t, err, errDown)
		})
		h.sweep(t)
	})
}

func TestDiscardedOutputThatCannotBeDeletedWaits(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(h *agentHarness){
		"it cannot be found": func(h *agentHarness) {
			h.discarded.EXPECT().List(gomock.Any(), int64(0), 100).Return(nil, errDown)
		},
		"the store is away": func(h *agentHarness) {
			many := make([]ports.DiscardedOutput, 100)
			for i := range many {
				many[i] = aTrace(int64(i + 1))
			}
			h.discarded.EXPECT().List(gomock.Any(), int64(0), 100).Return(many, nil)
			h.traceStore.EXPECT().Delete(gomock.Any(), gomock.Any()).Return(errDown).Times(100)
		},
		"it cannot be forgotten": func(h *agentHarness) {
			h.discarded.EXPECT().List(gomock.Any(), int64(0), 100).Return([]ports.DiscardedOutput{aKey(1)}, nil)
			h.artifactStore.EXPECT().Delete(gomock.Any(), "key 1").Return(nil)
			h.discarded.EXPECT().Forget(gomock.Any(), []int64{1}).Return(errDown)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
				before(h)
				h.faults.EXPECT().Note(gomock.Any(), "delete discarded output", gomock.Any()).Do(func(_ context.Context, _ string, err error) {
					assert.ErrorIs(t, err, errDown)
				})
				h.sweep(t)
			})
		})
	}
}
