package s3store

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7"

	"runyard/domain"
)

// Traces keeps each trace in chunks, which are objects named by the place of
// their first byte. A chunk ends where the next one begins.
type Traces struct{ store *Store }

// chunk is an object with a piece of a trace.
type chunk struct {
	name   string
	offset int64
	size   int64
}

// Write stores the chunk from the byte offset on. An empty one is stored too: it
// cuts off the chunk before it.
func (t *Traces) Write(ctx context.Context, job domain.JobID, offset int64, content []byte) error {
	later, err := t.chunks(ctx, job, offset)
	if err != nil {
		return err
	}
	name := t.name(job, offset)
	_, err = t.store.client.Client.PutObject(ctx, t.store.bucket, name, bytes.NewReader(content), int64(len(content)), putOptions(0))
	if err != nil {
		return err
	}
	return t.remove(ctx, slices.DeleteFunc(later, func(c chunk) bool { return c.name == name }))
}

// Open reads the first size bytes of the trace.
func (t *Traces) Open(ctx context.Context, job domain.JobID, size int64) (io.ReadCloser, error) {
	chunks, err := t.chunks(ctx, job, 0)
	if err != nil {
		return nil, err
	}
	return &trace{ctx: ctx, store: t.store, chunks: chunks, size: size}, nil
}

// Delete removes the trace.
func (t *Traces) Delete(ctx context.Context, job domain.JobID) error {
	chunks, err := t.chunks(ctx, job, 0)
	if err != nil {
		return err
	}
	return t.remove(ctx, chunks)
}

// chunks lists those that begin at the byte first or later, in order.
func (t *Traces) chunks(ctx context.Context, job domain.JobID, first int64) ([]chunk, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	options := minio.ListObjectsOptions{Prefix: t.directory(job), Recursive: true}
	if first > 0 {
		options.StartAfter = t.name(job, first-1)
	}
	var chunks []chunk
	for object := range t.store.client.ListObjectsIter(ctx, t.store.bucket, options) {
		if object.Err != nil {
			return nil, object.Err
		}
		offset, err := strconv.ParseInt(strings.TrimPrefix(object.Key, options.Prefix), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is no piece of a trace", object.Key)
		}
		if offset >= first { // not every service starts where it is told to
			chunks = append(chunks, chunk{object.Key, offset, object.Size})
		}
	}
	return chunks, ctx.Err()
}

// remove reports the first failure after it tried all.
func (t *Traces) remove(ctx context.Context, chunks []chunk) error {
	if len(chunks) == 0 {
		return nil
	}
	objects := make([]minio.ObjectInfo, len(chunks))
	for i, c := range chunks {
		objects[i].Key = c.name
	}
	results, err := t.store.client.RemoveObjectsWithIter(ctx, t.store.bucket, slices.Values(objects), minio.RemoveObjectsOptions{})
	if err != nil {
		return err
	}
	for result := range results {
		if err == nil {
			err = result.Err
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	return err
}

func (t *Traces) directory(job domain.JobID) string {
	return fmt.Sprintf("%straces/%d/", t.store.prefix, job)
}

// name has as many digits as the largest offset, so that names sort like numbers.
func (t *Traces) name(job domain.JobID, offset int64) string {
	return fmt.Sprintf("%s%019d", t.directory(job), offset)
}
