package load

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"runyard/test/bench/dataset"
)

const (
	// sqliteMoment is how moments stand in SQLite.
	sqliteMoment = "2006-01-02T15:04:05.000000Z"
	// rowsAtOnce is how many rows one INSERT has.
	rowsAtOnce = 200
)

// intoSQLite inserts everything in one transaction, without indexes until the end.
func intoSQLite(ctx context.Context, path string, tables []dataset.Table, progress func(string, int)) (err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=foreign_keys(OFF)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	indexes, err := dropSQLiteIndexes(ctx, tx)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if err := insertAll(ctx, tx, table, progress); err != nil {
			return fmt.Errorf("load %s: %w", table.Name, err)
		}
	}
	progress("indexes", 0)
	for _, index := range indexes {
		if _, err := tx.ExecContext(ctx, index); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	progress("statistics", 0)
	_, err = db.ExecContext(ctx, "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// dropSQLiteIndexes drops the indexes that are no constraints, and returns how to
// make them again.
func dropSQLiteIndexes(ctx context.Context, tx *sql.Tx) (definitions []string, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	var names []string
	for rows.Next() {
		var name, definition string
		if err := rows.Scan(&name, &definition); err != nil {
			return nil, err
		}
		names, definitions = append(names, name), append(definitions, definition)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := tx.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return nil, err
		}
	}
	return definitions, nil
}

// insertAll inserts many rows at a time. The last ones go one by one. What it
// prepares ends with the transaction.
func insertAll(ctx context.Context, tx *sql.Tx, table dataset.Table, progress func(string, int)) error {
	many, err := tx.PrepareContext(ctx, insertOf(table, rowsAtOnce))
	if err != nil {
		return err
	}
	defer func() { _ = many.Close() }()
	one, err := tx.PrepareContext(ctx, insertOf(table, 1))
	if err != nil {
		return err
	}
	defer func() { _ = one.Close() }()
	width := len(table.Columns)
	values := make([]any, 0, rowsAtOnce*width)
	for row := range table.Rows {
		for _, value := range row {
			values = append(values, sqliteValue(value))
		}
		if len(values) < cap(values) {
			continue
		}
		if _, err := many.ExecContext(ctx, values...); err != nil {
			return err
		}
		values = values[:0]
		progress(table.Name, rowsAtOnce)
	}
	for ; len(values) > 0; values = values[width:] {
		if _, err := one.ExecContext(ctx, values[:width]...); err != nil {
			return err
		}
		progress(table.Name, 1)
	}
	return nil
}

func insertOf(table dataset.Table, rows int) string {
	row := "(?" + strings.Repeat(", ?", len(table.Columns)-1) + ")"
	return "INSERT INTO " + table.Name + " (" + strings.Join(table.Columns, ", ") + ") VALUES " + row + strings.Repeat(", "+row, rows-1)
}

func sqliteValue(value any) any {
	if at, ok := value.(time.Time); ok {
		return at.UTC().Format(sqliteMoment)
	}
	return value
}
