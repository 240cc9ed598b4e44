package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// gr runs the agent's program and returns what it said. Its exit status is no
// error.
func (w *world) gr(ctx context.Context, args ...string) (output string, status int, err error) {
	command := exec.CommandContext(ctx, w.agent, args...)
	command.Dir = w.dir
	text, err := command.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(text), exit.ExitCode(), nil
	}
	return string(text), 0, err
}

// says runs the agent's program, and checks its exit status and what it said.
func (w *world) says(ctx context.Context, status int, text string, args ...string) error {
	output, got, err := w.gr(ctx, args...)
	if err != nil {
		return err
	}
	if got != status || !strings.Contains(output, text) {
		return fmt.Errorf("%s: exit status %d, expected %d and %q: %s", args[0], got, status, text, output)
	}
	return nil
}

func (w *world) file(name string) string { return filepath.Join(w.dir, name) }

// register makes a runner whose token is in the file config.
func (w *world) register(ctx context.Context, config string, wishes ...string) error {
	return w.says(ctx, 0, "succeeded", append([]string{
		"register", "-c", w.file(config), "-n", "--url", w.url, "--registration-token", registrationToken,
		"--executor", "shell", "--name", "lab",
		"--builds-dir", w.file("builds"), "--cache-dir", w.file("cache"),
	}, wishes...)...)
}

// token is the runner's token in the file config.
func (w *world) token(config string) (string, error) { return w.setting(config, "token") }

// setting is the first value of that name in the file config.
func (w *world) setting(config, wanted string) (string, error) {
	text, err := os.ReadFile(w.file(config))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		if name == wanted {
			return strings.Trim(value, `"`), nil
		}
	}
	return "", fmt.Errorf("there is no %s in %s", wanted, config)
}

// one lets an agent do one job, or wait for one in vain.
func (w *world) one(ctx context.Context, wait time.Duration) (output string, err error) {
	if _, err := os.Stat(w.file("a.toml")); err != nil {
		if err := w.register(ctx, "a.toml"); err != nil {
			return "", err
		}
	}
	return w.oneOf(ctx, "a.toml", wait)
}

// oneOf is one for the agent whose token is in the file config.
func (w *world) oneOf(ctx context.Context, config string, wait time.Duration) (output string, err error) {
	token, err := w.token(config)
	if err != nil {
		return "", err
	}
	output, _, err = w.gr(ctx, "run-single", "--url", w.url, "--token", token, "--executor", "shell", "--name", "accept",
		"--builds-dir", w.file("builds"), "--cache-dir", w.file("cache"),
		"--max-builds", "1", "--wait-timeout", fmt.Sprint(int(wait.Seconds())))
	return output, err
}

// do puts a job in the queue, lets an agent do it, and checks how it ended.
func (w *world) do(ctx context.Context, script string, further map[string]any, status, reason string, texts ...string) (job, error) {
	added, err := w.enqueue(ctx, script, further)
	if err != nil {
		return added, err
	}
	if _, err := w.one(ctx, 20*time.Second); err != nil {
		return added, err
	}
	return added, w.expect(ctx, added.ID, status, reason, texts...)
}

// daemon is an agent that works until it is told to end.
type daemon struct {
	command *exec.Cmd
	output  record
}

// runDaemon starts an agent with the file config in a directory of its own.
func (w *world) runDaemon(ctx context.Context, config string) (*daemon, error) {
	d := &daemon{command: exec.CommandContext(ctx, w.agent, "run", "-c", w.file(config))}
	d.command.Dir = w.dir
	d.command.Stdout, d.command.Stderr = &d.output, &d.output
	return d, d.command.Start()
}

// end sends a signal and waits for the end, whatever it is.
func (d *daemon) end(signal syscall.Signal) error {
	if err := d.command.Process.Signal(signal); err != nil {
		return err
	}
	var exit *exec.ExitError
	if err := d.command.Wait(); err != nil && !errors.As(err, &exit) {
		return err
	}
	return nil
}

// hurry makes the agents of a file ask every second, for two jobs at once.
func (w *world) hurry(config string) error {
	text, err := os.ReadFile(w.file(config))
	if err != nil {
		return err
	}
	hurried := strings.NewReplacer("concurrent = 1", "concurrent = 2", "check_interval = 0", "check_interval = 1").Replace(string(text))
	return os.WriteFile(w.file(config), []byte(hurried), 0o600)
}
