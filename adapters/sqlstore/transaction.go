package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/sync/semaphore"
)

// againTimeout is how long a transaction is run again: as long as a statement may
// wait for a lock.
const againTimeout = 10 * time.Second

// inTx runs work in a transaction, and again from the start if somebody else has a
// lock that it may not wait for, or both waited for each other. So work leaves
// nothing behind but what its last run says, and begins with nothing of an earlier
// one.
func (db *DB) inTx(ctx context.Context, work func(ctx context.Context, tx bun.Tx) error) error {
	return db.writers.inTurn(ctx, func() error {
		for end := time.Now().Add(againTimeout); ; {
			err := db.bun.RunInTx(ctx, nil, work)
			if !lockedByOther(err) || time.Now().After(end) {
				return err
			}
		}
	})
}

// exec runs one statement that changes something.
func (db *DB) exec(ctx context.Context, write interface {
	Exec(ctx context.Context, dest ...any) (sql.Result, error)
},
) (result sql.Result, err error) {
	err = db.writers.inTurn(ctx, func() error {
		result, err = write.Exec(ctx)
		return err
	})
	return result, err
}

// The SQLSTATEs of a lock that was not to be had, and of transactions that waited
// for each other.
const (
	lockNotAvailable = "55P03"
	deadlockDetected = "40P01"
)

// errNotWaitedFor marks a lock that NOWAIT did not wait for. One that was waited
// for as long as the database lets one wait is no reason to begin again.
var errNotWaitedFor = errors.New("somebody else has the lock")

func lockedByOther(err error) bool {
	return errors.Is(err, errNotWaitedFor) || hasSQLState(err, deadlockDetected)
}

// sqliteWriters lets those who write to a file in, one by one, as they came; nil
// lets in everybody. Left to SQLite they would ask again and again, each with a
// connection that nobody can read with meanwhile, and some would come last always.
// That still happens among processes that share a file.
type sqliteWriters struct{ turn *semaphore.Weighted }

// errNoTurn: the file is there, but others write to it all the time.
var errNoTurn = errors.New("others wrote to the file for too long")

func newSQLiteWriters() *sqliteWriters { return &sqliteWriters{semaphore.NewWeighted(1)} }

// inTurn runs work when it is its turn, which it waits for as long as for the
// writers of other processes.
func (w *sqliteWriters) inTurn(ctx context.Context, work func() error) error {
	if w == nil {
		return work()
	}
	bounded, cancel := context.WithTimeout(ctx, sqliteBusyTimeout)
	defer cancel()
	if err := w.turn.Acquire(bounded, 1); err != nil {
		if ctx.Err() == nil {
			err = &noConnectionError{errNoTurn}
		}
		return err
	}
	defer w.turn.Release(1)
	return work()
}
