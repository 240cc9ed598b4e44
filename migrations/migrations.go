// Package migrations holds the history of the database schema, once for every
// dialect. A change gets a file of the same name in both folders, named
// YYYYMMDDNNNNNN_subject.tx.up.sql: the ending makes it run in a transaction.
//
// A node can die between a migration and the note that it was applied. So each
// file must do no harm when it runs again: IF NOT EXISTS, ON CONFLICT DO NOTHING.
// SQLite cannot say so of a column; there a file is a template and asks whether
// the column is lacking: {{if call .lacks "table" "column"}} ALTER … {{end}}.
package migrations

import (
	"embed"
	"io/fs"

	"github.com/uptrace/bun/migrate"
)

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// PostgreSQL returns the migrations of PostgreSQL.
func PostgreSQL() (*migrate.Migrations, error) { return in("postgres") }

// SQLite returns the migrations of SQLite.
func SQLite() (*migrate.Migrations, error) { return in("sqlite") }

func in(folder string) (*migrate.Migrations, error) {
	dialect, err := fs.Sub(files, folder)
	if err != nil {
		return nil, err
	}
	all := migrate.NewMigrations()
	if err := all.Discover(dialect); err != nil {
		return nil, err
	}
	return all, nil
}
