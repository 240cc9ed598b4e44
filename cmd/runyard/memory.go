package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// leastSpare is how much garbage may always pile up: a small heap would be
	// collected hundreds of times a second under load.
	leastSpare = 16 << 20
	// spareShare is the part of a large heap that may be garbage on top. Go's own
	// setting, all of it, would take half the memory of ten thousand agents that
	// wait for nothing but work.
	spareShare = 10
	// memoryInterval is how often the garbage collector is told.
	memoryInterval = time.Second
)

// tuneMemory keeps the garbage collector at work as often as the size of the heap
// asks for, until ctx ends. An operator who sets GOGC or GOMEMLIMIT decides alone.
func tuneMemory(ctx context.Context) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	ticker := time.NewTicker(memoryInterval)
	defer ticker.Stop()
	for set := 0; ; {
		if percent := collectionPercent(liveMemory()); percent != set {
			debug.SetGCPercent(percent)
			set = percent
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// liveMemory is how many bytes GOGC is a percentage of: what was alive at the
// last collection, and the stacks.
func liveMemory() uint64 {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	var live uint64
	for _, sample := range samples {
		live += sample.Value.Uint64()
	}
	return live
}

// collectionPercent is what GOGC is to be with so many bytes alive, in steps, so
// that it changes seldom.
func collectionPercent(live uint64) int {
	const step, least, most = 5, 5, 400
	live = max(live, 1)
	percent := int((leastSpare + live/spareShare) * 100 / live)
	return min(max(percent/step*step, least), most)
}
