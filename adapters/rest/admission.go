package rest

import (
	"context"
	"errors"
	"io"
	"time"

	"golang.org/x/sync/semaphore"
)

// Limits bound what the server takes upon itself at the same time, so that what
// it takes it does in good time. Zero is no limit.
type Limits struct {
	// Requests is how many are worked on. As many again may wait for their turn,
	// and any number of agents that ask for work; more are refused, and their
	// clients come again later. Reading from a
	// client, writing to it and waiting for a job is no work.
	Requests int
	// HeldRequests is how many agents wait for a job. More are told at once that
	// there is none.
	HeldRequests int
	// Patience is how long a client may take to send a request or to take an
	// answer; see keepPace.
	Patience time.Duration
}

const (
	// longestQueue bounds the wait for a turn.
	longestQueue = time.Second
	// transfersPerRequest is how many bodies may be on their way, for each
	// request that may be worked on.
	transfersPerRequest = 4
)

// errOverloaded refuses a request that nobody has time for.
var errOverloaded = errors.New("more requests than the limit")

// admission decides which requests are worked on. A nil semaphore is no limit.
type admission struct{ requests, queue, transfers, held *semaphore.Weighted }

func newAdmission(l Limits) *admission {
	limit := func(n int) *semaphore.Weighted {
		if n == 0 {
			return nil
		}
		return semaphore.NewWeighted(int64(n))
	}
	return &admission{
		requests: limit(l.Requests), queue: limit(l.Requests),
		transfers: limit(transfersPerRequest * l.Requests), held: limit(l.HeldRequests),
	}
}

// enter waits for the turn of a request, but not for long. Who enters leaves. In a
// crowd any number may wait: each of them takes next to no time.
func (a *admission) enter(ctx context.Context, crowd bool) (*place, error) {
	p := &place{ctx: ctx, of: a.requests}
	if tryEnter(a.requests) {
		p.taken = true
		return p, nil
	}
	if !crowd {
		if !tryEnter(a.queue) {
			return nil, errOverloaded
		}
		defer leave(a.queue)
	}
	bounded, cancel := context.WithTimeout(ctx, longestQueue)
	defer cancel()
	if err := a.requests.Acquire(bounded, 1); err != nil {
		return nil, errOverloaded
	}
	p.taken = true
	return p, nil
}

// hold gives the place of a request away while it waits for a job; false: too
// many wait already.
func (a *admission) hold(p *place, wait func()) bool {
	if !tryEnter(a.held) {
		return false
	}
	defer leave(a.held)
	p.aside(wait)
	return true
}

func tryEnter(s *semaphore.Weighted) bool { return s == nil || s.TryAcquire(1) }

func leave(s *semaphore.Weighted) {
	if s != nil {
		s.Release(1)
	}
}

// place is that of one request among those that are worked on. It belongs to
// one goroutine.
type place struct {
	ctx   context.Context //nolint:containedctx // of the request, which the place does not outlive
	of    *semaphore.Weighted
	taken bool
}

// leave gives the place away.
func (p *place) leave() {
	if p.taken {
		p.taken = false
		leave(p.of)
	}
}

// aside gives the place away while something is waited for. A request that
// nobody waits for any more goes on without.
func (p *place) aside(wait func()) {
	p.leave()
	wait()
	p.taken = p.of == nil || p.of.Acquire(p.ctx, 1) == nil
}

// asideBody is a body that is waited for aside.
type asideBody struct {
	io.ReadCloser
	place *place
}

// Read waits for what arrives.
func (b *asideBody) Read(p []byte) (n int, err error) {
	b.place.aside(func() { n, err = b.ReadCloser.Read(p) })
	return n, err
}
