//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=storage.go -destination=mocks/storage.go -package=mocks

package ports

import (
	"context"
	"errors"
	"io"

	"runyard/domain"
)

// TraceID names what an agent sends of one job's trace. Repaired is what it sends
// after it was asked to send everything again, which may be something else.
type TraceID struct {
	Job      domain.JobID
	Repaired bool
}

// TraceStore keeps the bytes of traces. How many of them count is known to the
// job.
type TraceStore interface {
	// Write stores the chunk so that it begins at the byte offset. Everything
	// before it was written earlier. What else there is stays: a call that was
	// held up, perhaps in another process, and repeats bytes which were stored
	// meanwhile, takes nothing away. Whoever writes a byte twice writes the same.
	Write(ctx context.Context, trace TraceID, offset int64, chunk []byte) error
	// Open reads the first size bytes of the trace. What is missing is an error
	// of reading, not of opening. The caller closes the reader.
	Open(ctx context.Context, trace TraceID, size int64) (io.ReadCloser, error)
	// Delete removes all of the job's trace; one that is not there is no error.
	Delete(ctx context.Context, job domain.JobID) error
}

// ErrArtifactTooLarge refuses an artifact of more bytes than are allowed.
var ErrArtifactTooLarge = errors.New("the artifact is larger than allowed")

// ArtifactStore keeps the bytes of artifacts. It streams: memory does not grow
// with their size.
type ArtifactStore interface {
	// Put stores the content under the key and returns how many bytes it has.
	// More than limit bytes are ErrArtifactTooLarge; an error of reading comes
	// back as it is. After an error nothing is stored.
	Put(ctx context.Context, key string, content io.Reader, limit int64) (size int64, err error)
	// Open reads what is stored under the key. A key that is not there is a
	// not-found error of the domain ("Artifacts"). The caller closes the reader.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Delete removes what is stored under the key; nothing there is no error.
	Delete(ctx context.Context, key string) error
}
