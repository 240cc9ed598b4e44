package sqlstore

import (
	"context"

	"runyard/ports"
)

// Signals carries queue events between the nodes that share a database.
type Signals struct{ carrier ports.QueueSignals }

var _ ports.QueueSignals = (*Signals)(nil)

// NewSignals carries them by NOTIFY on PostgreSQL. A SQLite database has one
// node: there they stay inside the process.
func NewSignals(db *DB) *Signals { return &Signals{carrier: db.signals} }

// Publish implements ports.QueueSignals.
func (s *Signals) Publish(ctx context.Context, e ports.QueueEvent) error {
	return s.carrier.Publish(ctx, e)
}

// Listen implements ports.QueueSignals. The first event is Everything: what
// happened before is not known.
func (s *Signals) Listen(ctx context.Context, handle func(e ports.QueueEvent)) error {
	return s.carrier.Listen(ctx, handle)
}
