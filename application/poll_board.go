package application

import (
	"context"
	"slices"
	"sync"
	"time"

	"runyard/domain"
	"runyard/ports"
)

const (
	// seatLife is how long a board trusts what it knows of a runner, and with it
	// the version: a lost event delays a job by no more than that.
	seatLife = time.Minute
	// seatSpread spreads the ends of seats that were taken at the same moment,
	// as after a start. With boardInterval it stays within seatLife.
	seatSpread = 15
	// maxSeats bounds the memory of a board.
	maxSeats = 50_000
)

// board is where requests wait that could not be given a job, and what is known
// about runners without asking storage. Events tell it when either changes.
type board struct {
	generator ports.TokenGenerator
	capacity  int

	mu       sync.Mutex
	seats    map[domain.Digest]*seat
	byRunner map[domain.RunnerID]*seat
	tickets  uint64 // given to waiters so far
	changes  uint64 // of what is known about runners, so far
	closed   bool
}

// seat is what the board knows of the runner with a token.
type seat struct {
	token     domain.Digest
	runner    *domain.Runner
	contacted time.Time                 // as stored; zero: never
	projects  map[domain.ProjectID]bool // of a project runner; nil: not known
	taken     time.Time
	// version stands for the queue as far as it concerns the runner. Empty:
	// something happened since the last one was told; there is a new one when
	// somebody asks. The board's lock guards it, and waiting.
	version string
	waiting []*waiter // longest first
}

// waiter is a request that waits for its turn.
type waiter struct {
	ticket uint64
	turn   chan turn // holds one: who gives a turn never waits
}

// turn tells a request why to look for a job. Whoever cannot use a turn for a
// job passes it on (board.settle).
type turn struct {
	job *domain.QueuedJob // nil: something changed
}

func newBoard(generator ports.TokenGenerator) *board {
	return &board{
		generator: generator, capacity: maxSeats,
		seats: make(map[domain.Digest]*seat), byRunner: make(map[domain.RunnerID]*seat),
	}
}

// find returns the seat of the token; nil if what is known is too old, or none.
// changes is for open.
func (b *board) find(token domain.Digest, now time.Time) (s *seat, changes uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s = b.seats[token]
	if s != nil && s.expired(now) {
		b.clear(s)
		s = nil
	}
	return s, b.changes
}

// expired tells whether the seat is too old, or from the future because the
// clock was put back.
func (s *seat) expired(now time.Time) bool {
	spread := time.Duration(int64(s.runner.ID())%seatSpread) * time.Second
	age := now.Sub(s.taken)
	return age < 0 || age >= seatLife-boardInterval-spread
}

// open keeps what was read about the runner after find. If something changed
// meanwhile the seat is good for one search only; if somebody else was faster,
// theirs is taken.
func (b *board) open(s *seat, changes uint64) *seat {
	b.mu.Lock()
	defer b.mu.Unlock()
	if known := b.seats[s.token]; known != nil {
		return known
	}
	if changes != b.changes || b.closed {
		return s
	}
	for _, other := range b.seats {
		if len(b.seats) < b.capacity {
			break
		}
		b.clear(other)
	}
	b.seats[s.token], b.byRunner[s.runner.ID()] = s, s
	return s
}

// clear gives the seat up: who waits there looks again. The lock is held.
func (b *board) clear(s *seat) {
	delete(b.seats, s.token)
	if b.byRunner[s.runner.ID()] == s {
		delete(b.byRunner, s.runner.ID())
	}
	s.version = ""
	for _, w := range s.waiting {
		w.turn <- turn{}
	}
	s.waiting = nil
}

// version is the current version of the seat. It is to be read before a search.
func (b *board) version(s *seat) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.version == "" {
		s.version = b.generator.Nonce()
	}
	return s.version
}

// await waits until it is the caller's turn to look for a job: at once if the
// version is not the current one. ok is false if nothing happened until ctx
// ended, or end was closed.
func (b *board) await(ctx context.Context, end <-chan struct{}, s *seat, version string) (t turn, ok bool) {
	w := b.join(s, version)
	if w == nil {
		return turn{}, true
	}
	select {
	case t = <-w.turn:
		return t, true
	case <-end:
	case <-ctx.Done():
	}
	return b.leave(s, w)
}

// join puts a waiter into the seat, unless something happened since the version
// was read.
func (b *board) join(s *seat, version string) *waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seats[s.token] != s || s.version != version {
		return nil
	}
	b.tickets++
	w := &waiter{ticket: b.tickets, turn: make(chan turn, 1)}
	s.waiting = append(s.waiting, w)
	return w
}

// leave takes a waiter out of the seat. A turn that it was given at the last
// moment is its own.
func (b *board) leave(s *seat, w *waiter) (t turn, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(s.waiting, w); i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
		return turn{}, false
	}
	return <-w.turn, true
}

// settle ends a turn: the job that it was for goes to the next waiter, unless
// the caller got that one or found out that there is none (taken and zero).
func (b *board) settle(t turn, looked bool, taken domain.JobID) {
	if t.job == nil || looked && (taken == 0 || taken == t.job.Job) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.offer(*t.job)
}

// offer makes the versions new that the job concerns, and gives the turn to who
// has been waiting longest. The lock is held.
func (b *board) offer(job domain.QueuedJob) {
	var longest *seat
	for _, s := range b.seats {
		if s.version == "" && len(s.waiting) == 0 || !s.concerns(job) {
			continue
		}
		s.version = ""
		if len(s.waiting) > 0 && (longest == nil || s.waiting[0].ticket < longest.waiting[0].ticket) {
			longest = s
		}
	}
	if longest != nil {
		longest.waiting[0].turn <- turn{&job}
		longest.waiting = slices.Delete(longest.waiting, 0, 1)
	}
}

func (s *seat) concerns(job domain.QueuedJob) bool {
	assigned := s.projects == nil || s.projects[job.Project]
	return s.runner.Refuses(job, assigned) == domain.NotRefused
}
