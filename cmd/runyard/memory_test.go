package main

import (
	"context"
	"math"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGarbageMayTakeAFixedPartAndAShareOfTheMemory(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	for live, percent := range map[uint64]int{
		0: 400, mib: 400, 4 * mib: 400, 8 * mib: 205, 16 * mib: 105, 80 * mib: 30, 300 * mib: 15, math.MaxUint64 / 128: 10,
	} {
		assert.Equal(t, percent, collectionPercent(live), "%d MiB", live/mib)
	}
}

// It changes what all tests share, so it is not parallel to them.
func TestTheOperatorDecidesHowOftenGarbageIsCollected(t *testing.T) {
	before := debug.SetGCPercent(123)
	defer debug.SetGCPercent(before)
	current := func() int {
		percent := debug.SetGCPercent(123)
		debug.SetGCPercent(percent)
		return percent
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "100")
			tuneMemory(ended)
			assert.Equal(t, 123, current())
		})
	}
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	tuneMemory(ended)
	assert.NotEqual(t, 123, current(), "which is no step")
	assert.Positive(t, liveMemory())
}
