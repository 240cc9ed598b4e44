package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"runyard/domain"
)

// violation says which kind of constraint refused a statement.
type violation int

const (
	violatesNothing violation = iota
	violatesUniqueness
	violatesReference
)

// violationOf recognises a broken constraint by the code of the driver.
func violationOf(db bun.IDB, err error) violation {
	if isPostgreSQL(db) {
		return postgresViolation(err)
	}
	return sqliteViolation(err)
}

func isPostgreSQL(db bun.IDB) bool { return db.Dialect().Name() == dialect.PG }

// taken turns a broken uniqueness into the refusal.
func taken(db bun.IDB, err error, refusal *domain.Error) error {
	if err != nil && violationOf(db, err) == violatesUniqueness {
		return refusal
	}
	return err
}

// errTokenTaken refuses a second owner of the same token.
var errTokenTaken = domain.Conflict("Token has already been taken")

// found names the resource when a row that was asked for is not there.
func found(err error, resource string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return domain.NotFound(resource)
	}
	return err
}

// affected names the resource when a statement found no row to work on.
func affected(result sql.Result, err error, resource string) error {
	if err != nil {
		return err
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if rows == 0 {
		return domain.NotFound(resource)
	}
	return nil
}

// reference is a row of another table that a row points to; a zero id is none.
type reference struct {
	table    string
	id       int64
	resource string
}

// missing turns a broken foreign key into not-found of the first reference that
// points to nothing. SQLite does not say which constraint was broken, so it
// asks, after the transaction that failed.
func missing(ctx context.Context, db *DB, err error, references ...reference) error {
	if err == nil || violationOf(db.bun, err) != violatesReference {
		return err
	}
	for _, to := range references {
		if to.id == 0 {
			continue
		}
		exists, lookupErr := db.bun.NewSelect().TableExpr("?", bun.Ident(to.table)).Where("id = ?", to.id).Exists(ctx)
		if lookupErr != nil {
			return errors.Join(err, lookupErr)
		}
		if !exists {
			return domain.NotFound(to.resource)
		}
	}
	return err
}

// The strengths of row locks.
const (
	// forChange keeps other writers away, but lets rows be made that point here.
	forChange = "NO KEY UPDATE"
	// forDeletion keeps away those who make such rows, too.
	forDeletion = "UPDATE"
	// forPointing keeps away who would delete the row, and nobody else.
	forPointing = "KEY SHARE"
	// forReading keeps away who would change or delete the row.
	forReading = "SHARE"
)

// lockRow locks the row until the transaction ends. That it is not there is
// left to the statement that reads it.
func lockRow[ID ~int64](ctx context.Context, tx bun.Tx, table string, id ID, strength string) error {
	return lockRows(ctx, tx, tx.NewSelect().TableExpr("?", bun.Ident(table)).Where("id = ?", id), strength)
}

// lockRows locks rows until the transaction ends, in the order of their ids so
// that two who lock several cannot wait for each other. SQLite has no row locks
// and needs none: its transactions begin with the only write lock there is.
func lockRows(ctx context.Context, tx bun.Tx, rows *bun.SelectQuery, strength string) error {
	if !isPostgreSQL(tx) {
		return nil
	}
	var ids []int64
	err := rows.ColumnExpr("id").OrderExpr("id").For(strength).Scan(ctx, &ids)
	if strings.HasSuffix(strength, noWait) && hasSQLState(err, lockNotAvailable) {
		err = fmt.Errorf("%w: %w", errNotWaitedFor, err)
	}
	return err
}

// inOneGo runs writes to different tables: on PostgreSQL as one statement, which
// saves the way there and back, on SQLite, where there is no way, one by one.
func inOneGo(ctx context.Context, tx bun.Tx, writes []bun.Query) error {
	if isPostgreSQL(tx) && len(writes) > 1 {
		writes = []bun.Query{together(tx, writes)}
	}
	for _, write := range writes {
		if _, err := tx.NewRaw("?", write).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

func together(tx bun.Tx, writes []bun.Query) bun.Query {
	var text strings.Builder
	args := make([]any, len(writes))
	last := len(writes) - 1
	for i, write := range writes {
		args[i] = write
		switch i {
		case 0:
			text.WriteString("WITH ")
		case last:
			text.WriteString(" ?")
			continue
		default:
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "write_%d AS (?)", i)
	}
	return tx.NewRaw(text.String(), args...)
}

// caseKey is the form in which names are compared without regard to case. It is
// computed here because the databases' own lower() differ beyond ASCII.
func caseKey(text string) string { return strings.ToLower(text) }

var likeWildcards = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// maxSearch is more bytes than any name has: a text that is longer is in none,
// and no more is its beginning. SQLite refuses patterns of 50,000 bytes.
const maxSearch = 4096

// contains is the LIKE pattern of keys with the text somewhere inside.
func contains(text string) string {
	key := caseKey(text)
	if len(key) > maxSearch {
		key = strings.ToValidUTF8(key[:maxSearch], "")
	}
	return "%" + likeWildcards.Replace(key) + "%"
}
