// Package postgres gives each test a PostgreSQL database of its own.
//
// The server is that of TEST_POSTGRES_URL. `make test` sets it to a throw-away
// server; see the command with-postgres.
package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Variable is the environment variable with the URL of the server. Its user
// must be allowed to create databases.
const Variable = "TEST_POSTGRES_URL"

// timeout bounds the making and dropping of one database. It is generous: many
// tests do it at the same moment.
const timeout = 2 * time.Minute

// NewDatabase returns the URL of a fresh, empty database that belongs to t alone
// and is dropped when t ends. Without a server the test fails: PostgreSQL is
// never skipped.
func NewDatabase(t testing.TB) string {
	t.Helper()
	return newDatabase(t, func(_ context.Context, _ *pgx.Conn, _ string) (string, error) {
		// template0 is the one that nobody can be connected to, which would fail the copy.
		return "TEMPLATE template0", nil
	})
}

// newDatabase makes a database from the clause that origin returns for it.
func newDatabase(t testing.TB, origin func(ctx context.Context, server *pgx.Conn, url string) (string, error)) string {
	t.Helper()
	url, err := serverURL(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	name := "runyard_test_" + strings.ToLower(rand.Text())
	err = onServer(t.Context(), url, func(ctx context.Context, server *pgx.Conn) error {
		clause, err := origin(ctx, server, url)
		if err != nil {
			return err
		}
		_, err = server.Exec(ctx, "CREATE DATABASE "+name+" "+clause)
		return err
	})
	if err != nil {
		t.Fatalf("make a database for the test: %v", err)
	}
	t.Cleanup(func() {
		// The context of the test has ended by now.
		if err := onServer(context.WithoutCancel(t.Context()), url, drop(name)); err != nil {
			t.Errorf("drop the database of the test: %v", err)
		}
	})
	return withDatabase(url, name)
}

func drop(name string) func(ctx context.Context, server *pgx.Conn) error {
	return func(ctx context.Context, server *pgx.Conn) error {
		_, err := server.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		return err
	}
}

// onServer runs work on a connection of its own, and in bounded time.
func onServer(ctx context.Context, url string, work func(ctx context.Context, server *pgx.Conn) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	server, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to the server of %s: %w", Variable, err)
	}
	defer func() { err = errors.Join(err, server.Close(context.WithoutCancel(ctx))) }()
	return work(ctx, server)
}

func serverURL(getenv func(string) string) (string, error) {
	url := getenv(Variable)
	if url == "" {
		return "", errors.New(Variable + " is not set: run `make test`, or set it to the URL of a PostgreSQL server on which databases may be created")
	}
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return "", errors.New(Variable + " is no URL: write postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	return url, nil
}

// withDatabase replaces the database in a URL. It does so in the text because
// net/url does not read a list of hosts.
func withDatabase(url, name string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	rest, query, hasQuery := strings.Cut(rest, "?")
	authority, _, _ := strings.Cut(rest, "/")
	url = scheme + "://" + authority + "/" + name
	if hasQuery {
		url += "?" + query
	}
	return url
}
