package contract

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/ports"
)

// ArtifactStore checks what ports.ArtifactStore promises; open makes an empty one.
func ArtifactStore(t *testing.T, open func(t *testing.T) ports.ArtifactStore) {
	t.Helper()
	for sentence, test := range map[string]func(*testing.T, ports.ArtifactStore){
		"Put stores every byte and counts them":             artifactIsStored,
		"Put stores nothing as an empty artifact":           artifactMayBeEmpty,
		"Put takes as many bytes as are allowed":            artifactReachesTheLimit,
		"Put refuses one byte more than is allowed":         artifactExceedsTheLimit,
		"Put reads hardly more than is allowed":             artifactIsNotReadOn,
		"Put gives back the error of the reader":            artifactBreaksOff,
		"Put stores nothing once its context has ended":     artifactIsGivenUp,
		"Put replaces what was there":                       artifactIsReplaced,
		"Put leaves what was there if it fails":             artifactIsNotReplaced,
		"Put keeps keys apart":                              artifactsAreApart,
		"Put takes many artifacts at once":                  artifactsArriveAtOnce,
		"Put, Open and Delete refuse a key that is no path": artifactKeyIsChecked,
		"Open of a missing key is a not-found error":        artifactIsMissing,
		"Delete removes it, and nothing there is no error":  artifactIsDeleted,
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

const (
	someKey  = "12/archive.zip"
	manyByte = 5<<20 + 5 // of S3, a whole part and a piece
)

func put(t *testing.T, store ports.ArtifactStore, key, content string) {
	t.Helper()
	size, err := store.Put(t.Context(), key, strings.NewReader(content), int64(len(content))+1)
	require.NoError(t, err)
	require.EqualValues(t, len(content), size)
}

func assertArtifact(t *testing.T, store ports.ArtifactStore, key, want string) {
	t.Helper()
	reader, err := store.Open(t.Context(), key)
	require.NoError(t, err)
	got, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	assert.True(t, want == string(got), "%d bytes, which begin with %.40q", len(got), got) // a difference of megabytes helps nobody
}

func assertNoArtifact(t *testing.T, store ports.ArtifactStore, key string) {
	t.Helper()
	_, err := store.Open(t.Context(), key)
	assertNotFound(t, "Artifacts", err)
}

// megabytes is a content in which no two blocks are equal.
func megabytes() string {
	var content bytes.Buffer
	for block := 0; content.Len() < manyByte; block++ {
		fmt.Fprintf(&content, "%01000d", block)
	}
	return content.String()[:manyByte]
}

func artifactIsStored(t *testing.T, store ports.ArtifactStore) {
	for key, content := range map[string]string{"small": "PK\x03\x04\x00\xff\r\n", "large": megabytes()} {
		put(t, store, key, content)
		assertArtifact(t, store, key, content)
	}
}

func artifactMayBeEmpty(t *testing.T, store ports.ArtifactStore) {
	size, err := store.Put(t.Context(), someKey, strings.NewReader(""), 0)
	require.NoError(t, err)
	assert.Zero(t, size)
	assertArtifact(t, store, someKey, "")
}

func artifactReachesTheLimit(t *testing.T, store ports.ArtifactStore) {
	for _, content := range []string{"12345", megabytes()} {
		size, err := store.Put(t.Context(), someKey, iotest.HalfReader(strings.NewReader(content)), int64(len(content)))
		require.NoError(t, err)
		assert.EqualValues(t, len(content), size)
		assertArtifact(t, store, someKey, content)
	}
}

func artifactExceedsTheLimit(t *testing.T, store ports.ArtifactStore) {
	for _, content := range []string{"1", "12345", megabytes()} {
		_, err := store.Put(t.Context(), someKey, strings.NewReader(content), int64(len(content))-1)
		require.ErrorIs(t, err, ports.ErrArtifactTooLarge)
		assertNoArtifact(t, store, someKey)
	}
}

func artifactIsNotReadOn(t *testing.T, store ports.ArtifactStore) {
	content := &endless{}
	_, err := store.Put(t.Context(), someKey, content, manyByte)
	require.ErrorIs(t, err, ports.ErrArtifactTooLarge)
	assert.EqualValues(t, manyByte+1, content.read)
}

func artifactBreaksOff(t *testing.T, store ports.ArtifactStore) {
	causes := []error{errRefused, io.ErrUnexpectedEOF, fmt.Errorf("cut off: %w", io.EOF)}
	for begin, causes := range map[string][]error{"": causes, "12345": causes, megabytes(): {io.ErrUnexpectedEOF}} {
		for _, cause := range causes {
			_, err := store.Put(t.Context(), someKey, io.MultiReader(strings.NewReader(begin), iotest.ErrReader(cause)), 2*manyByte)
			assert.Equal(t, cause, err)
			assertNoArtifact(t, store, someKey)
		}
	}
}

func artifactIsGivenUp(t *testing.T, store ports.ArtifactStore) {
	ctx, giveUp := context.WithCancel(t.Context())
	content := io.MultiReader(strings.NewReader(megabytes()), readerFunc(func([]byte) (int, error) {
		giveUp()
		return 0, nil
	}), strings.NewReader("more"))
	_, err := store.Put(ctx, someKey, content, 2*manyByte)
	require.ErrorIs(t, err, context.Canceled)
	assertNoArtifact(t, store, someKey)
}

func artifactIsReplaced(t *testing.T, store ports.ArtifactStore) {
	put(t, store, someKey, "a longer first")
	put(t, store, someKey, "second")
	assertArtifact(t, store, someKey, "second")
	put(t, store, someKey, "")
	assertArtifact(t, store, someKey, "")
}

func artifactIsNotReplaced(t *testing.T, store ports.ArtifactStore) {
	put(t, store, someKey, "first")
	for _, begin := range []string{"second", megabytes()} {
		_, err := store.Put(t.Context(), someKey, io.MultiReader(strings.NewReader(begin), iotest.ErrReader(errRefused)), 2*manyByte)
		require.ErrorIs(t, err, errRefused)
		assertArtifact(t, store, someKey, "first")
	}
}

func artifactsAreApart(t *testing.T, store ports.ArtifactStore) {
	keys := []string{"1", "1/a", "1/a/b", "1-a", "A", "1/A", "..a", "a..", ".a", strings.Repeat("k", 200)}
	for _, key := range keys {
		put(t, store, key, "of "+key)
	}
	for _, key := range keys {
		assertArtifact(t, store, key, "of "+key)
	}
	require.NoError(t, store.Delete(t.Context(), "1/a"))
	assertNoArtifact(t, store, "1/a")
	assertArtifact(t, store, "1/a/b", "of 1/a/b")
}

func artifactsArriveAtOnce(t *testing.T, store ports.ArtifactStore) {
	for _, err := range concurrently(16, func(i int) error {
		for _, key := range []string{"shared", fmt.Sprintf("own/%d", i)} {
			if _, err := store.Put(t.Context(), key, strings.NewReader(strings.Repeat(key, 1000)), 1<<20); err != nil {
				return err
			}
		}
		return nil
	}) {
		require.NoError(t, err)
	}
	assertArtifact(t, store, "shared", strings.Repeat("shared", 1000))
	for i := range 16 {
		key := fmt.Sprintf("own/%d", i)
		assertArtifact(t, store, key, strings.Repeat(key, 1000))
	}
}

func artifactKeyIsChecked(t *testing.T, store ports.ArtifactStore) {
	for _, key := range []string{
		"", ".", "..", "/", "/etc/passwd", "../a", "a/../../b", "a/..", "a/./b", "a//b", "a/", `a\b`, "a\x00b", "a\nb", "a+b", "ä", "%2e%2e/a", "a b",
		strings.Repeat("k", 201),
	} {
		_, err := store.Put(t.Context(), key, strings.NewReader("content"), 100)
		require.Error(t, err, "%q", key)
		_, err = store.Open(t.Context(), key)
		require.Error(t, err, "%q", key)
		require.Error(t, store.Delete(t.Context(), key), "%q", key)
	}
}

func artifactIsMissing(t *testing.T, store ports.ArtifactStore) {
	assertNoArtifact(t, store, someKey)
	put(t, store, someKey+"/more", "content")
	assertNoArtifact(t, store, someKey)
}

func artifactIsDeleted(t *testing.T, store ports.ArtifactStore) {
	require.NoError(t, store.Delete(t.Context(), someKey))
	put(t, store, someKey, "content")
	require.NoError(t, store.Delete(t.Context(), someKey))
	assertNoArtifact(t, store, someKey)
	require.NoError(t, store.Delete(t.Context(), someKey))
}

// readerFunc is a reader that is one function.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// endless is a content that never ends, and counts what was read of it.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.read += int64(len(p))
	return len(p), nil
}
