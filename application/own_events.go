package application

import (
	"context"

	"runyard/ports"
)

// ownFirst lets this node know at once what it tells the others: whoever pauses
// a runner, or resets its token, is answered when no request to this node can
// miss it any more. The event comes back later with all others, and does no
// harm. New jobs can wait for that: heard twice, one would wake two agents.
type ownFirst struct {
	ports.QueueSignals
	board *board
}

// Publish implements ports.QueueSignals.
func (s ownFirst) Publish(ctx context.Context, e ports.QueueEvent) error {
	s.board.handle(ports.QueueEvent{Runners: e.Runners, Everything: e.Everything})
	return s.QueueSignals.Publish(ctx, e)
}
