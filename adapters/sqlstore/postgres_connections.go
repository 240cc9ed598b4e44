package sqlstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// sessionLimits are what the server bounds for each connection of the pool,
// unless the URL says otherwise. The wait for locks is part of a statement. The
// client waits a little longer than the server, which may be gone without a word.
var sessionLimits = map[string]string{
	"statement_timeout":                   "10s",
	"idle_in_transaction_session_timeout": "30s",
}

const (
	// answerDelay is what the answer to a statement may take beyond
	// statement_timeout.
	answerDelay = 2 * time.Second
	// acquireTimeout bounds the wait for a connection of the pool.
	acquireTimeout = 5 * time.Second
	// probeDelay is what a look at the server may take once it is connected.
	probeDelay = 2 * time.Second
)

// takeSessionLimits moves the limits out of the parameters of the start, which
// poolers like PgBouncer refuse, into a statement that sets them. The timeout is
// that of the client for a statement; zero: none.
func takeSessionLimits(parameters map[string]string) (statement string, timeout time.Duration, err error) {
	var set strings.Builder
	for name, fallback := range sessionLimits {
		value, given := parameters[name]
		if !given {
			value = fallback
		}
		delete(parameters, name)
		limit, err := parseLimit(value)
		if err != nil {
			return "", 0, fmt.Errorf("%s in the PostgreSQL URL is no duration such as 10s or 500ms", name)
		}
		if name == "statement_timeout" && limit > 0 {
			timeout = limit + answerDelay
		}
		fmt.Fprintf(&set, "SET %s = %d;", name, limit.Milliseconds())
	}
	return set.String(), timeout, nil
}

// parseLimit reads a duration as PostgreSQL writes it: without a unit it is in
// milliseconds.
func parseLimit(text string) (time.Duration, error) {
	if ms, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(ms) * time.Millisecond, nil
	}
	limit, err := time.ParseDuration(strings.Replace(text, "min", "m", 1))
	if err == nil && limit < 0 {
		err = errors.New("negative")
	}
	return limit, err
}

// statementDeadlines bounds the wait for the answer to each statement.
type statementDeadlines struct{ timeout time.Duration }

type endStatementKey struct{}

// TraceQueryStart implements pgx.QueryTracer.
func (d statementDeadlines) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	return context.WithValue(ctx, endStatementKey{}, cancel)
}

// TraceQueryEnd implements pgx.QueryTracer: the last row was read.
func (statementDeadlines) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	if cancel, ok := ctx.Value(endStatementKey{}).(context.CancelFunc); ok {
		cancel()
	}
}

// connector gives out the connections of the pool, and bounds the wait for one.
type connector struct{ driver.Connector }

// errAway spares the wait for a server that is not there.
var errAway = errors.New("the database is gone")

// mayConnect is for pgxpool.Config.BeforeConnect. Pools have no idle connections
// while the server is gone, so that everybody who wants one comes here.
func (a *availability) mayConnect(context.Context, *pgx.ConnConfig) error {
	if a.away.Load() {
		return &noConnectionError{errAway}
	}
	return nil
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	bounded, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	conn, err := c.Connector.Connect(bounded)
	if err != nil && ctx.Err() == nil {
		err = &noConnectionError{err}
	}
	return conn, err
}

// acquire takes a connection of the pool past database/sql, and bounds the wait
// for it. It is to be released.
func acquire(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Conn, error) {
	bounded, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	conn, err := pool.Acquire(bounded)
	if err != nil && ctx.Err() == nil {
		err = &noConnectionError{err}
	}
	return conn, err
}

// noConnectionError says that there is no connection to be had.
type noConnectionError struct{ cause error }

// Error says why.
func (e *noConnectionError) Error() string {
	return "no connection to the database: " + e.cause.Error()
}

// Unwrap is the reason.
func (e *noConnectionError) Unwrap() error { return e.cause }

// markLost makes the failures of a connection to the database known as such:
// the network fails in the same words everywhere.
func markLost(dial pgconn.DialFunc) pgconn.DialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &markedConn{conn}, nil
	}
}

type markedConn struct{ net.Conn }

// Read marks what fails.
func (c *markedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	return n, lostConnection(err)
}

// Write marks what fails.
func (c *markedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	return n, lostConnection(err)
}

func lostConnection(err error) error {
	if err == nil {
		return nil
	}
	return &lostConnectionError{err}
}

// lostConnectionError says that a connection to the database failed in use. It
// is a net.Error, as pgx and crypto/tls want to know.
type lostConnectionError struct{ cause error }

// Error says what failed.
func (e *lostConnectionError) Error() string {
	return "lost the connection to the database: " + e.cause.Error()
}

// Unwrap is what failed.
func (e *lostConnectionError) Unwrap() error { return e.cause }

// Timeout implements net.Error.
func (e *lostConnectionError) Timeout() bool {
	cause, ok := errors.AsType[net.Error](e.cause)
	return ok && cause.Timeout()
}

// Temporary implements net.Error, to which it belongs for the sake of old times.
func (*lostConnectionError) Temporary() bool { return false }

// probePostgreSQL tells whether somebody who connects now can write. It connects
// anew: old connections may lead elsewhere.
func probePostgreSQL(config *pgx.ConnConfig) func(ctx context.Context) error {
	limit := probeDelay + time.Duration(1+len(config.Fallbacks))*config.ConnectTimeout
	return func(ctx context.Context) (err error) {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		conn, err := pgx.ConnectConfig(ctx, config.Copy())
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close(ctx) }() // there is nothing to lose
		var readOnly string
		if err := conn.QueryRow(ctx, "SHOW transaction_read_only").Scan(&readOnly); err != nil {
			return err
		}
		if readOnly == "on" {
			return errReadOnly
		}
		return nil
	}
}

var errReadOnly = errors.New("the database is read-only: is it the standby of another one?")

func isReadOnly(err error) bool { return hasSQLState(err, readOnlyTransaction) }

// isFull: the server is there, but has no connection to spare.
func isFull(err error) bool { return hasSQLState(err, tooManyConnections) }

func hasSQLState(err error, code string) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && refused.Code == code
}
