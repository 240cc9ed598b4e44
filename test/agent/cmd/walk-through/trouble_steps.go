package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"
)

var troubleSteps = []step{
	{name: "21 a cancel, with after_script", run: func(ctx context.Context, w *world) error {
		return w.cancelled(ctx, "while true; do echo working; sleep 1; done", "working", "after it: canceled")
	}},
	{name: "22 a cancel of a silent job", run: func(ctx context.Context, w *world) error {
		return w.cancelled(ctx, "echo quiet now; sleep 120", "quiet now", "after it: canceled")
	}},
	{name: "25 a restart of the server in the middle of a job", run: func(ctx context.Context, w *world) error {
		added, ended, err := w.begin(ctx, "for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; sleep 1; done", nil)
		if err != nil {
			return err
		}
		if err := w.printed(ctx, added.ID, "line 1"); err != nil {
			return err
		}
		if err := errors.Join(w.stop(), w.start(ctx)); err != nil {
			return err
		}
		if err := <-ended; err != nil {
			return err
		}
		return w.expect(ctx, added.ID, "success", "", "line 1", "line 5", "line 10", "Job succeeded")
	}},
	{
		name: "27 an agent that is killed", settings: []string{"--silent-timeout", "5s"},
		run: func(ctx context.Context, w *world) error {
			added, d, err := w.beginInDaemon(ctx, "sleep 60")
			if err != nil {
				return err
			}
			if err := d.end(syscall.SIGKILL); err != nil {
				return err
			}
			if err := w.await(ctx, added.ID, "failed"); err != nil {
				return err
			}
			return w.expect(ctx, added.ID, "failed", "no_updates_running")
		},
	},
	{name: "28 an agent that is interrupted", run: func(ctx context.Context, w *world) error {
		added, d, err := w.beginInDaemon(ctx, "sleep 60")
		if err != nil {
			return err
		}
		if err := d.end(syscall.SIGINT); err != nil {
			return err
		}
		if err := w.await(ctx, added.ID, "failed"); err != nil {
			return err
		}
		found, err := w.find(ctx, added.ID)
		if err == nil && !slices.Contains([]string{"unknown_failure", "runner_interrupted", "runner_system_failure"}, found.FailureReason) {
			err = fmt.Errorf("the reason is %s: %s", found.FailureReason, d.output.String())
		}
		return err
	}},
}

// begin puts a job in the queue and lets an agent do it. ended tells when the
// agent has ended.
func (w *world) begin(ctx context.Context, script string, further map[string]any) (added job, ended <-chan error, err error) {
	if added, err = w.enqueue(ctx, script, further); err != nil {
		return added, nil, err
	}
	end := make(chan error, 1)
	go func() {
		_, err := w.one(ctx, 20*time.Second)
		end <- err
	}()
	return added, end, w.await(ctx, added.ID, "running")
}

// beginInDaemon is begin for an agent that goes on working.
func (w *world) beginInDaemon(ctx context.Context, script string) (added job, d *daemon, err error) {
	if err := errors.Join(w.register(ctx, "a.toml"), w.hurry("a.toml")); err != nil {
		return added, nil, err
	}
	if added, err = w.enqueue(ctx, script, nil); err != nil {
		return added, nil, err
	}
	if d, err = w.runDaemon(ctx, "a.toml"); err != nil {
		return added, nil, err
	}
	return added, d, w.printed(ctx, added.ID, "Executing")
}

// printed waits until the trace holds the text.
func (w *world) printed(ctx context.Context, id int64, text string) error {
	return until(ctx, "the job printed "+text, func() (bool, error) {
		trace, err := w.trace(ctx, id)
		return strings.Contains(trace, text), err
	})
}

// cancelled cancels a job that printed something, and checks that it ends with
// its after_script.
func (w *world) cancelled(ctx context.Context, script, text, after string) error {
	added, ended, err := w.begin(ctx, script, map[string]any{"after_script": `echo "after it: $CI_JOB_STATUS"`})
	if err != nil {
		return err
	}
	if err := w.printed(ctx, added.ID, text); err != nil {
		return err
	}
	var cancelled job
	if err := w.api(ctx, http.MethodPost, jobPath(added.ID)+"/cancel", nil, &cancelled); err != nil {
		return err
	}
	if cancelled.Status != "canceling" { // an agent that cannot do it gracefully
		return errors.Join(<-ended, w.expect(ctx, added.ID, "canceled", ""))
	}
	if err := <-ended; err != nil {
		return err
	}
	return w.expect(ctx, added.ID, "canceled", "", text, after)
}
