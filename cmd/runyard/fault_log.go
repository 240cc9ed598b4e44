package main

import (
	"context"

	"go.uber.org/zap"
)

// faultLog writes down the errors that nobody waits for.
type faultLog struct {
	log *zap.Logger
	// unavailable tells whether an error says that the database cannot be used,
	// which is written down elsewhere, once.
	unavailable func(err error) bool
}

// Note implements ports.FaultLog. What was given up because the work ended is no
// fault.
func (f faultLog) Note(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil && !f.unavailable(err) {
		f.log.Error("fault", zap.String("doing", doing), zap.Error(err))
	}
}
