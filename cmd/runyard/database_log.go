package main

import (
	"time"

	"go.uber.org/zap"
)

// databaseLog writes down what becomes of the database: one line for a change,
// however many requests notice.
type databaseLog struct{ log *zap.Logger }

// Failed implements sqlstore.Observer.
func (l databaseLog) Failed(err error) {
	l.log.Warn("database failed", zap.Error(err))
}

// Gone implements sqlstore.Observer.
func (l databaseLog) Gone(err error) {
	l.log.Error("database gone", zap.Error(err))
}

// Back implements sqlstore.Observer.
func (l databaseLog) Back(after time.Duration) {
	l.log.Info("database back", zap.Duration("after", after))
}
