package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// querier is a database or a transaction below bun.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// often runs a query that comes so often, and takes so long to plan, that it
// must be planned once only: unlike bun, it leaves the arguments out of the
// text, and PostgreSQL keeps the plan with the connection. Hooks see it like any
// other.
func (db *DB) often(ctx context.Context, on querier, query string, args ...any) (*sql.Rows, error) {
	ctx, done := db.watch(ctx, query, args...)
	rows, err := on.QueryContext(ctx, query, append(db.oftenMode, args...)...)
	done(err)
	return rows, err
}

// watch tells the hooks of a statement that does not go through bun. The caller
// runs it with the context and calls done with what came of it.
func (db *DB) watch(ctx context.Context, query string, args ...any) (watched context.Context, done func(err error)) {
	event := &bun.QueryEvent{DB: db.bun, Query: query, QueryTemplate: query, QueryArgs: args, StartTime: time.Now()}
	for _, hook := range db.hooks {
		ctx = hook.BeforeQuery(ctx, event)
	}
	return ctx, func(err error) {
		event.Err = err
		for _, hook := range slices.Backward(db.hooks) {
			hook.AfterQuery(ctx, event)
		}
	}
}

// oftenInto is often for a query of bun's that has $1, $2, … in the places of
// its arguments. It fills the query's model.
func (db *DB) oftenInto(ctx context.Context, on querier, q *bun.SelectQuery, args ...any) error {
	rows, err := db.often(ctx, on, q.String(), args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	n, err := q.GetModel().ScanRows(ctx, rows)
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return errors.Join(err, rows.Err())
}
