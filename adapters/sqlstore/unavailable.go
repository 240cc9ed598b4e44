package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlitecodes "modernc.org/sqlite/lib"
)

// Unavailable tells whether err says that the database cannot be used right now,
// which may be different a moment later: it is gone, does not answer in time, is
// full, or lets others go first. What was asked of it may have happened or not.
func Unavailable(err error) bool {
	var noConnection *noConnectionError
	var lost *lostConnectionError
	var notConnected *pgconn.ConnectError
	var refused *pgconn.PgError
	var onFile *sqlite.Error
	switch {
	case err == nil:
		return false
	case errors.Is(err, context.Canceled):
		return false // nobody wanted to know
	case errors.As(err, &noConnection), errors.As(err, &lost), errors.As(err, &notConnected), pgconn.Timeout(err), pgconn.SafeToRetry(err),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone):
		return true
	case errors.As(err, &refused):
		return postgresUnavailable(refused.Code)
	case errors.As(err, &onFile):
		return sqliteUnavailable(onFile.Code())
	}
	return false
}

// The SQLSTATEs that say something about the server and nothing about the
// statement: single ones, and classes by their first two letters.
const (
	tooManyConnections  = "53300"
	readOnlyTransaction = "25006" // it is the standby of another one now
)

func postgresUnavailable(code string) bool {
	switch code {
	case readOnlyTransaction,
		"25P03", "25P04", // a transaction took too long
		"40001", "40P01", // another one went first
		"55P03",                                              // a lock was not to be had in time
		"57014", "57P01", "57P02", "57P03", "57P04", "57P05": // cancelled, or shutting down
		return true
	}
	for _, class := range []string{"08", "53", "58"} { // connection, resources, the system below
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return false
}

// sqliteUnavailable looks at the primary code, which are the low eight bits.
func sqliteUnavailable(code int) bool {
	switch code & 0xff {
	case sqlitecodes.SQLITE_BUSY, sqlitecodes.SQLITE_LOCKED, sqlitecodes.SQLITE_IOERR, sqlitecodes.SQLITE_FULL,
		sqlitecodes.SQLITE_CANTOPEN, sqlitecodes.SQLITE_READONLY, sqlitecodes.SQLITE_PROTOCOL, sqlitecodes.SQLITE_NOMEM:
		return true
	}
	return false
}
