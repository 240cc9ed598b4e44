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
)

// Traces keeps each trace in a file that is written in place.
type Traces struct{ store *Store }

// Write stores the chunk from the byte offset on. A chunk that would leave a gap
// is refused, because nobody could tell the gap from zeros that were written.
func (t *Traces) Write(_ context.Context, job domain.JobID, offset int64, chunk []byte) error {
	file, err := t.openAt(job, offset)
	if err != nil {
		return fmt.Errorf("write the trace of job %d: %w", job, err)
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
	return t.store.syncDirectory(path.Dir(traceName(job)))
}

// openAt opens the file, cut off at the offset. Only the first byte makes one.
func (t *Traces) openAt(job domain.JobID, offset int64) (*os.File, error) {
	if offset == 0 {
		if err := t.store.makeShard(traceName(job)); err != nil {
			return nil, err
		}
		return t.store.root.OpenFile(traceName(job), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	}
	file, err := t.store.root.OpenFile(traceName(job), os.O_WRONLY, fileMode)
	if err != nil {
		return nil, err
	}
	if err := cutOff(file, offset); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func cutOff(file *os.File, offset int64) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < offset {
		return fmt.Errorf("it ends at byte %d, before byte %d", info.Size(), offset)
	}
	return file.Truncate(offset)
}

// Open reads the first size bytes of the trace.
func (t *Traces) Open(_ context.Context, job domain.JobID, size int64) (io.ReadCloser, error) {
	file, err := t.store.root.Open(traceName(job))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &beginning{file: file, left: size}, nil
}

// Delete removes the trace.
func (t *Traces) Delete(_ context.Context, job domain.JobID) error {
	if err := t.store.root.Remove(traceName(job)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func traceName(job domain.JobID) string {
	return path.Join(shardOf(tracesDirectory, int(job)), fmt.Sprintf("%d.log", job))
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
