package s3store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7"

	"runyard/domain"
	"runyard/ports"
)

// Traces keeps each trace in chunks, which are objects named by the place and the
// number of their bytes: none of other bytes replaces one. Chunks may overlap.
type Traces struct{ store *Store }

// chunk is an object with a piece of a trace.
type chunk struct {
	name   string
	offset int64
	size   int64
}

// Write stores the chunk from the byte offset on.
func (t *Traces) Write(ctx context.Context, trace ports.TraceID, offset int64, content []byte) error {
	name := t.name(trace, offset, len(content))
	_, err := t.store.client.Client.PutObject(ctx, t.store.bucket, name, bytes.NewReader(content), int64(len(content)), putOptions(0))
	return err
}

// Open reads the first size bytes of the trace.
func (t *Traces) Open(ctx context.Context, id ports.TraceID, size int64) (io.ReadCloser, error) {
	chunks, err := t.chunks(ctx, id)
	if err != nil {
		return nil, err
	}
	return &trace{ctx: ctx, store: t.store, chunks: chunks, size: size}, nil
}

// Delete removes the trace.
func (t *Traces) Delete(ctx context.Context, job domain.JobID) error {
	for _, repaired := range []bool{false, true} {
		chunks, err := t.chunks(ctx, ports.TraceID{Job: job, Repaired: repaired})
		if err != nil {
			return err
		}
		if err := t.remove(ctx, chunks); err != nil {
			return err
		}
	}
	return nil
}

// chunks lists the chunks in the order of their offsets, those that reach
// furthest last.
func (t *Traces) chunks(ctx context.Context, trace ports.TraceID) ([]chunk, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	options := minio.ListObjectsOptions{Prefix: t.directory(trace), Recursive: true}
	var chunks []chunk
	for object := range t.store.client.ListObjectsIter(ctx, t.store.bucket, options) {
		if object.Err != nil {
			return nil, object.Err
		}
		place, _, _ := strings.Cut(strings.TrimPrefix(object.Key, options.Prefix), "-")
		offset, err := strconv.ParseInt(place, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is no piece of a trace", object.Key)
		}
		chunks = append(chunks, chunk{object.Key, offset, object.Size})
	}
	slices.SortFunc(chunks, func(a, b chunk) int { return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.size, b.size)) })
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

func (t *Traces) directory(trace ports.TraceID) string {
	kind := "traces"
	if trace.Repaired {
		kind = "repaired-traces"
	}
	return fmt.Sprintf("%s%s/%d/", t.store.prefix, kind, trace.Job)
}

// name begins with as many digits as the largest offset has.
func (t *Traces) name(trace ports.TraceID, offset int64, size int) string {
	return fmt.Sprintf("%s%019d-%d", t.directory(trace), offset, size)
}
