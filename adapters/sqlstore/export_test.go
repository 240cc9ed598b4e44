package sqlstore

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"
)

// SQL lets tests ask the database what no repository tells.
func (db *DB) SQL() *sql.DB { return db.bun.DB }

// PoolSize is how many connections to PostgreSQL there may be.
func (db *DB) PoolSize() int { return int(db.pool.Config().MaxConns) }

// InTx runs work in a transaction, as repositories do.
func (db *DB) InTx(ctx context.Context, work func(ctx context.Context, tx bun.Tx) error) error {
	return db.inTx(ctx, work)
}
