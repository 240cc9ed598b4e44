package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// programs skips where the tests run on the server of TEST_POSTGRES_URL alone:
// this package starts servers, and cannot without the programs.
func programs(t *testing.T) string {
	t.Helper()
	bin, err := FindPrograms(t.Context())
	if errors.Is(err, ErrNoPrograms) && os.Getenv("TEST_POSTGRES_URL") != "" {
		t.Skip("no PostgreSQL programs here, and TEST_POSTGRES_URL makes them needless")
	}
	require.NoError(t, err)
	return bin
}

func TestAClusterAnswersOverTCPAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	c, err := Start(t.Context(), programs(t))
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), c.URL())
	require.NoError(t, err)
	for setting, want := range map[string]string{
		"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
		"max_connections": "300", "server_encoding": "UTF8", "unix_socket_directories": c.Directory(),
	} {
		var got string
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&got))
		assert.Equal(t, want, got, setting)
	}
	var folds bool
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT 'Ä' ILIKE 'ä'").Scan(&folds))
	assert.True(t, folds)

	require.NoError(t, c.Stop(), "although a connection is open")
	assert.NoDirExists(t, c.Directory())
	_, err = pgx.Connect(t.Context(), c.URL())
	assert.Error(t, err)
}

func TestAClusterWantsItsPassword(t *testing.T) {
	t.Parallel()
	c, err := Start(t.Context(), programs(t))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, c.Stop()) })
	c.password = "guessed"
	_, err = pgx.Connect(t.Context(), c.URL())
	assert.ErrorContains(t, err, "password authentication failed")
}

func TestAStartThatIsInterruptedLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	if os.Geteuid() == 0 {
		// The server runs as somebody else then, who cannot enter the base.
		require.NoError(t, os.Chmod(base, 0o755))
		require.NoError(t, os.Chmod(filepath.Dir(base), 0o755))
	}
	bin := programs(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := start(ctx, bin, []string{base}, fleeting)
	require.ErrorIs(t, err, context.Canceled)
	entries, err := os.ReadDir(base)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestRootFindsADirectoryThatTheServerCanEnter(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root runs the server as somebody else")
	}
	closed := t.TempDir()
	require.NoError(t, os.Chmod(closed, 0o700))
	owner, err := findOwner()
	require.NoError(t, err)
	dir, err := makeDirectory(owner, []string{closed, "/no/such/place", "/tmp"})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.Remove(dir)) })
	assert.Equal(t, "/tmp", filepath.Dir(dir))
}

func TestTheNewestVersionIsPreferred(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, version := range []string{"9.6", "10", "15", "17"} {
		bin := filepath.Join(root, "v"+version)
		require.NoError(t, os.Mkdir(bin, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(bin, "initdb"), nil, 0o755))
		if version != "17" { // a client without server
			require.NoError(t, os.WriteFile(filepath.Join(bin, "postgres"), nil, 0o755))
		}
	}
	for version, want := range map[string]float64{"/usr/lib/postgresql/9.6/bin": 9.6, "/opt/postgresql@16/bin": 16, "/usr/local/bin": 0} {
		assert.InDelta(t, want, versionIn(version), 0.001)
	}
	dir, found := newest(filepath.Join(root, "v*"))
	require.True(t, found)
	assert.Equal(t, "v15", filepath.Base(dir))
}
