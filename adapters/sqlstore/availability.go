package sqlstore

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// awayInterval is how often a database that is gone is looked for.
	awayInterval = 250 * time.Millisecond
	// failureInterval is how often failures are looked into at most.
	failureInterval = time.Second
)

// Observer is told what becomes of the database.
type Observer interface {
	// Failed: something failed, but the database can be used.
	Failed(err error)
	// Gone: the database cannot be used from now on.
	Gone(err error)
	// Back: it can be used again, after that time.
	Back(after time.Duration)
}

// availability is what is known about whether the database can be used.
type availability struct {
	// suspicions holds the first error that nobody has looked into.
	suspicions chan error
	away       atomic.Bool
	// probe tells whether the database can be written to. It takes bounded time.
	probe func(ctx context.Context) error
	// drop lets go of connections that may end at a server that is no more.
	drop func()
}

func newAvailability(probe func(ctx context.Context) error) *availability {
	return &availability{suspicions: make(chan error, 1), probe: probe, drop: func() {}}
}

// Suspect tells whether err is Unavailable, and if so has Watch look into it.
func (db *DB) Suspect(err error) bool {
	if !Unavailable(err) {
		return false
	}
	select {
	case db.availability.suspicions <- err:
	default: // it will be looked into already
	}
	return true
}

// Watch looks into what Suspect is told until ctx ends, and tells the observer
// of every change. While the database is gone nobody waits for a connection:
// whoever wants one is refused at once.
func (db *DB) Watch(ctx context.Context, o Observer) {
	a := db.availability
	for {
		select {
		case <-ctx.Done():
			return
		case suspicion := <-a.suspicions:
			a.lookInto(ctx, suspicion, o)
		}
		pause(ctx, failureInterval)
	}
}

func (a *availability) lookInto(ctx context.Context, suspicion error, o Observer) {
	if isReadOnly(suspicion) {
		a.drop() // connections to the server that was the primary look fine
	}
	err := a.probe(ctx)
	switch {
	case ctx.Err() != nil:
	case err == nil, isFull(err):
		o.Failed(suspicion)
	default:
		a.awaitReturn(ctx, err, o)
	}
}

// awaitReturn goes on looking until the database is back.
func (a *availability) awaitReturn(ctx context.Context, gone error, o Observer) {
	a.away.Store(true)
	defer a.away.Store(false)
	o.Gone(gone)
	start := time.Now()
	for a.drop(); ; pause(ctx, awayInterval) {
		if err := a.probe(ctx); ctx.Err() != nil {
			return
		} else if err == nil {
			break
		}
	}
	a.away.Store(false)
	select {
	case <-a.suspicions: //nolint:errcheck // it is of the time that is over
	default:
	}
	o.Back(time.Since(start))
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
