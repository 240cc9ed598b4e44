package main

import (
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/s3store"
	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

func TestAgentsHaveTheirDefaultLimits(t *testing.T) {
	t.Parallel()
	settings, err := settingsOf(nil, nil)
	require.NoError(t, err)
	assert.Equal(t, application.AgentLimits{
		LongPoll: 50 * time.Second, Trace: 16 << 20, Artifact: 100 << 20,
		Sweep: domain.SweepLimits{
			Pending: 24 * time.Hour, Unmatched: time.Hour, Unacknowledged: 2 * time.Minute, Silent: 5 * time.Minute, Overtime: 15 * time.Minute,
		},
	}, settings.Agents)
}

func TestTheStorageLivesAsLongAsTheDatabaseUnlessItIsNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		flags []string
		want  StorageSettings
	}{
		{nil, StorageSettings{Directory: "runyard-data"}},
		{[]string{"--database-url=postgres://h/db"}, StorageSettings{Directory: "runyard-data"}},
		{[]string{"--database-url=sqlite::memory:"}, StorageSettings{}},
		{[]string{"--database-url=sqlite::memory:", "--storage=file:kept"}, StorageSettings{Directory: "kept"}},
		{[]string{"--storage=s3://minio:9000/bucket/ci?region=eu&insecure=true"}, StorageSettings{
			S3: s3store.Config{Endpoint: "minio:9000", Bucket: "bucket", Prefix: "ci", Region: "eu", Insecure: true},
		}},
	} {
		settings, err := settingsOf(test.flags, nil)
		require.NoError(t, err)
		assert.Equal(t, test.want, settings.Storage)
	}
}

// requireStorage checks that an artifact goes in and comes out.
func requireStorage(t *testing.T, opened storage) {
	t.Helper()
	_, err := opened.artifacts.Put(t.Context(), "1/archive.zip", strings.NewReader("content"), 100)
	require.NoError(t, err)
	artifact, err := opened.artifacts.Open(t.Context(), "1/archive.zip")
	require.NoError(t, err)
	defer artifact.Close()
	content, err := io.ReadAll(artifact)
	require.NoError(t, err)
	assert.Equal(t, "content", string(content))
	require.NoError(t, opened.traces.Write(t.Context(), ports.TraceID{Job: 1}, 0, []byte("trace")))
}

func TestADirectoryStaysAfterTheEnd(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	opened, err := openStorage(t.Context(), Settings{Storage: StorageSettings{Directory: dir}})
	require.NoError(t, err)
	requireStorage(t, opened)
	require.NoError(t, opened.close())
	assert.DirExists(t, filepath.Join(dir, "artifacts"))
}

func TestATemporaryDirectoryIsRemovedAtTheEnd(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	opened, err := openStorage(t.Context(), Settings{})
	require.NoError(t, err)
	requireStorage(t, opened)
	entries, err := os.ReadDir(temporary)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
	require.NoError(t, opened.close())
	entries, err = os.ReadDir(temporary)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestABucketIsUsedWithTheCredentialsOfTheSettings(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	t.Cleanup(server.Close)
	settings, err := settingsOf([]string{"--storage=s3://" + server.Listener.Addr().String() + "/bucket?insecure=true&region=us-east-1"},
		[]string{"RUNYARD_S3_ACCESS_KEY=key", "RUNYARD_S3_SECRET_KEY_FILE=" + secretFile(t, "hush-hush\n")})
	require.NoError(t, err)
	assert.Equal(t, "key", settings.S3Config().AccessKey.Reveal())
	assert.Equal(t, "hush-hush", settings.S3Config().SecretKey.Reveal())
	opened, err := openStorage(t.Context(), settings)
	require.NoError(t, err)
	requireStorage(t, opened)
	require.NoError(t, opened.close())
}

func TestAStorageThatCannotBeOpenedIsNamed(t *testing.T) {
	t.Parallel()
	file := secretFile(t, "a file")
	_, err := openStorage(t.Context(), Settings{Storage: StorageSettings{Directory: file}})
	require.ErrorContains(t, err, "--storage: ")
	require.ErrorContains(t, err, file)
}
