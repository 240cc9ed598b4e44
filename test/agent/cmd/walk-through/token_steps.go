package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"syscall"
)

// tokenSteps are those in which a runner gets another token.
var tokenSteps = []step{
	{name: "40 reset an old-style token by itself", run: func(ctx context.Context, w *world) error {
		return errors.Join(w.register(ctx, "a.toml"), w.resets(ctx, "a.toml", "--name", "lab"))
	}},
	{name: "40 reset a token that a user made by itself", since: sinceManagers, run: func(ctx context.Context, w *world) error {
		if _, err := w.joined(ctx, "a.toml"); err != nil {
			return err
		}
		return w.resets(ctx, "a.toml", "--name", "lab")
	}},
	{name: "41 reset a token by a personal one", run: func(ctx context.Context, w *world) error {
		if err := w.register(ctx, "a.toml"); err != nil {
			return err
		}
		id, err := w.setting("a.toml", "id")
		if err != nil {
			return err
		}
		err = w.resets(ctx, "a.toml", "--url", w.url, "--id", id, "--pat", rootToken)
		return errors.Join(err, w.answered(ctx, "POST /runners/:id/reset_authentication_token", http.StatusCreated))
	}},
	{
		name: "42 a token that expires is rotated", settings: []string{"--runner-token-expiry", "16s"},
		run: func(ctx context.Context, w *world) error {
			return errors.Join(w.register(ctx, "a.toml"), w.rotates(ctx, "a.toml"))
		},
	},
	{
		name: "42 a token that expires in one project is rotated", since: sinceManagers,
		run: func(ctx context.Context, w *world) error {
			lifetime := map[string]any{"runner_token_expiration_interval": 16}
			if err := w.api(ctx, http.MethodPut, "projects/1", lifetime, nil); err != nil {
				return err
			}
			made, err := w.makeRunner(ctx, map[string]any{"runner_type": "project_type", "project_id": 1})
			if err != nil {
				return err
			}
			return errors.Join(w.join(ctx, "a.toml", made.Token, "is valid"), w.rotates(ctx, "a.toml"))
		},
	},
}

// resets resets the token in the file config, and checks that only the new one is
// any good.
func (w *world) resets(ctx context.Context, config string, which ...string) error {
	old, err := w.token(config)
	if err != nil {
		return err
	}
	if err := w.says(ctx, 0, "succeeded", append([]string{"reset-token", "-c", w.file(config)}, which...)...); err != nil {
		return err
	}
	return w.replaced(ctx, config, old)
}

// replaced checks that the token in the file config is a good one, and not the
// old one, which is dead.
func (w *world) replaced(ctx context.Context, config, old string) error {
	token, err := w.token(config)
	if err != nil {
		return err
	}
	if token == old {
		return fmt.Errorf("the token is still %s", old)
	}
	_, err = w.speaks(ctx, http.StatusOK, http.MethodPost, "runners/verify", token, map[string]any{})
	return errors.Join(err, w.says(ctx, 0, "", "verify", "-c", w.file(config)), w.dead(ctx, old))
}

// rotates waits until an agent at work gets another token by itself, and checks
// that it goes on working with it.
func (w *world) rotates(ctx context.Context, config string) error {
	old, err := w.token(config)
	if err != nil {
		return err
	}
	if err := w.hurry(config); err != nil {
		return err
	}
	d, err := w.runDaemon(ctx, config)
	if err != nil {
		return err
	}
	err = until(ctx, "the agent has another token", func() (bool, error) {
		token, err := w.token(config)
		return err == nil && token != old, nil // the agent may be writing the file
	})
	if err != nil {
		return err
	}
	if err := w.replaced(ctx, config, old); err != nil { // before the next rotation
		return err
	}
	added, err := w.enqueue(ctx, "echo rotated", nil)
	return errors.Join(err, w.await(ctx, added.ID, "success"), d.end(syscall.SIGTERM),
		w.expect(ctx, added.ID, "success", "", "rotated\n"))
}
