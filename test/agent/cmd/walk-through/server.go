package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	rootToken         = "glpat-root-of-the-walk-through"
	registrationToken = "GR1348941-of-the-walk-through"
)

// world is a server, a project in it, and an agent that works for it.
type world struct {
	url     string
	agent   string // the program
	dir     string
	program string
	args    []string
	server  *exec.Cmd
	log     record
}

// record is what a process says. It can be read meanwhile.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes down more.
func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

// String is what was said so far.
func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// newWorld starts a server on an empty database and adds a project.
func newWorld(ctx context.Context, program, agent, dir string, settings []string) (*world, error) {
	if err := os.MkdirAll(filepath.Join(dir, "builds"), 0o755); err != nil {
		return nil, err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	w := &world{url: "http://" + address, agent: agent, dir: dir, program: program}
	w.args = append([]string{
		"serve", "--listen", address, "--database-url", "sqlite:" + filepath.Join(dir, "runyard.db"),
		"--storage", "file:" + filepath.Join(dir, "data"), "--log-format", "json",
	}, settings...)
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	return w, w.api(ctx, http.MethodPost, "projects", map[string]any{"name": "lab"}, nil)
}

// usedAddresses are those that freeAddress has given to servers.
var usedAddresses sync.Map

// freeAddress is one that nobody listens on: the server comes back to it after a
// restart. Nobody gets it twice, though it is free until the server listens.
func freeAddress(ctx context.Context) (string, error) {
	for {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		address := listener.Addr().String()
		if err := listener.Close(); err != nil {
			return "", err
		}
		if _, used := usedAddresses.LoadOrStore(address, true); !used {
			return address, nil
		}
	}
}

// start starts the server and waits until it is ready.
func (w *world) start(ctx context.Context) error {
	w.server = exec.CommandContext(ctx, w.program, w.args...)
	w.server.Env = append(os.Environ(), "RUNYARD_ROOT_TOKEN="+rootToken, "RUNYARD_REGISTRATION_TOKEN="+registrationToken)
	w.server.Stderr = &w.log
	if err := w.server.Start(); err != nil {
		return err
	}
	err := until(ctx, "the server is ready", func() (bool, error) {
		answer, err := http.Get(w.url + "/-/readiness")
		if err != nil {
			return false, nil // it does not listen yet
		}
		defer answer.Body.Close()
		return answer.StatusCode == http.StatusOK, nil
	})
	if err != nil {
		return errors.Join(err, w.server.Process.Kill(), errors.New(w.log.String()))
	}
	return nil
}

// stop ends the server as an operator does.
func (w *world) stop() error {
	if err := w.server.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := w.server.Wait(); err != nil {
		return fmt.Errorf("the server ended with %w: %s", err, w.log.String())
	}
	return nil
}

// until asks again and again whether something has come about.
func until(ctx context.Context, what string, holds func() (bool, error)) error {
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		if done, err := holds(); done || err != nil {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("waited in vain until %s: %w", what, ctx.Err())
		}
	}
}

// api asks the server on behalf of root. into may be nil.
func (w *world) api(ctx context.Context, method, path string, body, into any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	text, err := w.raw(ctx, method, path, string(content))
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal([]byte(text), into)
}

// raw is api for answers that are no JSON.
func (w *world) raw(ctx context.Context, method, path, body string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, w.url+"/api/v4/"+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Private-Token", rootToken)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if answer.StatusCode >= http.StatusMultipleChoices {
		return "", fmt.Errorf("%s %s: %d %s", method, path, answer.StatusCode, text)
	}
	return string(text), err
}
