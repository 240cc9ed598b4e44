package cluster

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrNoPrograms says that PostgreSQL's server programs are not on this machine.
var ErrNoPrograms = errors.New("PostgreSQL is not installed: install its server (Debian: apt-get install postgresql, Fedora: dnf install postgresql-server, macOS: brew install postgresql), or set TEST_POSTGRES_URL")

// FindPrograms returns the directory of initdb and postgres: those on the PATH,
// else the newest in the places where packages put them, else ErrNoPrograms.
func FindPrograms(ctx context.Context) (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		// Packages link single programs into the PATH; the others stand beside the target.
		if target, err := filepath.EvalSymlinks(path); err == nil && hasPrograms(filepath.Dir(target)) {
			return filepath.Dir(target), nil
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", // Debian
		"/usr/pgsql-*/bin",          // the packages of postgresql.org for Fedora and its kin
		"/usr/local/pgsql*/bin",     // built from source
		"/usr/local/bin",
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		if dir, found := newest(pattern); found {
			return dir, nil
		}
	}
	if output, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		if dir := strings.TrimSpace(string(output)); hasPrograms(dir) {
			return dir, nil
		}
	}
	return "", ErrNoPrograms
}

// Programs is FindPrograms, after installing the programs where they are missing
// and that is possible. What the package manager says goes to output.
func Programs(ctx context.Context, output io.Writer) (string, error) {
	bin, err := FindPrograms(ctx)
	if !errors.Is(err, ErrNoPrograms) {
		return bin, err
	}
	if err := Install(ctx, output); err != nil {
		return "", err
	}
	return FindPrograms(ctx)
}

// newest picks the directory with the highest version in its name.
func newest(pattern string) (string, bool) {
	dirs, err := filepath.Glob(pattern)
	if err != nil {
		return "", false
	}
	dirs = slices.DeleteFunc(dirs, func(dir string) bool { return !hasPrograms(dir) })
	if len(dirs) == 0 {
		return "", false
	}
	return slices.MaxFunc(dirs, func(a, b string) int { return cmp.Compare(versionIn(a), versionIn(b)) }), true
}

var number = regexp.MustCompile(`\d+(\.\d+)?`)

// versionIn is the version in a path, its last number, such as 16 or 9.6; 0 if
// there is none.
func versionIn(path string) float64 {
	numbers := number.FindAllString(path, -1)
	if len(numbers) == 0 {
		return 0
	}
	version, err := strconv.ParseFloat(numbers[len(numbers)-1], 64)
	if err != nil {
		return 0
	}
	return version
}

func hasPrograms(dir string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		info, err := os.Stat(filepath.Join(dir, program))
		if err != nil || info.IsDir() || info.Mode().Perm()&0o111 == 0 {
			return false
		}
	}
	return true
}
