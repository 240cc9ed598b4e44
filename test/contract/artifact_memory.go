package contract

import (
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/ports"
)

const (
	hugeSize    = 200 << 20
	allowedHeap = 24 << 20
)

// ArtifactMemory checks that an ArtifactStore streams. No other test may run at
// the same time: it would be measured too.
func ArtifactMemory(t *testing.T, store ports.ArtifactStore) {
	t.Helper()
	heap := &heapMeter{before: heapInUse()}
	size, err := store.Put(t.Context(), someKey, io.TeeReader(io.LimitReader(&endless{}, hugeSize), heap), hugeSize)
	require.NoError(t, err)
	assert.EqualValues(t, hugeSize, size)

	content, err := store.Open(t.Context(), someKey)
	require.NoError(t, err)
	defer content.Close()
	read, err := io.Copy(heap, content)
	require.NoError(t, err)
	assert.EqualValues(t, hugeSize, read)
	assert.Less(t, heap.most, int64(allowedHeap), "bytes by which the heap grew")
}

// heapMeter looks at the heap every few megabytes that are written to it.
type heapMeter struct {
	before, most int64
	sinceLast    int
}

func (h *heapMeter) Write(p []byte) (int, error) {
	if h.sinceLast += len(p); h.sinceLast >= hugeSize/16 {
		h.sinceLast = 0
		h.most = max(h.most, heapInUse()-h.before)
	}
	return len(p), nil
}

func heapInUse() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
