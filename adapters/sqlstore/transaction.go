package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"golang.org/x/sync/semaphore"
)

// inTx runs work in a transaction, and once more from the start whenever somebody
// else has a lock that it may not wait for, or both waited for each other. So work
// leaves nothing behind but what its last run says.
func (db *DB) inTx(ctx context.Context, work func(ctx context.Context, tx bun.Tx) error) error {
	return db.writers.inTurn(ctx, func() error {
		for {
			if err := db.bun.RunInTx(ctx, nil, work); !lockedByOther(err) {
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

// The SQLSTATEs of a lock that NOWAIT did not wait for, and of transactions that
// waited for each other.
const (
	lockNotAvailable = "55P03"
	deadlockDetected = "40P01"
)

func lockedByOther(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (refused.Code == lockNotAvailable || refused.Code == deadlockDetected)
}

// sqliteWriters lets those who write to a file in, one by one, as they came; nil
// lets in everybody. Left to SQLite they would ask again and again, each with a
// connection that nobody can read with meanwhile, and some would come last always.
// That still happens among processes that share a file.
type sqliteWriters struct{ turn *semaphore.Weighted }

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
			err = &noConnectionError{err}
		}
		return err
	}
	defer w.turn.Release(1)
	return work()
}
