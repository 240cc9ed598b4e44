package application

import (
	"context"
	"sync"

	"runyard/domain"
)

// turnstiles let one caller at a time work on a job, within this process.
type turnstiles struct {
	mu   sync.Mutex
	jobs map[domain.JobID]*turnstile
}

type turnstile struct {
	free  chan struct{} // holds one while nobody is inside
	users int           // inside, or waiting
}

func newTurnstiles() *turnstiles { return &turnstiles{jobs: make(map[domain.JobID]*turnstile)} }

// enter waits until nobody else works on the job, or ctx ends. The caller calls
// leave.
func (t *turnstiles) enter(ctx context.Context, job domain.JobID) (leave func(), err error) {
	stile := t.use(job)
	select {
	case <-stile.free:
		return func() {
			stile.free <- struct{}{}
			t.drop(job, stile)
		}, nil
	case <-ctx.Done():
		t.drop(job, stile)
		return nil, ctx.Err()
	}
}

func (t *turnstiles) use(job domain.JobID) *turnstile {
	t.mu.Lock()
	defer t.mu.Unlock()
	stile := t.jobs[job]
	if stile == nil {
		stile = &turnstile{free: make(chan struct{}, 1)}
		stile.free <- struct{}{}
		t.jobs[job] = stile
	}
	stile.users++
	return stile
}

func (t *turnstiles) drop(job domain.JobID, stile *turnstile) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stile.users--
	if stile.users == 0 {
		delete(t.jobs, job)
	}
}
