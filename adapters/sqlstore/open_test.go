package sqlstore_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/sqlstore"
	"runyard/domain"
	"runyard/test/postgres"
)

func TestOpenRefusesWhatItCannotOpen(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	noDatabase := filepath.Join(folder, "text")
	require.NoError(t, os.WriteFile(noDatabase, []byte("this is a text and no database, however long one makes it"), 0o600))
	for name, test := range map[string]struct{ url, says string }{
		"scheme":            {"mysql://root@localhost/x", "sqlite: or postgres://"},
		"missing folder":    {"sqlite:" + filepath.Join(folder, "missing", "x.db"), "no such file or directory"},
		"not a database":    {"sqlite:" + noDatabase, "not a database"},
		"nobody listens":    {"postgres://someone:hunter2@127.0.0.1:1/x?connect_timeout=1", "refused"},
		"malformed URL":     {"postgres://someone:hunter2@127.0.0.1:port/x", "cannot be read"},
		"missing root file": {"postgres://someone:hunter2@127.0.0.1/x?sslmode=verify-full&sslrootcert=/missing.pem", "/missing.pem"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sqlstore.Open(t.Context(), test.url)
			require.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestSQLiteFile(t *testing.T) {
	t.Parallel()
	// Every character that means something in a URI must mean itself in a path.
	path := filepath.Join(t.TempDir(), "a ?b#c%20d&e.db")
	db := openMigrated(t, "sqlite:"+path)

	t.Run("only its owner can read it", func(t *testing.T) {
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	})

	t.Run("every connection has the pragmas", func(t *testing.T) {
		var connections []*sql.Conn
		for range 4 {
			conn, err := db.SQL().Conn(t.Context())
			require.NoError(t, err)
			defer func() { require.NoError(t, conn.Close()) }()
			connections = append(connections, conn)
		}
		for _, conn := range connections {
			for pragma, want := range map[string]string{
				"journal_mode": "wal", "foreign_keys": "1", "synchronous": "2", "busy_timeout": "10000",
			} {
				var got string
				require.NoError(t, conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
				assert.Equal(t, want, got, pragma)
			}
		}
	})

	t.Run("a reader does not wait for a writer", func(t *testing.T) {
		tx, err := db.SQL().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer func() { require.NoError(t, tx.Rollback()) }()
		_, err = tx.ExecContext(t.Context(), "UPDATE instance SET root_token_id = 7")
		require.NoError(t, err)
		found, err := sqlstore.NewInstance(db).Find(t.Context())
		require.NoError(t, err)
		assert.Zero(t, found.RootToken)
	})
}

func TestSQLiteMemoryIsPrivate(t *testing.T) {
	t.Parallel()
	one, other := openMigrated(t, "sqlite::memory:"), openMigrated(t, "sqlite::memory:")
	require.NoError(t, sqlstore.NewInstance(one).Update(t.Context(), func(i *domain.Instance) error {
		i.RootToken = 7
		return nil
	}))
	found, err := sqlstore.NewInstance(other).Find(t.Context())
	require.NoError(t, err)
	assert.Zero(t, found.RootToken)
}

func TestPostgreSQLPoolSize(t *testing.T) {
	t.Parallel()
	url := postgres.NewDatabase(t)
	for name, test := range map[string]struct {
		parameter string
		want      int
	}{
		"by default":  {"", 20},
		"by the URL":  {"pool_max_conns=1", 1},
		"other modes": {"default_query_exec_mode=exec", 20},
	} {
		t.Run(name, func(t *testing.T) {
			db := openMigrated(t, withParameter(url, test.parameter))
			assert.Equal(t, test.want, db.PoolSize())
		})
	}
}

// Whoever finds all connections taken is told to come again, in good time: those
// who go through database/sql and those who do not.
func TestNobodyWaitsForAConnectionToPostgreSQLForLong(t *testing.T) {
	t.Parallel()
	db := openMigrated(t, withParameter(postgres.NewDatabase(t), "pool_max_conns=1"))
	taken, err := db.SQL().Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, taken.Close()) })
	for name, ask := range map[string]func(ctx context.Context) error{
		"a statement": func(ctx context.Context) error {
			_, err := db.SQL().ExecContext(ctx, "SELECT 1")
			return err
		},
		"a repository that reads": func(ctx context.Context) error {
			_, err := sqlstore.NewRunners(db).Find(ctx, 1)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err := ask(ctx)
			require.Error(t, err)
			assert.True(t, sqlstore.Unavailable(err), err)
			assert.NoError(t, ctx.Err(), "the server gave up, not the caller")
		})
	}
}
