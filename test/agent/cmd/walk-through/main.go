// Command walk-through runs a real gitlab-runner against a real runyard, step by
// step as in the acceptance walk-through (runner protocol, section 16), and
// prints a line per step. It needs bash and git.
//
//	walk-through -runyard bin/runyard -agent /path/to/gitlab-runner [-only 10]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "walk-through:", err)
		os.Exit(1) //nolint:gocritic // there is nothing left to stop
	}
}

// run does the steps whose names contain -only.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("walk-through", flag.ContinueOnError)
	program := flags.String("runyard", "bin/runyard", "the server's `program`")
	agent := flags.String("agent", "", "the `program` gitlab-runner")
	only := flags.String("only", "", "do only steps whose name contains this `text`")
	atOnce := flags.Int("at-once", 4, "how many steps to do at once: most of them wait most of the time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *agent == "" {
		return errors.New("set -agent to the path of a gitlab-runner")
	}
	path, err := programAt(*agent)
	if err != nil {
		return err
	}
	version, err := versionOf(ctx, path)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "walk-through-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left over is in the folder for such things
	all := slices.DeleteFunc(steps(), func(s step) bool { return !strings.Contains(s.name, *only) })
	w := &walk{program: *program, agent: path, version: version, dir: dir, out: out}
	return w.all(ctx, all, max(*atOnce, 1))
}

// programAt is where a program is that the shell would find by that name. It is
// started in other directories than this one.
func programAt(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// step is one step of the walk-through: its number and what must be seen.
type step struct {
	name     string
	run      func(ctx context.Context, w *world) error
	settings []string // of the server, besides the defaults
	since    version  // of the agent, the first that can do it
	alone    bool     // it takes a time that others would spoil
}

// steps are all of them that can be done without a person.
func steps() []step {
	var all []step
	for _, some := range [][]step{
		registrationSteps, machineSteps, jobSteps, troubleSteps, interferenceSteps, assignmentSteps, sharingSteps, tokenSteps,
	} {
		all = append(all, some...)
	}
	return all
}
