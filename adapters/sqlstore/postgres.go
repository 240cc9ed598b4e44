package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"runyard/migrations"
)

const (
	// postgresConnections is the size of the pool unless the URL's
	// pool_max_conns says otherwise.
	postgresConnections = 20
	// postgresConnectTimeout bounds the wait for each host unless the URL's
	// connect_timeout says otherwise. It is short, so that the second host gets
	// its turn soon when the first one is gone without a word.
	postgresConnectTimeout = 3 * time.Second
	// migrationLock is the key of the advisory lock around migrations: no other
	// program should use it in the same database.
	migrationLock = 0x72756e79617264 // "runyard"
)

func openPostgreSQL(ctx context.Context, databaseURL string) (*DB, error) {
	config, err := postgresConfig(databaseURL)
	if err != nil {
		return nil, err
	}
	unbounded := config.ConnConfig.Copy()
	if err := boundStatements(config, unbounded); err != nil {
		return nil, err
	}
	availability := newAvailability(probePostgreSQL(unbounded))
	config.BeforeConnect = availability.mayConnect
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the PostgreSQL database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the PostgreSQL database: %w", err)
	}
	all, err := migrations.PostgreSQL()
	if err != nil {
		pool.Close()
		return nil, err
	}
	claiming, err := pgxpool.NewWithConfig(ctx, claimConfig(config))
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the PostgreSQL database: %w", err)
	}
	availability.drop = func() {
		pool.Reset()
		claiming.Reset()
	}
	connections := sql.OpenDB(connector{stdlib.GetPoolConnector(pool)})
	connections.SetMaxIdleConns(0) // the pool keeps them
	db := newBun(connections, pgdialect.New())
	open := &DB{
		bun: db, pool: pool, migrations: all, availability: availability,
		whileMigrating: lockMigrations(unbounded),
		oftenMode:      oftenMode(config),
		signals:        &postgresSignals{db: db, config: unbounded},
		closeRest: func() {
			claiming.Close()
			pool.Close()
		},
	}
	open.claims = newPostgresClaims(open, claiming)
	return open, nil
}

// claimConfig is for the few connections that hand jobs out. Unlike bun's they
// keep the plans of their statements, unless the URL says how queries are to be
// run: it does behind a pool that shares connections. All these statements look
// rows up by keys, however small the tables are when they are planned.
func claimConfig(config *pgxpool.Config) *pgxpool.Config {
	config = config.Copy()
	config.MaxConns, config.MinConns, config.MinIdleConns = claimLeaders, 0, 0
	if oftenMode(config) == nil {
		return config
	}
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	for name, value := range map[string]string{
		"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "jit": "off",
	} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	return config
}

// boundStatements bounds what a statement of the pool may take. The limits of
// the URL are of no concern to the connections outside the pool.
func boundStatements(config *pgxpool.Config, unbounded *pgx.ConnConfig) error {
	limits, timeout, err := takeSessionLimits(config.ConnConfig.RuntimeParams)
	if err != nil {
		return err
	}
	for name := range sessionLimits {
		delete(unbounded.RuntimeParams, name)
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, limits, pgx.QueryExecModeSimpleProtocol)
		return err
	}
	if timeout > 0 {
		config.ConnConfig.Tracer = statementDeadlines{timeout}
	}
	config.PingTimeout = probeDelay
	return nil
}

// postgresConfig reads the URL. What pgx says about a bad one is not passed on:
// for some mistakes it quotes a piece of the password.
func postgresConfig(databaseURL string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if unreadable, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, fmt.Errorf("the PostgreSQL URL needs a file that cannot be read: %w", unreadable)
	}
	if err != nil {
		return nil, errors.New("this PostgreSQL URL cannot be read")
	}
	// url.Parse does not take the several hosts of a libpq URL.
	_, query, _ := strings.Cut(databaseURL, "?")
	given, err := url.ParseQuery(query)
	if err != nil {
		return nil, errors.New("the parameters of this PostgreSQL URL cannot be read")
	}
	if !given.Has("pool_max_conns") {
		config.MaxConns = postgresConnections
	}
	if !given.Has("default_query_exec_mode") {
		// bun writes arguments into the text: preparing it would fill the cache
		// with statements that never come again.
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	}
	if !given.Has("connect_timeout") {
		config.ConnConfig.ConnectTimeout = postgresConnectTimeout
	}
	config.ConnConfig.DialFunc = markLost(config.ConnConfig.DialFunc)
	// bun doubles quotes in literals, which is all there is to escape only
	// while backslashes mean themselves.
	config.ConnConfig.RuntimeParams["standard_conforming_strings"] = "on"
	return config, nil
}

// oftenMode keeps the plans of frequent queries, unless the URL says how queries
// are to be run: it does behind a pool that shares connections.
func oftenMode(config *pgxpool.Config) []any {
	if config.ConnConfig.DefaultQueryExecMode != pgx.QueryExecModeSimpleProtocol {
		return nil
	}
	return []any{pgx.QueryExecModeCacheStatement}
}

// lockMigrations holds an advisory lock on a connection of its own while work
// has another one: neither is of the pool, whose statements must not take long.
// The lock ends with its connection, also when the node dies.
func lockMigrations(config *pgx.ConnConfig) func(ctx context.Context, work func(ctx context.Context, on *bun.DB) error) error {
	return func(ctx context.Context, work func(ctx context.Context, on *bun.DB) error) (err error) {
		conn, err := pgx.ConnectConfig(ctx, config.Copy())
		if err != nil {
			return fmt.Errorf("connect to lock migrations: %w", err)
		}
		defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
			return fmt.Errorf("lock migrations: %w", err)
		}
		on := bun.NewDB(stdlib.OpenDB(*config), pgdialect.New())
		defer func() { err = errors.Join(err, on.Close()) }()
		return work(ctx, on)
	}
}

// The SQLSTATEs of broken constraints.
const (
	foreignKeyViolation = "23503"
	uniqueViolation     = "23505"
)

// postgresViolation recognises broken constraints by SQLSTATE.
func postgresViolation(err error) violation {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return violatesNothing
	}
	switch refused.Code {
	case uniqueViolation:
		return violatesUniqueness
	case foreignKeyViolation:
		return violatesReference
	}
	return violatesNothing
}
