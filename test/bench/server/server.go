// Package server runs the servers that the benchmark compares, each as a process
// of its own, and reads what they tell of themselves.
package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// patience is what a server gets to start or to end.
const patience = time.Minute

// Server is a running process that listens.
type Server struct {
	// Addr is the address that it listens on.
	Addr string

	command *exec.Cmd
	log     string // path of a file
	exited  chan struct{}
}

// Start runs the program and waits until it says where it listens: in a line of
// JSON with msg "listening" and the addr. The environment is only what is given.
// The log goes into a new file in folder, past this process, which would have to
// carry it.
func Start(ctx context.Context, folder string, environ []string, program string, args ...string) (*Server, error) {
	log, err := os.CreateTemp(folder, filepath.Base(program)+"-*.log")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s := &Server{command: exec.Command(program, args...), log: log.Name(), exited: make(chan struct{})}
	s.command.Env = append([]string{"PATH=" + os.Getenv("PATH")}, environ...)
	s.command.Stderr = log
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(s.exited)
		_ = s.command.Wait() // that it ended is all that matters; the log has the reason
	}()
	if err := s.awaitListening(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) awaitListening(ctx context.Context) error {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for {
		if s.Addr = s.listensOn(); s.Addr != "" {
			return nil
		}
		select {
		case <-look.C:
		case <-s.exited:
			return errors.New(s.command.Path + " ended instead of listening")
		case <-limit.C:
			return fmt.Errorf("%s does not listen:\n%s", s.command.Path, s.Log())
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// listensOn finds the line that ends the start; empty: it is still to come.
func (s *Server) listensOn() string {
	log, err := os.ReadFile(s.log)
	if err != nil {
		return ""
	}
	for line := range bytes.Lines(log) {
		var entry struct{ Msg, Addr string }
		if json.Unmarshal(line, &entry) == nil && entry.Msg == "listening" {
			return entry.Addr
		}
	}
	return ""
}

// Stop ends the process, and returns what was wrong with its end.
func (s *Server) Stop() error {
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-s.exited:
	case <-time.After(patience):
		_ = s.command.Process.Kill()
		<-s.exited
	}
	if code := s.command.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("%s ended with %d:\n%s", s.command.Path, code, s.Log())
	}
	return nil
}

// Log is the end of what the process wrote.
func (s *Server) Log() string {
	const most = 2000
	log, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(log[max(0, len(log)-most):]))
}

// AwaitReady waits until the product says that it is ready.
func (s *Server) AwaitReady(ctx context.Context) error {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if _, err := s.get(ctx, "/-/readiness"); err == nil {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("the server is not ready:\n%s", s.Log())
}

func (s *Server) get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Addr+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s: %s", path, response.Status, body)
	}
	return body, err
}
