package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// machineSteps are those around tokens that a user made, which several machines
// can share.
var machineSteps = []step{
	{
		name: "04 register with a token that a user made", since: sinceManagers, settings: []string{"--long-poll", "1s"},
		run: registersMachine,
	},
	{name: "05 register with such a token again", since: sinceManagers, run: func(ctx context.Context, w *world) error {
		made, err := w.joined(ctx, "b.toml")
		if err != nil {
			return err
		}
		err = w.join(ctx, "b.toml", made.Token, "has already been registered")
		return errors.Join(err, w.hasManagers(ctx, made.ID, "."))
	}},
	{name: "06 register with a wrong token of that kind", since: sinceManagers, run: func(ctx context.Context, w *world) error {
		err := w.says(ctx, 1, "is not valid", "register", "-c", w.file("no.toml"), "-n", "--url", w.url,
			"--token", "glrt-wrong-token-of-nobody", "--executor", "shell")
		if _, stat := os.Stat(w.file("no.toml")); !errors.Is(stat, fs.ErrNotExist) {
			err = errors.Join(err, errors.New("there is a configuration file"))
		}
		return errors.Join(err, w.answered(ctx, "POST /runners/verify", http.StatusForbidden), w.hasNoRunner(ctx))
	}},
	{name: "07 an unknown executor, with a token that a user made", since: sinceManagers, run: func(ctx context.Context, w *world) error {
		made, err := w.makeRunner(ctx, map[string]any{})
		if err != nil {
			return err
		}
		err = w.says(ctx, 1, "Invalid executor", "register", "-c", w.file("no.toml"), "-n", "--url", w.url,
			"--token", made.Token, "--executor", "nosuch")
		return errors.Join(err, w.answered(ctx, "POST /runners/verify", http.StatusOK),
			w.answered(ctx, "DELETE /runners/managers", http.StatusNoContent), w.hasManagers(ctx, made.ID))
	}},
	{name: "43 unregister a machine", since: sinceManagers, run: func(ctx context.Context, w *world) error {
		made, err := w.joined(ctx, "b.toml")
		if err != nil {
			return err
		}
		err = w.says(ctx, 0, "succeeded", "unregister", "-c", w.file("b.toml"), "--url", w.url, "--token", made.Token)
		if err != nil {
			return err
		}
		if _, err := w.token("b.toml"); err == nil {
			return errors.New("the entry is still there")
		}
		err = errors.Join(w.answered(ctx, "DELETE /runners/managers", http.StatusNoContent), w.hasManagers(ctx, made.ID))
		return errors.Join(err, w.join(ctx, "b.toml", made.Token, "is valid"), w.hasManagers(ctx, made.ID, "."))
	}},
}

func registersMachine(ctx context.Context, w *world) error {
	made, err := w.joined(ctx, "b.toml")
	if err != nil {
		return err
	}
	id, idErr := w.setting("b.toml", "id")
	token, err := w.token("b.toml")
	if err := errors.Join(idErr, err); err != nil {
		return err
	}
	if id != fmt.Sprint(made.ID) || token != made.Token {
		return fmt.Errorf("the configuration has runner %s with %s instead of %v", id, token, made)
	}
	return errors.Join(w.hasManagers(ctx, made.ID, "."), w.introducesItself(ctx, made.ID))
}

// madeRunner is a runner that a user made.
type madeRunner struct {
	ID    int64
	Token string
}

// makeRunner makes a runner of the instance, or what wishes say.
func (w *world) makeRunner(ctx context.Context, wishes map[string]any) (made madeRunner, err error) {
	body := map[string]any{"runner_type": "instance_type", "run_untagged": true}
	for name, wish := range wishes {
		body[name] = wish
	}
	if err := w.api(ctx, http.MethodPost, "user/runners", body, &made); err != nil {
		return made, err
	}
	if !strings.HasPrefix(made.Token, "glrt-") {
		err = fmt.Errorf("the token is %s", made.Token)
	}
	return made, err
}

// join lets a machine work with a token that a user made, and checks what the
// agent says of it.
func (w *world) join(ctx context.Context, config, token, text string, wishes ...string) error {
	return w.says(ctx, 0, text, append([]string{
		"register", "-c", w.file(config), "-n", "--url", w.url, "--token", token, "--executor", "shell", "--name", "lab",
		"--builds-dir", w.file("builds"), "--cache-dir", w.file("cache"),
	}, wishes...)...)
}

// joined makes a runner, and lets a machine work with its token.
func (w *world) joined(ctx context.Context, config string) (madeRunner, error) {
	made, err := w.makeRunner(ctx, map[string]any{})
	if err != nil {
		return made, err
	}
	return made, w.join(ctx, config, made.Token, "is valid")
}

// manager is a machine as people see it.
type manager struct {
	SystemID     string `json:"system_id"`
	Version      string
	Platform     string
	Architecture string
}

func (w *world) managers(ctx context.Context, runner int64) (managers []manager, err error) {
	return managers, w.api(ctx, http.MethodGet, fmt.Sprintf("runners/%d/managers", runner), nil, &managers)
}

// hasManagers checks that the runner is there, and that its machines are those
// whose configurations are in these directories.
func (w *world) hasManagers(ctx context.Context, runner int64, directories ...string) error {
	managers, err := w.managers(ctx, runner)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, m := range managers {
		known[m.SystemID] = true
	}
	for _, directory := range directories {
		id, err := os.ReadFile(w.file(directory + "/.runner_system_id"))
		if err != nil {
			return err
		}
		if !known[string(id)] {
			return fmt.Errorf("the machine %s is not among %v", id, managers)
		}
	}
	if len(managers) != len(directories) {
		return fmt.Errorf("the runner has %d machines instead of %d: %v", len(managers), len(directories), managers)
	}
	return nil
}

// introducesItself lets a machine ask for a job, and checks that the server kept
// what it said of itself. A running server may take a minute to show that.
func (w *world) introducesItself(ctx context.Context, runner int64) error {
	if err := w.hurry("b.toml"); err != nil {
		return err
	}
	d, err := w.runDaemon(ctx, "b.toml")
	if err != nil {
		return err
	}
	if err := errors.Join(w.polled(ctx, 1), d.end(syscall.SIGTERM), w.stop(), w.start(ctx)); err != nil {
		return err
	}
	release, err := versionOf(ctx, w.agent)
	if err != nil {
		return err
	}
	managers, err := w.managers(ctx, runner)
	if err != nil {
		return err
	}
	if len(managers) != 1 || !strings.HasPrefix(managers[0].Version, release.String()+".") ||
		managers[0].Platform == "" || managers[0].Architecture == "" {
		return fmt.Errorf("the machines are %v", managers)
	}
	return nil
}
