package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

var (
	errBackUpPostgreSQL = errors.New("runyard copies SQLite alone: use PostgreSQL's own pg_dump, as docs/operations.md says")
	errBackUpMemory     = errors.New("a database in memory ends with its server: there is nothing to copy")
)

// BackUp copies the SQLite database that the URL names into a file of that name,
// which must not exist yet. The copy is the database as it was at one moment,
// with all that was committed and nothing that was not, also while servers
// write; they are not held up. Only the owner can read the file: it may hold the
// secret key. After an error there is no file.
func BackUp(ctx context.Context, databaseURL, file string) error {
	scheme, path, _ := strings.Cut(databaseURL, ":")
	switch {
	case scheme != "sqlite":
		return errBackUpPostgreSQL
	case path == sqliteMemory:
		return errBackUpMemory
	}
	if _, err := os.Stat(path); err != nil {
		return err // opening would make an empty database
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s exists already, and a backup overwrites nothing", file), err)
	}
	return copyByWay(file, func(unfinished string) error { return vacuumInto(ctx, path, unfinished) })
}

// copyByWay writes a copy beside the file and gives it its name when it is
// complete and on the disk, so that no half of one is ever taken for a backup.
func copyByWay(file string, write func(unfinished string) error) error {
	folder, err := os.MkdirTemp(filepath.Dir(file), ".runyard-backup-") // for the owner alone
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // what remains is no backup, and named so
	unfinished := filepath.Join(folder, "unfinished.db")
	if err := write(unfinished); err != nil {
		return err
	}
	if err := os.Chmod(unfinished, 0o600); err != nil {
		return err
	}
	if err := syncFile(unfinished); err != nil {
		return err
	}
	// Unlike a renaming, a link never replaces a file that came meanwhile.
	return os.Link(unfinished, file)
}

// vacuumInto copies what a reader sees at one moment.
func vacuumInto(ctx context.Context, path, file string) error {
	query := url.Values{"mode": {"ro"}, "_busy_timeout": {"10000"}}
	source, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.Clean(path)}).EscapedPath()+"?"+query.Encode())
	if err != nil {
		return err
	}
	_, err = source.ExecContext(ctx, "VACUUM INTO ?", file)
	return errors.Join(err, source.Close())
}

func syncFile(name string) error {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
