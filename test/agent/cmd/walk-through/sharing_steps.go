package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

var sharingSteps = []step{
	{name: "31 a job with a tag that the runner lacks", settings: []string{"--long-poll", "2s"}, run: func(ctx context.Context, w *world) error {
		if err := w.register(ctx, "a.toml", "--tag-list", "shell,linux"); err != nil {
			return err
		}
		added, err := w.enqueue(ctx, "true", map[string]any{"tag_list": []string{"windows"}})
		if err != nil {
			return err
		}
		if _, err := w.one(ctx, 5*time.Second); err != nil {
			return err
		}
		return w.expect(ctx, added.ID, "pending", "")
	}},
	{name: "37 twenty jobs and two agents", run: func(ctx context.Context, w *world) error {
		for _, config := range []string{"m1/config.toml", "m2/config.toml"} {
			if err := os.MkdirAll(w.file(config[:2]), 0o755); err != nil {
				return err
			}
			if err := errors.Join(w.register(ctx, config, "--builds-dir", w.file(config[:2])), w.hurry(config)); err != nil {
				return err
			}
		}
		return w.shareOut(ctx, 20)
	}},
	{name: "37 twenty jobs and two machines of one runner", since: sinceManagers, run: sharesToken},
	{name: "38 an agent that ends when its jobs have ended", run: func(ctx context.Context, w *world) error {
		added, d, err := w.beginInDaemon(ctx, "sleep 8")
		if err != nil {
			return err
		}
		quit := make(chan error, 1)
		go func() { quit <- d.end(syscall.SIGQUIT) }()
		if err := until(ctx, "the agent heard it", func() (bool, error) {
			found, err := w.find(ctx, added.ID)
			return found.Status == "success", err
		}); err != nil {
			return err
		}
		late, err := w.enqueue(ctx, "true", nil)
		if err := errors.Join(err, <-quit); err != nil {
			return err
		}
		return w.expect(ctx, late.ID, "pending", "")
	}},
	{name: "39 a held request gets a job at once", alone: true, run: func(ctx context.Context, w *world) error {
		if err := w.register(ctx, "a.toml"); err != nil { // with its check_interval of 3 seconds
			return err
		}
		d, err := w.runDaemon(ctx, "a.toml")
		if err != nil {
			return err
		}
		if err := w.holds(ctx); err != nil {
			return err
		}
		start := time.Now()
		added, err := w.enqueue(ctx, "true", nil)
		if err != nil {
			return err
		}
		if err := w.await(ctx, added.ID, "running"); err != nil {
			return err
		}
		if took := time.Since(start); took > time.Second {
			return fmt.Errorf("it took %s", took)
		}
		return errors.Join(w.await(ctx, added.ID, "success"), d.end(syscall.SIGTERM))
	}},
	{name: "47 an agent whose runner is gone falls silent", run: func(ctx context.Context, w *world) error {
		if err := errors.Join(w.register(ctx, "a.toml"), w.hurry("a.toml")); err != nil {
			return err
		}
		if _, err := w.raw(ctx, http.MethodDelete, "runners/1", ""); err != nil {
			return err
		}
		d, err := w.runDaemon(ctx, "a.toml")
		if err != nil {
			return err
		}
		if err := until(ctx, "the agent gives up", func() (bool, error) {
			return strings.Contains(d.output.String(), "will be disabled"), nil
		}); err != nil {
			return err
		}
		const refused = http.StatusForbidden
		return errors.Join(d.end(syscall.SIGTERM), w.answered(ctx, "POST /jobs/request", refused, refused, refused))
	}},
}

// sharesToken is about two machines with one token: one runner does all jobs.
func sharesToken(ctx context.Context, w *world) error {
	made, err := w.makeRunner(ctx, map[string]any{})
	if err != nil {
		return err
	}
	for i, config := range []string{"m1/config.toml", "m2/config.toml"} {
		if err := os.MkdirAll(w.file(config[:2]), 0o755); err != nil {
			return err
		}
		id := fmt.Sprintf("r_LabManager%02d", i+1)
		if err := os.WriteFile(w.file(config[:2]+"/.runner_system_id"), []byte(id), 0o600); err != nil {
			return err
		}
		err := w.join(ctx, config, made.Token, "is valid", "--builds-dir", w.file(config[:2]))
		if err := errors.Join(err, w.hurry(config)); err != nil {
			return err
		}
	}
	if err := w.shareOut(ctx, 20); err != nil {
		return err
	}
	var jobs []job
	if err := w.api(ctx, http.MethodGet, fmt.Sprintf("runners/%d/jobs?per_page=100", made.ID), nil, &jobs); err != nil {
		return err
	}
	if len(jobs) != 20 {
		return fmt.Errorf("the runner did %d jobs", len(jobs))
	}
	return w.hasManagers(ctx, made.ID, "m1", "m2")
}

// shareOut lets two agents do that many jobs, and checks that each ran once and
// that both got some.
func (w *world) shareOut(ctx context.Context, jobs int) error {
	var daemons []*daemon
	for _, config := range []string{"m1/config.toml", "m2/config.toml"} {
		d, err := w.runDaemon(ctx, config)
		if err != nil {
			return err
		}
		daemons = append(daemons, d)
	}
	for range jobs {
		if _, err := w.enqueue(ctx, `echo "begun in $PWD"`, nil); err != nil {
			return err
		}
	}
	perMachine := map[string]int{}
	for id := range jobs {
		if err := w.await(ctx, int64(id+1), "success"); err != nil {
			return err
		}
		trace, err := w.trace(ctx, int64(id+1))
		if err != nil {
			return err
		}
		if times := strings.Count(trace, "Job succeeded"); times != 1 {
			return fmt.Errorf("job %d ran %d times: %s", id+1, times, trace)
		}
		_, place, _ := strings.Cut(trace, "begun in "+w.dir+"/")
		machine, _, _ := strings.Cut(place, "/")
		perMachine[machine]++
	}
	if len(perMachine) != 2 {
		return fmt.Errorf("jobs by machine: %v", perMachine)
	}
	return errors.Join(daemons[0].end(syscall.SIGTERM), daemons[1].end(syscall.SIGTERM))
}
