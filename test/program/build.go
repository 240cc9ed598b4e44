// Package program builds programs of this module and runs them as processes of
// their own: what a test learns here, a user would see as well.
package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build compiles a package of this module as `make build` does, so that both
// share what they compiled, and returns the path of the program in folder.
func Build(folder, pkg string) (string, error) {
	path := filepath.Join(folder, filepath.Base(pkg))
	build := exec.Command("go", "build", "-ldflags", "-s -w -X main.commit="+Commit, "-o", path, pkg)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", pkg, err, output)
	}
	return path, nil
}

// Commit is the commit that a built program believes to be made from.
const Commit = "0123456789abcdef"
