package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
)

// NewDatabaseFrom is NewDatabase, but the database starts as a copy of a template
// that prepare filled. The template is made once for each templateKey on the whole
// server, by whichever of the test processes comes first; so the key must change
// when prepare would do something else, for instance with a digest of all
// migrations. prepare must close its connections to url: a template that is in
// use cannot be copied.
//
// The templates stay on the server, named runyard_template_…; on one that
// outlives the tests they may be dropped at any time.
func NewDatabaseFrom(t testing.TB, templateKey string, prepare func(ctx context.Context, url string) error) string {
	t.Helper()
	return newDatabase(t, func(ctx context.Context, server *pgx.Conn, url string) (string, error) {
		template, err := ensureTemplate(ctx, server, url, templateKey, prepare)
		if err != nil {
			return "", err
		}
		return "TEMPLATE " + template + strategy(server), nil
	})
}

// strategy asks for the copy by files where the server knows it, from version 15
// on. The other way writes the whole template through the log.
func strategy(server *pgx.Conn) string {
	var major int
	if _, err := fmt.Sscanf(server.PgConn().ParameterStatus("server_version"), "%d", &major); err != nil || major < 15 {
		return ""
	}
	return " STRATEGY FILE_COPY"
}

// ensureTemplate returns the name of the finished template for key.
func ensureTemplate(ctx context.Context, server *pgx.Conn, url, key string, prepare func(ctx context.Context, url string) error) (_ string, err error) {
	name := templateName(key)
	if finished, err := isFinished(ctx, server, name); finished || err != nil {
		return name, err
	}
	// Advisory locks count within one database. This is the one in the URL of the
	// server for every process; PostgreSQL lets go when the connection ends.
	if _, err := server.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 0))", name); err != nil {
		return "", err
	}
	defer func() {
		_, unlockErr := server.Exec(ctx, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", name)
		err = errors.Join(err, unlockErr)
	}()
	if finished, err := isFinished(ctx, server, name); finished || err != nil {
		return name, err
	}
	return name, makeTemplate(ctx, server, url, name, prepare)
}

func templateName(key string) string {
	digest := sha256.Sum256([]byte(key))
	return "runyard_template_" + hex.EncodeToString(digest[:10])
}

// isFinished relies on makeTemplate: its last step turns a database into a
// template that accepts no connections.
func isFinished(ctx context.Context, server *pgx.Conn, name string) (finished bool, err error) {
	err = server.QueryRow(ctx,
		"SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate AND NOT datallowconn)", name).Scan(&finished)
	return finished, err
}

func makeTemplate(ctx context.Context, server *pgx.Conn, url, name string, prepare func(ctx context.Context, url string) error) error {
	// A process that died in prepare leaves half a template behind.
	if err := drop(name)(ctx, server); err != nil {
		return err
	}
	if _, err := server.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		return err
	}
	if err := prepare(ctx, withDatabase(url, name)); err != nil {
		return fmt.Errorf("prepare the template database: %w", err)
	}
	_, err := server.Exec(ctx, "ALTER DATABASE "+name+" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false")
	return err
}
