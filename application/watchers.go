package application

import (
	"sync"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// quietInterval is how long an agent whose job nobody watches may wait with its
// news. It learns from the answers that its job is canceled, so that this is how
// late it may learn of it.
const quietInterval = 30 * time.Second

// watchers knows whose traces were read lately, on whatever node.
type watchers struct {
	mu   sync.Mutex
	read map[domain.JobID]time.Time
}

func newWatchers() *watchers { return &watchers{read: make(map[domain.JobID]time.Time)} }

func (w *watchers) note(job domain.JobID, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.read[job] = now
}

// last is when the trace was read last; zero: not lately.
func (w *watchers) last(job domain.JobID) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.read[job]
}

// expire drops what is too long ago.
func (w *watchers) expire(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for job, read := range w.read {
		if !domain.WatchedSince(read, now) {
			delete(w.read, job)
		}
	}
}

// handle takes word of what happened, on whatever node.
func (a *Agents) handle(e ports.QueueEvent) {
	if e.Watched != 0 {
		a.watchers.note(e.Watched, a.p.Clock.Now())
	}
	a.board.handle(e)
}

// pause is how long the agent of a job may wait with its news; zero: it should
// tell them as they come. It stays well below the time after which it would be
// given up.
func (a *Agents) pause(j *domain.Job, now time.Time) time.Duration {
	if j.Attended(a.watchers.last(j.ID()), now) {
		return 0
	}
	if silent := a.limits.Sweep.Silent; silent > 0 {
		return min(quietInterval, silent/4)
	}
	return quietInterval
}
