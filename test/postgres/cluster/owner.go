package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	// longestPlace leaves room for the name of the socket: the path of a Unix
	// socket has about 100 bytes at most.
	longestPlace = 70
	// leastMemory is room for the log of the server and a hundred test databases.
	leastMemory = 2 << 30
)

// owner is the user that the server runs as. PostgreSQL refuses to run as root.
type owner struct {
	uid, gid uint32
	foreign  bool // another user than that of this process
}

// findOwner picks the user of this process or, for root, an unprivileged one.
func findOwner() (*owner, error) {
	if os.Geteuid() != 0 {
		return &owner{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
		if uidErr == nil && gidErr == nil && uid != 0 {
			return &owner{uid: uint32(uid), gid: uint32(gid), foreign: true}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody: run as an ordinary user")
}

// own makes cmd run as the owner, in a process group of its own: an interrupt
// from the keyboard must reach the tests, not the server under them.
func (o *owner) own(cmd *exec.Cmd, dir string) {
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if o.foreign {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
}

// give makes the owner own path.
func (o *owner) give(path string) error {
	if !o.foreign {
		return nil
	}
	if err := os.Chown(path, int(o.uid), int(o.gid)); err != nil {
		return fmt.Errorf("give a file to the user of the PostgreSQL server: %w", err)
	}
	return nil
}

// makeDirectory makes a directory that belongs to the owner alone, in the first
// of places that the owner can reach: root's own may be closed to others.
func makeDirectory(o *owner, places []string) (string, error) {
	for _, place := range places {
		resolved, err := filepath.EvalSymlinks(place)
		if err != nil || len(resolved) > longestPlace || !o.reaches(resolved) {
			continue
		}
		dir, err := os.MkdirTemp(resolved, "runyard-postgres-")
		if err != nil {
			continue
		}
		if err := o.give(dir); err != nil {
			return "", errors.Join(err, os.Remove(dir))
		}
		return dir, nil
	}
	return "", errors.New("no directory for temporary files suits the PostgreSQL server: set TMPDIR to a short path that everybody may enter")
}

// temporaryPlaces puts memory first, if there is enough: making a database
// writes hundreds of small files, which took 9 ms there and 260 ms on a disk.
func temporaryPlaces() []string {
	const memory = "/dev/shm"
	var stat syscall.Statfs_t
	if err := syscall.Statfs(memory, &stat); err == nil && uint64(stat.Bavail)*uint64(stat.Bsize) >= leastMemory {
		return append([]string{memory}, diskPlaces()...)
	}
	return diskPlaces()
}

// diskPlaces are those that are on a disk on most machines.
func diskPlaces() []string { return []string{os.TempDir(), "/tmp", "/var/tmp"} }

// reaches reports whether the owner may enter path, as far as permission bits say.
func (o *owner) reaches(path string) bool {
	if !o.foreign {
		return true
	}
	for {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		parent := filepath.Dir(path)
		if parent == path {
			return true
		}
		path = parent
	}
}
