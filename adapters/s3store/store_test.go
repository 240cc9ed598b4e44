package s3store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/s3store"
	"runyard/domain"
	"runyard/ports"
)

// serve starts a server and returns the configuration of a bucket on it.
func serve(t *testing.T, handler http.Handler) s3store.Config {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return s3store.Config{
		Endpoint: server.Listener.Addr().String(), Bucket: "runyard", Region: "us-east-1", Insecure: true,
		AccessKey: "hush-hush-key", SecretKey: "hush-hush-secret",
	}
}

func fake() http.Handler { return gofakes3.New(s3mem.New()).Server() }

func open(t *testing.T, config s3store.Config) *s3store.Store {
	t.Helper()
	store, err := s3store.Open(t.Context(), config)
	require.NoError(t, err)
	return store
}

func objectsIn(t *testing.T, config s3store.Config) (names []string) {
	t.Helper()
	for object := range look(t, config).ListObjects(t.Context(), config.Bucket, minio.ListObjectsOptions{Recursive: true}) {
		require.NoError(t, object.Err)
		names = append(names, object.Key)
	}
	return names
}

// unfinishedUploadsIn works only after an upload in parts was begun: until then
// the fake server answers with an error.
func unfinishedUploadsIn(t *testing.T, config s3store.Config) (names []string) {
	t.Helper()
	for upload := range look(t, config).ListIncompleteUploads(t.Context(), config.Bucket, "", true) {
		require.NoError(t, upload.Err)
		names = append(names, upload.Key)
	}
	return names
}

func look(t *testing.T, config s3store.Config) *minio.Client {
	t.Helper()
	client, err := minio.New(config.Endpoint, &minio.Options{Creds: credentials.NewStaticV4("key", "secret", ""), Region: config.Region})
	require.NoError(t, err)
	return client
}

func TestABucketThatIsMissingIsMade(t *testing.T) {
	t.Parallel()
	config := serve(t, fake())
	open(t, config)
	open(t, config)
}

func TestTwoStoresShareABucketAndPrefixesKeepThemApart(t *testing.T) {
	t.Parallel()
	config := serve(t, fake())
	config.Prefix = "one"
	require.NoError(t, open(t, config).Traces().Write(t.Context(), ports.TraceID{Job: 7}, 0, []byte("trace")))
	_, err := open(t, config).Artifacts().Put(t.Context(), "7/archive.zip", strings.NewReader("artifact"), 100)
	require.NoError(t, err)
	assert.Equal(t, []string{"one/artifacts/7/archive.zip", "one/traces/7/0000000000000000000-5"}, objectsIn(t, config))

	content, err := open(t, config).Artifacts().Open(t.Context(), "7/archive.zip")
	require.NoError(t, err)
	require.NoError(t, content.Close())
	config.Prefix = ""
	_, err = open(t, config).Artifacts().Open(t.Context(), "7/archive.zip")
	require.ErrorIs(t, err, domain.NotFound("Artifacts"))
}

func TestAFailedUploadLeavesNothingInTheBucket(t *testing.T) {
	t.Parallel()
	config := serve(t, fake())
	artifacts := open(t, config).Artifacts()
	for name, content := range map[string]io.Reader{
		"broken off": io.MultiReader(zeros(6<<20), iotest.ErrReader(errors.New("broken off"))),
		"cut off":    io.MultiReader(zeros(6<<20), iotest.ErrReader(io.ErrUnexpectedEOF)),
		"too large":  zeros(7<<20 + 1),
	} {
		_, err := artifacts.Put(t.Context(), "key", content, 7<<20)
		require.Error(t, err, name)
	}
	ctx, giveUp := context.WithCancel(t.Context())
	_, err := artifacts.Put(ctx, "key", io.MultiReader(zeros(6<<20), &cancelling{giveUp}, zeros(1)), 7<<20)
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, objectsIn(t, config))
	assert.Empty(t, unfinishedUploadsIn(t, config))
}

func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) { return len(p), nil }

type cancelling struct{ cancel context.CancelFunc }

func (c *cancelling) Read([]byte) (int, error) { c.cancel(); return 0, io.EOF }

func TestEachPieceOfATraceIsAnObjectUntilTheTraceIsDeleted(t *testing.T) {
	t.Parallel()
	config := serve(t, fake())
	traces := open(t, config).Traces()
	for _, piece := range []string{"x", "xy", "xy"} {
		require.NoError(t, traces.Write(t.Context(), ports.TraceID{Job: 7}, 0, []byte(piece)))
	}
	require.NoError(t, traces.Write(t.Context(), ports.TraceID{Job: 7, Repaired: true}, 0, []byte("y")))
	require.NoError(t, traces.Write(t.Context(), ports.TraceID{Job: 70}, 0, []byte("other")))
	assert.Equal(t, []string{
		"repaired-traces/7/0000000000000000000-1",
		"traces/7/0000000000000000000-1", "traces/7/0000000000000000000-2", "traces/70/0000000000000000000-5",
	}, objectsIn(t, config))
	require.NoError(t, traces.Delete(t.Context(), 7))
	assert.Equal(t, []string{"traces/70/0000000000000000000-5"}, objectsIn(t, config))
}

// The pieces have names as they had before the number of bytes was part of them.
func TestATraceOfMoreThanAThousandPiecesIsReadAndDeleted(t *testing.T) {
	t.Parallel()
	config := serve(t, fake())
	traces := open(t, config).Traces()
	const pieces = 1001 // a list has 1,000 at most
	bucket := look(t, config)
	for offset := range pieces {
		_, err := bucket.PutObject(t.Context(), config.Bucket, fmt.Sprintf("traces/7/%019d", offset), strings.NewReader("x"), 1,
			minio.PutObjectOptions{DisableContentSha256: true})
		require.NoError(t, err)
	}
	trace, err := traces.Open(t.Context(), ports.TraceID{Job: 7}, pieces)
	require.NoError(t, err)
	defer trace.Close()
	content, err := io.ReadAll(trace)
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("x", pieces), string(content))
	require.NoError(t, traces.Delete(t.Context(), 7))
	assert.Empty(t, objectsIn(t, config))
}

func TestABucketThatIsRefusedIsExplainedOnOneLineWithoutSecrets(t *testing.T) {
	t.Parallel()
	config := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	_, err := s3store.Open(t.Context(), config)
	require.EqualError(t, err, "bucket runyard at "+config.Endpoint+": Access Denied. (AccessDenied)")

	config = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "<Error><Code>TooManyBuckets</Code><Message>You have\ntoo many.</Message></Error>")
	}))
	_, err = s3store.Open(t.Context(), config)
	require.EqualError(t, err, "bucket runyard at "+config.Endpoint+": it does not exist and cannot be made: You have too many. (TooManyBuckets)")
}

func TestAServiceThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	config := serve(t, fake())
	server := httptest.NewServer(nil)
	config.Endpoint = server.Listener.Addr().String()
	server.Close()
	_, err := s3store.Open(t.Context(), config)
	require.ErrorContains(t, err, config.Endpoint)
	require.ErrorContains(t, err, "connection refused")
	assert.NotContains(t, err.Error(), "\n")
	assert.NotContains(t, err.Error(), "hush-hush")
}

func TestAFaultOfTheServiceIsNotTakenForAMissingArtifact(t *testing.T) {
	t.Parallel()
	healthy := fake()
	broken := false
	config := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<Error><Code>NoSuchBucket</Code><Message>gone</Message></Error>")
			return
		}
		healthy.ServeHTTP(w, r)
	}))
	store := open(t, config)
	broken = true
	_, err := store.Artifacts().Open(t.Context(), "key")
	require.ErrorContains(t, err, "gone")
	assert.False(t, domain.IsNotFound(err))
	_, err = store.Artifacts().Put(t.Context(), "key", strings.NewReader("x"), 1)
	require.Error(t, err)
	require.Error(t, store.Artifacts().Delete(t.Context(), "key"))
	require.Error(t, store.Traces().Write(t.Context(), ports.TraceID{Job: 7}, 0, []byte("x")))
	_, err = store.Traces().Open(t.Context(), ports.TraceID{Job: 7}, 1)
	require.Error(t, err)
	require.Error(t, store.Traces().Delete(t.Context(), 7))
}
