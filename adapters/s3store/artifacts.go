package s3store

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/minio/minio-go/v7"

	"runyard/domain"
	"runyard/ports"
)

// The bounds of S3 for an upload of many parts. A part is held in memory.
const (
	smallestPart = 5 << 20
	largestPart  = 5 << 30
	mostParts    = 10_000
)

// Artifacts keeps each artifact in an object.
type Artifacts struct{ store *Store }

// Put stores the content under the key: in one request if it is small, else in
// parts, which become an object when all are there.
func (a *Artifacts) Put(ctx context.Context, key string, content io.Reader, limit int64) (int64, error) {
	if err := ports.CheckArtifactKey(key); err != nil {
		return 0, err
	}
	source := &source{content: ports.LimitArtifact(ctx, content, limit)}
	var first bytes.Buffer
	size, err := io.CopyN(&first, source, smallestPart)
	if err == nil {
		size = -1 // there may be more
	}
	var whole io.Reader = bytes.NewReader(first.Bytes())
	if size < 0 {
		whole = io.MultiReader(whole, source)
	}
	if source.err != nil {
		return 0, source.err
	}
	stored, err := a.store.client.Client.PutObject(ctx, a.store.bucket, a.name(key), whole, size, putOptions(partSize(limit)))
	if source.err != nil {
		return 0, source.err
	}
	return stored.Size, err
}

// partSize is the smallest with which the parts suffice for limit bytes.
func partSize(limit int64) uint64 {
	return uint64(min(max(smallestPart, limit/mostParts+1), largestPart))
}

// Open reads what is stored under the key.
func (a *Artifacts) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := ports.CheckArtifactKey(key); err != nil {
		return nil, err
	}
	content, _, _, err := a.store.client.GetObject(ctx, a.store.bucket, a.name(key), minio.GetObjectOptions{})
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, domain.NotFound("Artifacts")
	}
	return content, err
}

// Delete removes what is stored under the key.
func (a *Artifacts) Delete(ctx context.Context, key string) error {
	if err := ports.CheckArtifactKey(key); err != nil {
		return err
	}
	return a.store.client.RemoveObject(ctx, a.store.bucket, a.name(key), minio.RemoveObjectOptions{})
}

func (a *Artifacts) name(key string) string { return a.store.prefix + "artifacts/" + key }

// source remembers why reading failed. It hides the reason from the client,
// which takes io.ErrUnexpectedEOF, the mark of an upload that was cut off, for
// the end of the content and would store what it has.
type source struct {
	content io.Reader
	err     error
}

var errReading = errors.New("the content cannot be read")

// Read passes on the content and its end.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.content.Read(p)
	if err == nil || err == io.EOF { // a wrapped end is an error, as it is for io.Copy
		return n, err
	}
	s.err = err
	return n, errReading
}
