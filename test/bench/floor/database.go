package floor

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// connections is as many as requests come at the same time.
const connections = 16

// sqliteMoment is how moments stand in SQLite.
const sqliteMoment = "2006-01-02T15:04:05.000000Z"

// database runs prepared statements with arguments $1, $2, …
type database interface {
	// query calls each for every row, which it reads by scan.
	query(ctx context.Context, statement string, each func(scan func(...any) error) error, args ...any) error
	// moment is a moment as an argument.
	moment(at time.Time) any
	close()
}

func open(ctx context.Context, url string) (database, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return openSQLite(path)
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = connections
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	return postgres{pool}, nil
}

// postgres prepares every statement once in each connection, as pgx does unless
// told otherwise.
type postgres struct{ pool *pgxpool.Pool }

func (p postgres) query(ctx context.Context, statement string, each func(scan func(...any) error) error, args ...any) error {
	rows, err := p.pool.Query(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (postgres) moment(at time.Time) any { return at }
func (p postgres) close()                { p.pool.Close() }

// sqlite prepares every statement once.
type sqlite struct {
	db       *sql.DB
	prepared sync.Map // of *sql.Stmt
}

func openSQLite(path string) (*sqlite, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_busy_timeout=10000&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&mode=rw")
	if err != nil {
		return nil, err
	}
	const readers = 8
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	return &sqlite{db: db}, nil
}

func (s *sqlite) query(ctx context.Context, statement string, each func(scan func(...any) error) error, args ...any) error {
	prepared, err := s.prepare(ctx, statement) //nolint:sqlclosecheck // it is kept for the next request
	if err != nil {
		return err
	}
	rows, err := prepared.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *sqlite) prepare(ctx context.Context, statement string) (*sql.Stmt, error) {
	if known, ok := s.prepared.Load(statement); ok {
		return known.(*sql.Stmt), nil
	}
	// SQLite takes $1 for a name.
	prepared, err := s.db.PrepareContext(context.WithoutCancel(ctx), strings.ReplaceAll(statement, "$", "?"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", statement, err)
	}
	s.prepared.Store(statement, prepared)
	return prepared, nil
}

func (*sqlite) moment(at time.Time) any { return at.UTC().Format(sqliteMoment) }
func (s *sqlite) close()                { _ = s.db.Close() }

// moment reads a moment from either database; zero: NULL.
type moment struct{ time.Time }

// Scan implements sql.Scanner.
func (m *moment) Scan(value any) (err error) {
	switch at := value.(type) {
	case time.Time:
		m.Time = at.UTC()
	case string:
		m.Time, err = time.Parse(sqliteMoment, at)
	}
	return err
}

// MarshalJSON writes milliseconds in UTC, or null.
func (m moment) MarshalJSON() ([]byte, error) {
	if m.IsZero() {
		return []byte("null"), nil
	}
	return []byte(m.UTC().Truncate(time.Millisecond).Format(`"2006-01-02T15:04:05.000Z"`)), nil
}
