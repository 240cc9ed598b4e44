package program

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is what a process gets for anything before the test fails. Nothing
// waits that long if all is well.
const patience = time.Minute

// Result is what a process left behind.
type Result struct {
	Code           int
	Stdout, Stderr string
}

// Run runs a program to its end. The environment is only what is given, beside
// the path; nothing of the machine leaks in.
func Run(t testing.TB, environ []string, path string, args ...string) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, path, args...)
	command.Env = environment(environ)
	command.Dir = t.TempDir()
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	require.NoError(t, ctx.Err(), "%s %q did not end: %s", path, args, &stderr)
	if _, exited := errors.AsType[*exec.ExitError](err); !exited {
		require.NoError(t, err)
	}
	return Result{Code: command.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}
}

func environment(settings []string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH")}, settings...)
}
