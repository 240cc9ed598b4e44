package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// statement is the text of a query with $1, $2, … in the places of its
// arguments. PostgreSQL plans a text once for each connection, so that there must
// be few of them: what differs from request to request is an argument.
type statement struct {
	text string
	args []any
	// byValues: which plan is good hangs on the arguments so much that it pays to
	// plan each time.
	byValues bool
}

// arguments are collected while a statement is written.
type arguments []any

// add takes an argument and returns what stands in its place.
func (a *arguments) add(value any) string {
	*a = append(*a, value)
	return "$" + strconv.Itoa(len(*a))
}

// numbered is a text of bun's, with ?0, ?1, … in the places of its arguments, as
// a statement has it.
func numbered(text string) string {
	return strings.NewReplacer("?0", "$1", "?1", "$2", "?2", "$3").Replace(text)
}

// scanner is one row of a result.
type scanner interface{ Scan(into ...any) error }

// cursor goes through the rows of a result.
type cursor interface {
	scanner
	Next() bool
}

// read runs a statement and shows its rows, one by one, to each. Unlike bun it
// asks PostgreSQL directly, and lets it keep the plan. Hooks see it like any
// other.
func (db *DB) read(ctx context.Context, q statement, each func(row scanner) error) error {
	ctx, done := db.watch(ctx, q.text, q.args...)
	err := db.readRows(ctx, q, each)
	done(err)
	return err
}

// readOne reads the one row that the text selects by its argument. No row is the
// not-found error of the resource.
func (db *DB) readOne(ctx context.Context, text string, by any, resource string, into []any) error {
	read := false
	err := db.read(ctx, statement{text: text, args: []any{by}}, func(row scanner) error {
		read = true
		return row.Scan(into...)
	})
	if err == nil && !read {
		err = sql.ErrNoRows
	}
	return found(err, resource)
}

func (db *DB) readRows(ctx context.Context, q statement, each func(row scanner) error) error {
	if db.pool != nil {
		mode := db.oftenMode
		if mode != nil && q.byValues {
			mode = []any{pgx.QueryExecModeExec}
		}
		conn, err := acquire(ctx, db.pool)
		if err != nil {
			return err
		}
		defer conn.Release()
		rows, err := conn.Query(ctx, q.text, slices.Concat(mode, q.args)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		return errors.Join(forEach(rows, each), rows.Err())
	}
	rows, err := db.bun.DB.QueryContext(ctx, q.text, q.args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	return errors.Join(forEach(rows, each), rows.Err())
}

func forEach(rows cursor, each func(row scanner) error) error {
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return nil
}
