package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"runyard/domain"
	"runyard/ports"
)

// Traces keeps each trace in a file that is written in place.
type Traces struct{ store *Store }

// Write stores the chunk from the byte offset on. A chunk that would leave a gap
// is refused, because nobody could tell the gap from zeros that were written.
func (t *Traces) Write(_ context.Context, trace ports.TraceID, offset int64, chunk []byte) error {
	file, err := t.openAt(trace, offset)
	if err != nil {
		return fmt.Errorf("write the trace of job %d: %w", trace.Job, err)
	}
	defer file.Close()
	if _, err := file.WriteAt(chunk, offset); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if offset > 0 {
		return nil
	}
	return t.store.syncDirectory(path.Dir(traceName(trace)))
}

// openAt opens the file. Only the first byte makes one.
func (t *Traces) openAt(trace ports.TraceID, offset int64) (*os.File, error) {
	if offset == 0 {
		if err := t.store.makeShard(traceName(trace)); err != nil {
			return nil, err
		}
		return t.store.root.OpenFile(traceName(trace), os.O_WRONLY|os.O_CREATE, fileMode)
	}
	file, err := t.store.root.OpenFile(traceName(trace), os.O_WRONLY, fileMode)
	if err != nil {
		return nil, err
	}
	if err := mustReach(file, offset); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func mustReach(file *os.File, offset int64) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < offset {
		return fmt.Errorf("it ends at byte %d, before byte %d", info.Size(), offset)
	}
	return nil
}

// Open reads the first size bytes of the trace.
func (t *Traces) Open(_ context.Context, trace ports.TraceID, size int64) (io.ReadCloser, error) {
	file, err := t.store.root.Open(traceName(trace))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &beginning{file: file, left: size}, nil
}

// Delete removes the trace.
func (t *Traces) Delete(_ context.Context, job domain.JobID) error {
	for _, repaired := range []bool{false, true} {
		err := t.store.root.Remove(traceName(ports.TraceID{Job: job, Repaired: repaired}))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func traceName(trace ports.TraceID) string {
	end := ".log"
	if trace.Repaired {
		end = ".repaired.log"
	}
	return path.Join(shardOf(tracesDirectory, int(trace.Job)), fmt.Sprintf("%d%s", trace.Job, end))
}

// beginning is the first bytes of a file that may go on, or of no file at all.
type beginning struct {
	file *os.File // nil: there is none
	left int64
}

// Read fails where a file ends too early.
func (b *beginning) Read(p []byte) (n int, err error) {
	if b.left <= 0 {
		return 0, io.EOF
	}
	err = io.EOF
	if b.file != nil {
		n, err = b.file.Read(p[:min(int64(len(p)), b.left)])
	}
	b.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%d bytes of the trace are missing: %w", b.left, io.ErrUnexpectedEOF)
	}
	return n, err
}

// Close closes the file.
func (b *beginning) Close() error {
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}
