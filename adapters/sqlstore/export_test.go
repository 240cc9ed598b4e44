package sqlstore

import "database/sql"

// SQL lets tests ask the database what no repository tells.
func (db *DB) SQL() *sql.DB { return db.bun.DB }
