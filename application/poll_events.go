package application

import (
	"time"

	"runyard/domain"
	"runyard/ports"
)

// boardInterval is how often a board looks for seats that are too old.
const boardInterval = time.Second

// handle takes word of something that may give runners work.
func (b *board) handle(e ports.QueueEvent) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.Everything {
		b.forgetAll()
		return
	}
	b.forget(e.Runners)
	for _, job := range e.Queued {
		b.offer(job)
	}
}

// forget drops what is known of the runners. The lock is held.
func (b *board) forget(runners []domain.RunnerID) {
	for _, id := range runners {
		b.changes++
		if s := b.byRunner[id]; s != nil {
			b.clear(s)
		}
	}
}

// forgetAll drops what is known of all runners, and wakes every request: nobody
// knows which of them there is work for. The lock is held.
func (b *board) forgetAll() {
	b.changes++
	for _, s := range b.seats {
		b.clear(s)
	}
}

// expire drops what is too old.
func (b *board) expire(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.seats {
		if s.expired(now) {
			b.clear(s)
		}
	}
}

// close lets all go who wait, and nobody wait any more.
func (b *board) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.forgetAll()
}

// isClosed tells whether the board was closed.
func (b *board) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}
