package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
)

var registrationSteps = []step{
	{name: "01 register with a registration token", run: func(ctx context.Context, w *world) error {
		err := w.register(ctx, "a.toml", "--tag-list", "shell,linux", "--run-untagged=true", "--locked=false",
			"--access-level", "not_protected", "--maximum-timeout", "3600")
		if err != nil {
			return err
		}
		var runner struct {
			TagList        []string `json:"tag_list"`
			RunnerType     string   `json:"runner_type"`
			Locked         bool
			MaximumTimeout int `json:"maximum_timeout"`
		}
		if err := w.api(ctx, http.MethodGet, "runners/1", nil, &runner); err != nil {
			return err
		}
		if fmt.Sprint(runner) != "{[shell linux] instance_type false 3600}" {
			return fmt.Errorf("the runner is %v", runner)
		}
		return nil
	}},
	{name: "02 a wrong registration token", run: func(ctx context.Context, w *world) error {
		return w.refusedRegistration(ctx, "forbidden (check registration token)", "wrong")
	}},
	{name: "03 a bad maximum timeout", run: func(ctx context.Context, w *world) error {
		return w.refusedRegistration(ctx, "maximum_timeout", registrationToken, "--maximum-timeout", "60")
	}},
	{
		name: "03 registration tokens are switched off", settings: []string{"--allow-registration-token=false"},
		run: func(ctx context.Context, w *world) error {
			err := w.refusedRegistration(ctx, "runner registration disallowed", registrationToken)
			return errors.Join(err, w.answered(ctx, "POST /runners", http.StatusGone), w.hasNoRunner(ctx))
		},
	},
	{name: "07 an unknown executor, with a registration token", run: func(ctx context.Context, w *world) error {
		err := w.refusedRegistration(ctx, "Invalid executor", registrationToken, "--executor", "nosuch")
		return errors.Join(err, w.answered(ctx, "POST /runners", http.StatusCreated),
			w.answered(ctx, "DELETE /runners", http.StatusNoContent), w.hasNoRunner(ctx))
	}},
	{name: "08 verify and list", run: func(ctx context.Context, w *world) error {
		if err := w.register(ctx, "a.toml"); err != nil {
			return err
		}
		if err := w.says(ctx, 0, "is alive", "verify", "-c", w.file("a.toml")); err != nil {
			return w.says(ctx, 0, "is valid", "verify", "-c", w.file("a.toml"))
		}
		return w.says(ctx, 0, w.url, "list", "-c", w.file("a.toml"))
	}},
	{name: "44 unregister with an old-style token", run: func(ctx context.Context, w *world) error {
		if err := w.register(ctx, "a.toml"); err != nil {
			return err
		}
		if err := w.says(ctx, 0, "succeeded", "unregister", "-c", w.file("a.toml"), "--name", "lab"); err != nil {
			return err
		}
		return w.hasNoRunner(ctx)
	}},
	{name: "45 unregister all runners", run: func(ctx context.Context, w *world) error {
		for range 2 {
			if err := w.register(ctx, "a.toml"); err != nil {
				return err
			}
		}
		if err := w.says(ctx, 0, "", "unregister", "-c", w.file("a.toml"), "--all-runners"); err != nil {
			return err
		}
		return w.hasNoRunner(ctx)
	}},
	{name: "46 verify a deleted runner, with --delete and without", run: func(ctx context.Context, w *world) error {
		if err := w.register(ctx, "a.toml"); err != nil {
			return err
		}
		if _, err := w.raw(ctx, http.MethodDelete, "runners/1", ""); err != nil {
			return err
		}
		if err := w.says(ctx, 1, "is", "verify", "-c", w.file("a.toml")); err != nil {
			return err
		}
		if err := w.says(ctx, 0, "", "verify", "-c", w.file("a.toml"), "--delete"); err != nil {
			return err
		}
		if _, err := w.token("a.toml"); err == nil {
			return errors.New("the entry is still there")
		}
		return nil
	}},
}

// refusedRegistration checks that a registration fails, says why, and writes
// nothing.
func (w *world) refusedRegistration(ctx context.Context, text, token string, wishes ...string) error {
	err := w.says(ctx, 1, text, append([]string{
		"register", "-c", w.file("no.toml"), "-n", "--url", w.url, "--registration-token", token, "--executor", "shell",
	}, wishes...)...)
	if err != nil {
		return err
	}
	if _, err := os.Stat(w.file("no.toml")); !errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is a configuration file")
	}
	return nil
}

func (w *world) hasNoRunner(ctx context.Context) error {
	var runners []struct{ ID int64 }
	if err := w.api(ctx, http.MethodGet, "runners/all", nil, &runners); err != nil {
		return err
	}
	if len(runners) > 0 {
		return fmt.Errorf("there are still runners: %v", runners)
	}
	return nil
}
