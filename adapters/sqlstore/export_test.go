package sqlstore

import "database/sql"

// SQL lets tests ask the database what no repository tells.
func (db *DB) SQL() *sql.DB { return db.bun.DB }

// PoolSize is how many connections to PostgreSQL there may be.
func (db *DB) PoolSize() int { return int(db.pool.Config().MaxConns) }
