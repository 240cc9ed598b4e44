// Package filestore keeps traces and artifacts in files below one directory:
//
//	traces/39/12345.log             the trace of job 12345
//	traces/39/12345.repaired.log    what its agent sent when it sent it again
//	artifacts/c4/12345+archive.zip  the artifact 12345/archive.zip
//	uploads/                        artifacts that are still arriving
//
// The sub-directories keep each of them small. What was acknowledged is on the
// disk: it survives the end of the process and a loss of power.
package filestore

import (
	"errors"
	"fmt"
	"os"
	"path"
	"sync"

	"runyard/ports"
)

var (
	_ ports.TraceStore    = (*Traces)(nil)
	_ ports.ArtifactStore = (*Artifacts)(nil)
)

const (
	tracesDirectory    = "traces"
	artifactsDirectory = "artifacts"
	uploadsDirectory   = "uploads"

	directoryMode = 0o700
	fileMode      = 0o600
	shards        = 256
)

// Store is a directory with everything in it. No file outside can be reached
// through it.
type Store struct {
	root *os.Root

	lock sync.Mutex
	made map[string]bool // the sub-directories that are known to be on the disk
}

// Open uses the directory and makes it if it is missing. It removes what an
// earlier process left of uploads that were cut off; one that another process is
// receiving into the same directory fails.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, directoryMode); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{root: root, made: map[string]bool{}}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

// Close ends the use of the directory. What is being read stays readable.
func (s *Store) Close() error { return s.root.Close() }

// Traces are the traces below the directory.
func (s *Store) Traces() *Traces { return &Traces{s} }

// Artifacts are the artifacts below the directory.
func (s *Store) Artifacts() *Artifacts { return &Artifacts{s} }

// prepare begins with an empty directory of uploads.
func (s *Store) prepare() error {
	if err := s.root.RemoveAll(uploadsDirectory); err != nil {
		return err
	}
	for _, name := range []string{uploadsDirectory, tracesDirectory, artifactsDirectory} {
		if err := s.root.MkdirAll(name, directoryMode); err != nil {
			return err
		}
	}
	return s.syncDirectory(".")
}

func shardOf(kind string, number int) string {
	return path.Join(kind, fmt.Sprintf("%02x", number%shards))
}

// makeShard returns when the sub-directory that the file is in is on the disk,
// whoever made it.
func (s *Store) makeShard(file string) error {
	shard := path.Dir(file)
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.made[shard] {
		return nil
	}
	if err := s.root.MkdirAll(shard, directoryMode); err != nil {
		return err
	}
	if err := s.syncDirectory(path.Dir(shard)); err != nil {
		return err
	}
	s.made[shard] = true
	return nil
}

// syncDirectory brings the names in a directory to the disk.
func (s *Store) syncDirectory(name string) error {
	directory, err := s.root.Open(name)
	if err != nil {
		return err
	}
	defer directory.Close()
	return directory.Sync()
}
