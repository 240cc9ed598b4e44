// Command with-postgres runs another command with a PostgreSQL server for its
// tests: with-postgres -- go test ./...
//
// The command finds the server in TEST_POSTGRES_URL. If that is set already, its
// server is used; else a throw-away one is started, and stopped whatever happens
// to the command. Exit code and signals pass through.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"runyard/test/postgres"
	"runyard/test/postgres/cluster"
)

const (
	exitFailure = 1
	exitUsage   = 2
	// As shells do: the exit code of a command that died of signal n is 128+n.
	exitSignal = 128
	// patience is what a command gets to end by itself after a signal.
	patience = 20 * time.Second
)

func main() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	code, err := run(signals, os.Args[1:], os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "with-postgres: "+err.Error())
	}
	os.Exit(code)
}

// received is why a context ended.
type received struct{ signal syscall.Signal }

// Error names the signal.
func (r received) Error() string { return "stopped by signal: " + r.signal.String() }

// run returns the exit code of the command, or an error of its own.
func run(signals <-chan os.Signal, args []string, progress io.Writer) (code int, err error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return exitUsage, errors.New("name the command to run: with-postgres -- go test ./...")
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	go func() {
		if s, ok := (<-signals).(syscall.Signal); ok {
			cancel(received{s})
		}
	}()

	url := os.Getenv(postgres.Variable)
	if url == "" {
		server, startErr := start(ctx, progress)
		if server != nil {
			defer func() { err = errors.Join(err, server.Stop()) }()
		}
		if ctx.Err() != nil {
			return exitFailure, context.Cause(ctx)
		}
		if startErr != nil {
			return exitFailure, startErr
		}
		url = server.URL()
	}
	return command(ctx, args, url)
}

// start starts a server, after installing the programs where that is possible.
func start(ctx context.Context, progress io.Writer) (*cluster.Cluster, error) {
	bin, err := cluster.Programs(ctx, progress)
	if err != nil {
		return nil, err
	}
	return cluster.Start(ctx, bin)
}

// command runs the command itself. Without a terminal it gets a process group
// of its own, so that a signal reaches the programs it started as well; on a
// terminal the keyboard reaches them all, but only in the group it belongs to.
func command(ctx context.Context, args []string, url string) (int, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), postgres.Variable+"="+url)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	ownGroup := !term.IsTerminal(int(os.Stdin.Fd()))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: ownGroup}
	cmd.WaitDelay = patience
	cmd.Cancel = func() error {
		stop, _ := errors.AsType[received](context.Cause(ctx))
		target := cmd.Process.Pid
		if ownGroup {
			target = -target
		}
		return syscall.Kill(target, stop.signal)
	}
	err := cmd.Run()
	if cmd.ProcessState == nil {
		return exitFailure, err
	}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitSignal + int(status.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}
