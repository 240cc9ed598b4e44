package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
	sqlitecodes "modernc.org/sqlite/lib"

	"runyard/migrations"
)

// sqliteConnections bounds the connections to a file: WAL mode lets them all
// read beside the one that writes.
const sqliteConnections = 8

// sqliteBusyTimeout bounds the wait for other writers.
const sqliteBusyTimeout = 10 * time.Second

const sqliteMemory = ":memory:"

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := makeSQLiteFile(path); err != nil {
		return nil, fmt.Errorf("open the SQLite database: %w", err)
	}
	pool, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return nil, fmt.Errorf("open the SQLite database %s: %w", path, err)
	}
	connections := sqliteConnections
	if path == sqliteMemory {
		connections = 1 // each connection has a database of its own, which ends with it
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the SQLite database %s: %w", path, err), pool.Close())
	}
	all, err := migrations.SQLite()
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	db, writers := newBun(pool, sqlitedialect.New()), newSQLiteWriters()
	return &DB{
		bun: db, migrations: all, writers: writers, availability: newAvailability(probeSQLite(pool, writers)),
		whileMigrating: func(ctx context.Context, work func(ctx context.Context, on *bun.DB) error) error {
			return startOver(ctx, len(all.Sorted()), func(ctx context.Context) error { return work(ctx, db) })
		},
		signals:   newLocalSignals(),
		closeRest: func() {},
	}, nil
}

// startOver lets processes migrate at the same moment, which SQLite has no lock
// against: of two that add the same column one fails, and finds it there when it
// starts over. That may happen to it once in each migration.
func startOver(ctx context.Context, migrations int, work func(ctx context.Context) error) error {
	err := work(ctx)
	for range migrations {
		if err == nil || ctx.Err() != nil {
			break
		}
		err = work(ctx)
	}
	return err
}

// probeSQLite tells whether the file can be written to, by writing what stands
// there already, when it is its turn.
func probeSQLite(pool *sql.DB, writers *sqliteWriters) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		return writers.inTurn(ctx, func() error {
			ctx, cancel := context.WithTimeout(ctx, sqliteBusyTimeout)
			defer cancel()
			_, err := pool.ExecContext(ctx, "PRAGMA user_version = 0")
			return err
		})
	}
}

// makeSQLiteFile makes a missing file so that only its owner can read it: it
// may hold the secret key. SQLite gives the files beside it the same mode.
func makeSQLiteFile(path string) error {
	if path == sqliteMemory {
		return nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// sqliteDSN sets the pragmas where every new connection of the pool gets them.
// The driver sets the busy timeout first: changing the journal mode may have to
// wait already. A transaction takes the write lock when it begins, so that it
// never fails half-way because another one wrote. synchronous=FULL keeps what
// was acknowledged even when the power fails.
func sqliteDSN(path string) string {
	pragmas := url.Values{
		"_busy_timeout": {strconv.FormatInt(sqliteBusyTimeout.Milliseconds(), 10)},
		"_pragma":       {"journal_mode(WAL)", "foreign_keys(ON)", "synchronous(FULL)"},
		"_txlock":       {"immediate"},
	}
	if path != sqliteMemory {
		path = (&url.URL{Path: filepath.Clean(path)}).EscapedPath()
	}
	return "file:" + path + "?" + pragmas.Encode()
}

// sqliteViolation recognises broken constraints by SQLite's extended codes.
func sqliteViolation(err error) violation {
	var refused *sqlite.Error
	if !errors.As(err, &refused) {
		return violatesNothing
	}
	switch refused.Code() {
	case sqlitecodes.SQLITE_CONSTRAINT_UNIQUE, sqlitecodes.SQLITE_CONSTRAINT_PRIMARYKEY,
		sqlitecodes.SQLITE_CONSTRAINT_ROWID:
		return violatesUniqueness
	case sqlitecodes.SQLITE_CONSTRAINT_FOREIGNKEY:
		return violatesReference
	}
	return violatesNothing
}
