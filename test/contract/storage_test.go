package contract_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"

	"runyard/adapters/filestore"
	"runyard/adapters/s3store"
	"runyard/ports"
	"runyard/test/contract"
)

func TestFileStore(t *testing.T) {
	t.Parallel()
	contract.TraceStore(t, func(t *testing.T) ports.TraceStore { return openFileStore(t).Traces() })
	contract.ArtifactStore(t, func(t *testing.T) ports.ArtifactStore { return openFileStore(t).Artifacts() })
}

func TestS3Store(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	t.Cleanup(server.Close)
	contract.TraceStore(t, func(t *testing.T) ports.TraceStore { return openS3Store(t, server).Traces() })
	contract.ArtifactStore(t, func(t *testing.T) ports.ArtifactStore { return openS3Store(t, server).Artifacts() })
}

// The next two run alone: tests that are parallel wait for those that are not.

func TestTheFileStoreHoldsNoArtifactInMemory(t *testing.T) {
	contract.ArtifactMemory(t, openFileStore(t).Artifacts())
}

func TestTheS3StoreHoldsNoArtifactInMemory(t *testing.T) {
	server := httptest.NewServer(&forgetful{})
	t.Cleanup(server.Close)
	contract.ArtifactMemory(t, openS3Store(t, server).Artifacts())
}

func openFileStore(t *testing.T) *filestore.Store {
	t.Helper()
	store, err := filestore.Open(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// openS3Store uses a bucket of its own.
func openS3Store(t *testing.T, server *httptest.Server) *s3store.Store {
	t.Helper()
	store, err := s3store.Open(t.Context(), s3store.Config{
		Endpoint: server.Listener.Addr().String(), Insecure: true, Region: "us-east-1",
		Bucket: strings.ToLower(rand.Text()), Prefix: "runyard",
		AccessKey: "key", SecretKey: "secret",
	})
	require.NoError(t, err)
	return store
}

// forgetful speaks the S3 of one upload in parts and counts its bytes. The fake
// server that the other tests use holds parts in the memory of this process.
type forgetful struct{ size int64 }

func (f *forgetful) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	switch {
	case r.Method == http.MethodPost && query.Has("uploads"):
		f.size = 0
		_, _ = io.WriteString(w, `<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>`)
	case r.Method == http.MethodPut && query.Has("partNumber"):
		size, _ := io.Copy(io.Discard, r.Body)
		f.size += size
		w.Header().Set("ETag", `"part"`)
	case r.Method == http.MethodPost:
		w.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(w, `<CompleteMultipartUploadResult><Bucket>b</Bucket><ETag>"whole"</ETag></CompleteMultipartUploadResult>`)
	case r.Method == http.MethodGet:
		w.Header().Set("Content-Length", strconv.FormatInt(f.size, 10))
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		_, _ = io.CopyN(w, zeros{}, f.size)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
