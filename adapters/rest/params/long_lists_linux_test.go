package params_test

import (
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// Whoever sends the longest body there may be keeps nobody busy with it: an item
// of a long list costs what one of a short list does. What is compared is the work
// of the processor for this test alone, however busy the machine is.
func TestLongListsAreReadInLinearTime(t *testing.T) {
	t.Parallel()
	const few, times = 2_000, 16
	for name, item := range longLists {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			apart, whole := work(t, item, few, times), work(t, item, few*times, 1)
			t.Logf("%d items in %d lists %s, in one list %s", few*times, times, apart, whole)
			assert.Less(t, whole, 4*apart, "comparing each with each costs %d times as much", times)
		})
	}
}

// work is how long a processor works for so many lists: the least of some tries.
func work(t *testing.T, item func(i int) string, items, lists int) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	raw := longList(item, items)
	least := time.Duration(math.MaxInt64)
	for range 3 {
		begin := threadTime(t)
		for range lists {
			_, err := tagSchema.Parse(raw)
			require.NoError(t, err)
		}
		least = min(least, threadTime(t)-begin)
	}
	return least
}

// threadTime is how long this thread has worked.
func threadTime(t *testing.T) time.Duration {
	t.Helper()
	var used unix.Timespec
	require.NoError(t, unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &used))
	return time.Duration(used.Nano())
}
