package sqlstore

import (
	"context"
	"sync"

	"runyard/ports"
)

// localSignals carries queue events inside the process.
type localSignals struct {
	mu     sync.Mutex
	queues map[*eventQueue]bool
}

func newLocalSignals() *localSignals { return &localSignals{queues: make(map[*eventQueue]bool)} }

// Publish implements ports.QueueSignals. It does not wait for who listens.
func (s *localSignals) Publish(ctx context.Context, e ports.QueueEvent) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for queue := range s.queues {
		queue.put(e)
	}
	return nil
}

// Listen implements ports.QueueSignals.
func (s *localSignals) Listen(ctx context.Context, handle func(e ports.QueueEvent)) error {
	queue := &eventQueue{filled: make(chan struct{}, 1)}
	queue.put(ports.QueueEvent{Everything: true})
	s.mu.Lock()
	s.queues[queue] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.queues, queue)
		s.mu.Unlock()
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-queue.filled:
		}
		for _, e := range queue.take() {
			if ctx.Err() != nil {
				return nil
			}
			handle(e)
		}
	}
}

// longestEventQueue is how many events may wait for a slow listener.
const longestEventQueue = 1000

// eventQueue holds what a listener was not told yet.
type eventQueue struct {
	mu     sync.Mutex
	events []ports.QueueEvent
	filled chan struct{}
}

// put adds the event. Too many of them become one: anything may have changed.
func (q *eventQueue) put(e ports.QueueEvent) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.events) >= longestEventQueue {
		q.events, e = q.events[:0], ports.QueueEvent{Everything: true}
	}
	q.events = append(q.events, e)
	select {
	case q.filled <- struct{}{}:
	default: // it is awake already
	}
}

func (q *eventQueue) take() []ports.QueueEvent {
	q.mu.Lock()
	defer q.mu.Unlock()
	events := q.events
	q.events = nil
	return events
}
