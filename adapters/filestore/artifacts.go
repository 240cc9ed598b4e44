package filestore

import (
	"context"
	"crypto/rand"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"runyard/domain"
	"runyard/ports"
)

// Artifacts keeps each artifact in a file, which gets its name when it is
// complete.
type Artifacts struct{ store *Store }

// Put stores the content under the key. What was there before stays until then.
func (a *Artifacts) Put(ctx context.Context, key string, content io.Reader, limit int64) (int64, error) {
	if err := ports.CheckArtifactKey(key); err != nil {
		return 0, err
	}
	upload := path.Join(uploadsDirectory, rand.Text())
	size, err := a.receive(upload, ports.LimitArtifact(ctx, content, limit))
	if err == nil {
		err = a.publish(upload, artifactName(key))
	}
	if err != nil {
		_ = a.remove(upload) // if it stays, the next start removes it
		return 0, err
	}
	return size, nil
}

// receive returns when the content is on the disk.
func (a *Artifacts) receive(upload string, content io.Reader) (int64, error) {
	file, err := a.store.root.OpenFile(upload, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	size, err := io.Copy(file, content)
	if err != nil {
		return 0, err
	}
	return size, file.Sync()
}

// publish returns when the upload is on the disk under its name.
func (a *Artifacts) publish(upload, name string) error {
	if err := a.store.makeShard(name); err != nil {
		return err
	}
	if err := a.store.root.Rename(upload, name); err != nil {
		return err
	}
	if err := a.store.syncDirectory(path.Dir(name)); err != nil {
		return errors.Join(err, a.remove(name))
	}
	return nil
}

// Open reads what is stored under the key.
func (a *Artifacts) Open(_ context.Context, key string) (io.ReadCloser, error) {
	if err := ports.CheckArtifactKey(key); err != nil {
		return nil, err
	}
	file, err := a.store.root.Open(artifactName(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, domain.NotFound("Artifacts")
	}
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Delete removes what is stored under the key.
func (a *Artifacts) Delete(_ context.Context, key string) error {
	if err := ports.CheckArtifactKey(key); err != nil {
		return err
	}
	return a.remove(artifactName(key))
}

func (a *Artifacts) remove(name string) error {
	if err := a.store.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// artifactName is one element below a shard, since directories of their own for
// keys would stay behind empty. No key has a plus.
func artifactName(key string) string {
	shard := int(crc32.ChecksumIEEE([]byte(key)) % shards)
	return path.Join(shardOf(artifactsDirectory, shard), strings.ReplaceAll(key, "/", "+"))
}
