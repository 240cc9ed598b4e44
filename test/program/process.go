package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Process is a server that runs.
type Process struct {
	// Addr is the address that it listens on.
	Addr string

	t       testing.TB
	command *exec.Cmd
	stdout  string // path of a file
	log     *logWatch
	exited  chan struct{}
}

// Serve starts `serve` of the program on a free port of the loopback and waits
// until it listens. A process that still runs when t ends gets SIGTERM then,
// and must exit with 0.
func Serve(t testing.TB, path string, environ ...string) *Process {
	t.Helper()
	p, err := start(t, path, environ)
	require.NoError(t, err)
	t.Cleanup(func() {
		select {
		case <-p.exited:
		default:
			p.Signal(syscall.SIGTERM)
			result := p.Wait()
			assert.Zero(t, result.Code, result.Stderr)
		}
	})
	p.awaitListening()
	return p
}

// ServeTogether is Serve for n processes that start at the same moment.
func ServeTogether(t testing.TB, n int, path string, environ ...string) []*Process {
	t.Helper()
	all := make([]*Process, n)
	for i := range all {
		p, err := start(t, path, environ)
		require.NoError(t, err)
		t.Cleanup(p.Kill)
		all[i] = p
	}
	for _, p := range all {
		p.awaitListening()
	}
	return all
}

func start(t testing.TB, path string, environ []string) (*Process, error) {
	folder := t.TempDir()
	p := &Process{
		t: t, stdout: filepath.Join(folder, "stdout"), log: newLogWatch(), exited: make(chan struct{}),
		command: exec.Command(path, "serve", "--listen", "127.0.0.1:0"),
	}
	// A file holds what was written at any moment; a pipe may lag behind.
	stdout, err := os.Create(p.stdout)
	if err != nil {
		return nil, err
	}
	defer stdout.Close()
	p.command.Dir = folder
	p.command.Env = environment(environ)
	p.command.Stdout, p.command.Stderr = stdout, p.log
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	go func() {
		_ = p.command.Wait() // the exit code says it all
		close(p.exited)
	}()
	return p, nil
}

func (p *Process) awaitListening() {
	p.t.Helper()
	select {
	case p.Addr = <-p.log.listening:
	case <-p.exited:
		p.t.Fatalf("the program ended instead of listening:\n%s", p.log)
	case <-time.After(patience):
		p.t.Fatalf("the program does not listen:\n%s", p.log)
	}
}

// URL is the address of a path on the server.
func (p *Process) URL(path string) string { return "http://" + p.Addr + path }

// Stdout is what the process wrote to standard output so far.
func (p *Process) Stdout() string {
	p.t.Helper()
	content, err := os.ReadFile(p.stdout)
	require.NoError(p.t, err)
	return string(content)
}

// Log is what the process wrote to standard error so far.
func (p *Process) Log() string { return p.log.String() }

// Signal sends a signal to the process.
func (p *Process) Signal(signal os.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.command.Process.Signal(signal))
}

// Kill ends the process with SIGKILL, if it still runs, and waits until it is gone.
func (p *Process) Kill() {
	p.t.Helper()
	_ = p.command.Process.Kill() // it may have ended
	p.Wait()
}

// Wait waits until the process has ended.
func (p *Process) Wait() Result {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(patience):
		_ = p.command.Process.Kill() // it may have ended
		p.t.Fatalf("the program does not end:\n%s", p.log)
	}
	return Result{Code: p.command.ProcessState.ExitCode(), Stdout: p.Stdout(), Stderr: p.Log()}
}
