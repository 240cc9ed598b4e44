package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"runyard/adapters/filestore"
	"runyard/adapters/s3store"
	"runyard/ports"
)

// storage keeps the bytes of traces and artifacts while the service runs.
type storage struct {
	traces    ports.TraceStore
	artifacts ports.ArtifactStore
	close     func() error
}

// openStorage opens what the setting names. The caller closes it.
func openStorage(ctx context.Context, settings Settings) (storage, error) {
	opened, err := chooseStorage(ctx, settings)
	if err != nil {
		return storage{}, fmt.Errorf("--storage: %w", err)
	}
	return opened, nil
}

func chooseStorage(ctx context.Context, settings Settings) (storage, error) {
	switch {
	case settings.Storage.S3.Bucket != "":
		store, err := s3store.Open(ctx, settings.S3Config())
		if err != nil {
			return storage{}, err
		}
		return storage{store.Traces(), store.Artifacts(), func() error { return nil }}, nil
	case settings.Storage.Directory != "":
		return openDirectory(settings.Storage.Directory)
	}
	return openTemporaryDirectory()
}

func openDirectory(dir string) (storage, error) {
	store, err := filestore.Open(dir)
	if err != nil {
		return storage{}, err
	}
	return storage{store.Traces(), store.Artifacts(), store.Close}, nil
}

// openTemporaryDirectory removes the directory at the end.
func openTemporaryDirectory() (storage, error) {
	dir, err := os.MkdirTemp("", "runyard-*")
	if err != nil {
		return storage{}, err
	}
	opened, err := openDirectory(dir)
	if err != nil {
		return storage{}, errors.Join(err, os.RemoveAll(dir))
	}
	closeDirectory := opened.close
	opened.close = func() error { return errors.Join(closeDirectory(), os.RemoveAll(dir)) }
	return opened, nil
}
