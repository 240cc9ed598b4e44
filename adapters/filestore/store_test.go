package filestore_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/filestore"
	"runyard/ports"
)

func open(t *testing.T, dir string) *filestore.Store {
	t.Helper()
	store, err := filestore.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// filesIn lists the files below the directory, relative to it.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	}))
	return files
}

func TestWhatWasStoredIsThereAfterTheNextStart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "on", "the", "way")
	before := open(t, dir)
	require.NoError(t, before.Traces().Write(t.Context(), ports.TraceID{Job: 12345}, 0, []byte("trace")))
	_, err := before.Artifacts().Put(t.Context(), "12345/archive.zip", strings.NewReader("artifact"), 100)
	require.NoError(t, err)

	after := open(t, dir)
	trace, err := after.Traces().Open(t.Context(), ports.TraceID{Job: 12345}, 5)
	require.NoError(t, err)
	defer trace.Close()
	require.NoError(t, iotest.TestReader(trace, []byte("trace")))
	artifact, err := after.Artifacts().Open(t.Context(), "12345/archive.zip")
	require.NoError(t, err)
	defer artifact.Close()
	content, err := io.ReadAll(artifact)
	require.NoError(t, err)
	assert.Equal(t, "artifact", string(content))
	assert.Len(t, filesIn(t, dir), 2)
	assert.Contains(t, filesIn(t, dir), "traces/39/12345.log")
}

func TestNobodyElseMayReadTheFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	store := open(t, dir)
	require.NoError(t, store.Traces().Write(t.Context(), ports.TraceID{Job: 1}, 0, []byte("trace")))
	_, err := store.Artifacts().Put(t.Context(), "key", strings.NewReader("artifact"), 100)
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := entry.Info()
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, path)
		return nil
	}))
}

func TestAFailedUploadLeavesNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := io.MultiReader(strings.NewReader("begin"), iotest.ErrReader(errors.New("broken")))
	_, err := open(t, dir).Artifacts().Put(t.Context(), "key", broken, 100)
	require.Error(t, err)
	assert.Empty(t, filesIn(t, dir))
}

func TestTheNextStartRemovesUploadsThatWereCutOff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := open(t, dir)
	arriving, upload := io.Pipe()
	stored := make(chan error)
	go func() {
		_, err := store.Artifacts().Put(t.Context(), "key", arriving, 100)
		stored <- err
	}()
	_, err := io.WriteString(upload, "begin")
	require.NoError(t, err)
	require.Len(t, filesIn(t, dir), 1)

	open(t, dir)
	assert.Empty(t, filesIn(t, dir))

	require.NoError(t, upload.Close())
	require.Error(t, <-stored, "it lost its file to another process")
	assert.Empty(t, filesIn(t, dir))
}

func TestALinkDoesNotLeadOutOfTheDirectory(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "1.log"), []byte("private"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "traces"), 0o700))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "traces", "01")))
	traces := open(t, dir).Traces()
	require.Error(t, traces.Write(t.Context(), ports.TraceID{Job: 1}, 0, []byte("x")))
	_, err := traces.Open(t.Context(), ports.TraceID{Job: 1}, 7)
	require.Error(t, err)
	require.Error(t, traces.Delete(t.Context(), 1))
	content, err := os.ReadFile(filepath.Join(outside, "1.log"))
	require.NoError(t, err)
	assert.Equal(t, "private", string(content))
}

func TestATraceThatIsTooShortIsNotContinued(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	traces := open(t, dir).Traces()
	require.ErrorIs(t, traces.Write(t.Context(), ports.TraceID{Job: 1}, 3, []byte("x")), fs.ErrNotExist)
	assert.Empty(t, filesIn(t, dir))
	require.NoError(t, traces.Write(t.Context(), ports.TraceID{Job: 1}, 0, []byte("ab")))
	require.ErrorContains(t, traces.Write(t.Context(), ports.TraceID{Job: 1}, 3, []byte("x")), "trace of job 1: it ends at byte 2, before byte 3")
}

func TestAPlaceThatIsNoDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := filestore.Open(file)
	require.ErrorContains(t, err, file)
}
