package application

import (
	"context"
	"sync"
	"time"

	"runyard/ports"
)

// listenPause is the wait before listening once more after it failed.
const listenPause = 5 * time.Second

// Run keeps the queue moving until ctx ends: it takes word of new jobs, stores
// contacts, and gives up jobs and artifacts that are overdue. What fails is
// tried again. When ctx ends, requests that wait for a job are let go; an error
// says that the last contacts could not be stored.
func (a *Agents) Run(ctx context.Context) error {
	var running sync.WaitGroup
	running.Go(func() { a.listen(ctx) })
	running.Go(func() {
		every(ctx, boardInterval, func() { a.expire(a.p.Clock.Now()) })
	})
	a.repeat(ctx, &running, flushInterval, "store contacts of runners", a.flush)
	a.repeat(ctx, &running, a.limits.sweepInterval(), "give up jobs", a.giveUpJobs)
	a.repeat(ctx, &running, artifactInterval, "delete expired artifacts", a.deleteExpired)
	a.repeat(ctx, &running, artifactInterval, "delete discarded output", a.deleteDiscarded)
	<-ctx.Done()
	a.board.close()
	running.Wait()
	ctx, cancel := finishing(ctx)
	defer cancel()
	return a.store(ctx, a.heartbeats.takeAll(a.p.Clock.Now()))
}

// expire drops what is known and too old.
func (a *Agents) expire(now time.Time) {
	a.board.expire(now)
	a.watchers.expire(now)
}

// repeat does something at intervals beside everything else.
func (a *Agents) repeat(ctx context.Context, running *sync.WaitGroup, interval time.Duration, doing string,
	do func(ctx context.Context) error,
) {
	running.Go(func() {
		every(ctx, interval, func() {
			if err := do(ctx); ctx.Err() == nil {
				a.p.fault(ctx, doing, err)
			}
		})
	})
}

// every does something at intervals until ctx ends.
func every(ctx context.Context, interval time.Duration, do func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			do()
		case <-ctx.Done():
			return
		}
	}
}

// listen takes word of events until ctx ends. While it fails, events may be
// missed.
func (a *Agents) listen(ctx context.Context) {
	for {
		err := a.p.Signals.Listen(ctx, a.handle)
		if ctx.Err() != nil {
			return
		}
		a.p.fault(ctx, "listen to the queue", err)
		a.board.handle(ports.QueueEvent{Everything: true})
		select {
		case <-time.After(listenPause):
		case <-ctx.Done():
			return
		}
	}
}
