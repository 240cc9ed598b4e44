package apitest

import (
	"context"
	"sync"

	"runyard/ports"
)

// heardSignals tells when the program has heard its first event: that anything
// may have happened before it began to listen. What a test does afterwards is
// not disturbed by it.
type heardSignals struct {
	ports.QueueSignals
	once  sync.Once
	first chan struct{} // closed then
}

// Listen implements ports.QueueSignals.
func (s *heardSignals) Listen(ctx context.Context, handle func(e ports.QueueEvent)) error {
	return s.QueueSignals.Listen(ctx, func(e ports.QueueEvent) {
		handle(e)
		s.once.Do(func() { close(s.first) })
	})
}
