package sqlstore

import (
	"context"
	"database/sql"
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
