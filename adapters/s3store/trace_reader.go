package s3store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"
)

// trace reads the first size bytes of the chunks, one request after the other.
type trace struct {
	ctx    context.Context
	store  *Store
	chunks []chunk
	at     int64
	size   int64

	content io.ReadCloser // of the chunk that at lies in; nil before the first
	left    int64         // bytes of it that count
}

// Read fails where a piece is missing.
func (t *trace) Read(p []byte) (int, error) {
	for t.left == 0 {
		if t.at >= t.size {
			return 0, io.EOF
		}
		if err := t.openNext(); err != nil {
			return 0, err
		}
	}
	n, err := t.content.Read(p[:min(int64(len(p)), t.left)])
	t.at += int64(n)
	t.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF) && t.left == 0:
		err = nil
	case errors.Is(err, io.EOF):
		err = t.missing()
	}
	return n, err
}

// openNext opens a chunk that at lies in. What the next one begins with, and what
// follows the end of the trace, does not count.
func (t *trace) openNext() error {
	if err := t.Close(); err != nil {
		return err
	}
	next, end := t.find()
	if end <= t.at {
		return t.missing()
	}
	var options minio.GetObjectOptions
	if err := options.SetRange(t.at-next.offset, end-next.offset-1); err != nil {
		return err
	}
	content, _, _, err := t.store.client.GetObject(t.ctx, t.store.bucket, next.name, options)
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return t.missing()
	}
	if err != nil {
		return err
	}
	t.content, t.left = content, end-t.at
	return nil
}

// find returns the chunk that at lies in and begins last, the largest of those,
// and up to where it is good. The end is not beyond at if there is none.
func (t *trace) find() (found chunk, end int64) {
	for _, c := range t.chunks {
		switch {
		case c.offset > t.at:
			return found, min(end, c.offset)
		case c.offset+c.size > t.at:
			found, end = c, min(c.offset+c.size, t.size)
		}
	}
	return found, end
}

func (t *trace) missing() error {
	return fmt.Errorf("%d bytes of the trace are missing: %w", t.size-t.at, io.ErrUnexpectedEOF)
}

// Close ends the request that is under way.
func (t *trace) Close() error {
	if t.content == nil {
		return nil
	}
	err := t.content.Close()
	t.content, t.left = nil, 0
	return err
}
