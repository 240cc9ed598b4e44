package sqlstore

import (
	"context"
	"database/sql"
	"errors"
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
	event := &bun.QueryEvent{DB: db.bun, Query: query, QueryTemplate: query, QueryArgs: args, StartTime: time.Now()}
	for _, hook := range db.hooks {
		ctx = hook.BeforeQuery(ctx, event)
	}
	rows, err := on.QueryContext(ctx, query, append(db.oftenMode, args...)...)
	event.Err = err
	for i := range db.hooks {
		db.hooks[len(db.hooks)-1-i].AfterQuery(ctx, event)
	}
	return rows, err
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
