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
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
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
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *agent == "" {
		return errors.New("set -agent to the path of a gitlab-runner")
	}
	version, err := versionOf(ctx, *agent)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "walk-through-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left over is in the folder for such things
	var failed []string
	for number, step := range steps() {
		if !strings.Contains(step.name, *only) {
			continue
		}
		if version.before(step.since) {
			if _, err := fmt.Fprintf(out, "skip  %s: gitlab-runner %s cannot do it, %s can\n", step.name, version, step.since); err != nil {
				return err
			}
			continue
		}
		start := time.Now()
		line := "ok    " + step.name
		if err := walk(ctx, step, *program, *agent, filepath.Join(dir, strconv.Itoa(number))); err != nil {
			failed = append(failed, step.name[:2])
			line = fmt.Sprintf("FAIL  %s: %v", step.name, err)
		}
		if _, err := fmt.Fprintf(out, "%s  (%.1f s)\n", line, time.Since(start).Seconds()); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(failed, ", "))
	}
	return nil
}

// step is one step of the walk-through: its number and what must be seen.
type step struct {
	name     string
	run      func(ctx context.Context, w *world) error
	settings []string // of the server, besides the defaults
	since    version  // of the agent, the first that can do it
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

// stepLimit is how long a step may take.
const stepLimit = 2 * time.Minute

// walk does one step with a server of its own.
func walk(ctx context.Context, s step, program, agent, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	w, err := newWorld(ctx, program, agent, dir, s.settings)
	if err != nil {
		return err
	}
	return errors.Join(s.run(ctx, w), w.stop())
}
