package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func query[T any](t testing.TB, url, sql string, args ...any) T {
	t.Helper()
	// Cleanup functions query too, after the context of the test has ended.
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(ctx)) }()
	var result T
	require.NoError(t, conn.QueryRow(ctx, sql, args...).Scan(&result))
	return result
}

func execute(ctx context.Context, url, sql string) (err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	_, err = conn.Exec(ctx, sql)
	return err
}

func mustURL(t testing.TB) string {
	t.Helper()
	url, err := serverURL(os.Getenv)
	require.NoError(t, err)
	return url
}

func exists(t testing.TB, name string) bool {
	t.Helper()
	return query[bool](t, mustURL(t), "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name)
}

func TestEachDatabaseIsEmptyAndItsOwn(t *testing.T) {
	t.Parallel()
	first, second := NewDatabase(t), NewDatabase(t)
	assert.NotEqual(t, first, second)
	require.NoError(t, execute(t.Context(), first, "CREATE TABLE mine ()"))
	const tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
	assert.Equal(t, 1, query[int](t, first, tables))
	assert.Equal(t, 0, query[int](t, second, tables))
}

func TestADatabaseIsDroppedWhenItsTestEnds(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("that leaves a connection open", func(t *testing.T) {
		url := NewDatabase(t)
		name = query[string](t, url, "SELECT current_database()")
		_, err := pgx.Connect(t.Context(), url)
		require.NoError(t, err)
		assert.True(t, exists(t, name))
	})
	assert.False(t, exists(t, name))
}

func TestAServerIsDemandedAndNeverSkipped(t *testing.T) {
	t.Parallel()
	_, err := serverURL(func(string) string { return "" })
	require.ErrorContains(t, err, "TEST_POSTGRES_URL is not set: run `make test`")
	_, err = serverURL(func(string) string { return "host=localhost" })
	require.ErrorContains(t, err, "TEST_POSTGRES_URL is no URL")
}

func TestTheDatabaseOfAURLIsReplaced(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"postgres://h":                           "postgres://h/new",
		"postgres://h/old":                       "postgres://h/new",
		"postgresql://u:p@h:1/old?sslmode=a":     "postgresql://u:p@h:1/new?sslmode=a",
		"postgres://a:1,b:2/old":                 "postgres://a:1,b:2/new",
		"postgres://h?sslrootcert=/etc/ca.pem":   "postgres://h/new?sslrootcert=/etc/ca.pem",
		"postgres:///old?host=/var/run/postgres": "postgres:///new?host=/var/run/postgres",
	} {
		assert.Equal(t, want, withDatabase(url, "new"))
	}
}

// templateKey is of this run of the tests: on a server that outlives them, the
// next run must find nothing.
func templateKey(t *testing.T) string {
	t.Helper()
	key := t.Name() + rand.Text()
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		name := templateName(key)
		assert.NoError(t, onServer(ctx, mustURL(t), func(ctx context.Context, server *pgx.Conn) error {
			if _, err := server.Exec(ctx, "ALTER DATABASE "+name+" IS_TEMPLATE false"); err != nil {
				return err
			}
			return drop(name)(ctx, server)
		}))
	})
	return key
}

func TestATemplateIsPreparedOnceForAllWhoAskAtTheSameMoment(t *testing.T) {
	t.Parallel()
	key := templateKey(t)
	var prepared atomic.Int32
	urls := make([]string, 8)
	var group sync.WaitGroup
	for i := range urls {
		group.Go(func() {
			urls[i] = NewDatabaseFrom(t, key, func(ctx context.Context, url string) error {
				prepared.Add(1)
				return execute(ctx, url, "CREATE TABLE filled AS SELECT 42 AS answer")
			})
		})
	}
	group.Wait()
	assert.EqualValues(t, 1, prepared.Load())
	for i, url := range urls {
		require.NoError(t, execute(t.Context(), url, "INSERT INTO filled VALUES ("+strconv.Itoa(i)+")"))
	}
	for _, url := range urls {
		assert.Equal(t, 2, query[int](t, url, "SELECT count(*) FROM filled"), "a copy shares no rows with the others")
	}
}

func TestATemplateWhosePreparationFailedIsMadeAnew(t *testing.T) {
	t.Parallel()
	key := templateKey(t)
	err := onServer(t.Context(), mustURL(t), func(ctx context.Context, server *pgx.Conn) error {
		_, err := ensureTemplate(ctx, server, mustURL(t), key, func(ctx context.Context, url string) error {
			return errors.Join(execute(ctx, url, "CREATE TABLE half ()"), errors.New("no more"))
		})
		return err
	})
	require.ErrorContains(t, err, "no more")

	url := NewDatabaseFrom(t, key, func(ctx context.Context, url string) error {
		return execute(ctx, url, "CREATE TABLE half ()")
	})
	assert.Equal(t, 0, query[int](t, url, "SELECT count(*) FROM half"))
}

func TestNamesOfDatabasesAreShortEnoughForPostgreSQL(t *testing.T) {
	t.Parallel()
	assert.Less(t, len(templateName(strings.Repeat("key", 100))), 64)
}

func BenchmarkNewDatabaseFrom(b *testing.B) {
	key := rand.Text()
	for b.Loop() {
		NewDatabaseFrom(b, key, func(ctx context.Context, url string) error {
			return execute(ctx, url, "CREATE TABLE filled AS SELECT generate_series(1, 1000) AS n")
		})
	}
}
