package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
	"github.com/uptrace/bun/schema"

	"runyard/ports"
)

// DB is an open database. The repositories of this package share it.
type DB struct {
	bun *bun.DB
	// pool is what bun's connections come from, for what is better asked of
	// PostgreSQL directly; nil on SQLite.
	pool *pgxpool.Pool
	// claims hands jobs out; nil on SQLite, which does without.
	claims *postgresClaims
	// writers take turns; nil on PostgreSQL, where many can write.
	writers    *sqliteWriters
	migrations *migrate.Migrations
	// whileMigrating runs work while no other node migrates the same database, or
	// again if one did. Work has a connection that waits for as long as it takes.
	whileMigrating func(ctx context.Context, work func(ctx context.Context, on *bun.DB) error) error
	availability   *availability
	signals        ports.QueueSignals
	// hooks are those of bun, for what does not go through it.
	hooks []bun.QueryHook
	// oftenMode comes before the arguments of a query that is run often.
	oftenMode []any
	// closeRest ends what bun's own Close leaves open.
	closeRest func()
}

// Open connects to the database that the URL names, or says why it cannot. It
// changes no schema: see Migrate. The error never holds the URL's password.
//
// The URL is sqlite:PATH, sqlite::memory: (a database of this DB alone, gone
// when it is closed) or a libpq URL of PostgreSQL. hooks see every statement.
func Open(ctx context.Context, databaseURL string, hooks ...bun.QueryHook) (*DB, error) {
	db, err := connect(ctx, databaseURL)
	if err != nil {
		return nil, err
	}
	for _, hook := range hooks {
		db.bun = db.bun.WithQueryHook(hook)
	}
	db.hooks = hooks
	return db, nil
}

func connect(ctx context.Context, databaseURL string) (*DB, error) {
	scheme, rest, _ := strings.Cut(databaseURL, ":")
	switch scheme {
	case "sqlite":
		return openSQLite(ctx, rest)
	case "postgres", "postgresql":
		return openPostgreSQL(ctx, databaseURL)
	}
	return nil, errors.New("the database URL must begin with sqlite: or postgres://")
}

// newBun passes over columns that it does not know: the migrations of a newer
// node, which runs beside this one for a while, may have added some.
func newBun(connections *sql.DB, dialect schema.Dialect) *bun.DB {
	return bun.NewDB(connections, dialect, bun.WithDiscardUnknownColumns())
}

// Close ends all connections. Nothing can be asked of the database afterwards.
func (db *DB) Close() error {
	err := db.bun.Close()
	db.closeRest()
	return err
}

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.bun.PingContext(ctx) }
