//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=queue_signals.go -destination=mocks/queue_signals.go -package=mocks

package ports

import (
	"context"

	"runyard/domain"
)

// QueueEvent is word of something that may give runners work, or that their
// agents should know.
type QueueEvent struct {
	Queued  []domain.QueuedJob // jobs that came into the queue
	Runners []domain.RunnerID  // runners that changed, or are gone
	Watched domain.JobID       // whose trace somebody reads; zero: nobody's
	// Everything: what happened is not known; anything may have changed.
	Everything bool
}

// QueueSignals carries events to every node, the sender's own included.
type QueueSignals interface {
	// Publish tells all nodes. It returns when the event is on its way.
	Publish(ctx context.Context, e QueueEvent) error
	// Listen calls handle for each event, one after the other, until ctx ends;
	// then it returns nil. After a time in which events may have been missed it
	// calls handle with Everything.
	Listen(ctx context.Context, handle func(e QueueEvent)) error
}
