package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"syscall"
	"time"
)

// assignmentSteps are about which job goes to which runner. That a runner may not
// have a job shows in that it does a later one and leaves the earlier.
var assignmentSteps = []step{
	{name: "32 tags and untagged jobs", run: matchesTags},
	{name: "33 a protected runner and an unprotected branch", run: func(ctx context.Context, w *world) error {
		if err := w.register(ctx, "a.toml", "--access-level", "ref_protected"); err != nil {
			return err
		}
		unprotected, err := w.enqueue(ctx, "true", nil)
		if err != nil {
			return err
		}
		protected, err := w.enqueue(ctx, "true", map[string]any{"protected": true})
		return errors.Join(err, w.takes(ctx, "a.toml", protected, unprotected))
	}},
	{name: "34 a runner is paused while it polls", alone: true, settings: []string{"--long-poll", "2s"}, run: pauses},
	{name: "35 project, group and instance runners", run: keepToScopes},
	{name: "36 an instance runner alternates between projects", run: alternates},
}

// takes lets the agent of a configuration do one job, and checks that it was this
// one, and that the others still wait.
func (w *world) takes(ctx context.Context, config string, wanted job, left ...job) error {
	if _, err := w.oneOf(ctx, config, 20*time.Second); err != nil {
		return err
	}
	errs := []error{w.is(ctx, wanted, "success")}
	for _, waiting := range left {
		errs = append(errs, w.is(ctx, waiting, "pending"))
	}
	return errors.Join(errs...)
}

// is checks the status of a job of any project.
func (w *world) is(ctx context.Context, j job, status string) error {
	var now job
	err := w.api(ctx, http.MethodGet, fmt.Sprintf("projects/%d/jobs/%d", j.Pipeline.ProjectID, j.ID), nil, &now)
	if err == nil && now.Status != status {
		err = fmt.Errorf("job %d is %s instead of %s", j.ID, now.Status, status)
	}
	return err
}

func matchesTags(ctx context.Context, w *world) error {
	err := errors.Join(w.register(ctx, "tagged.toml", "--tag-list", "shell,linux", "--run-untagged=false"),
		w.register(ctx, "plain.toml"))
	if err != nil {
		return err
	}
	untagged, err1 := w.enqueue(ctx, "true", nil)
	shell, err2 := w.enqueue(ctx, "true", map[string]any{"tag_list": []string{"shell"}})
	if err := errors.Join(err1, err2, w.takes(ctx, "tagged.toml", shell, untagged)); err != nil {
		return err
	}
	again, err1 := w.enqueue(ctx, "true", map[string]any{"tag_list": []string{"shell"}})
	later, err2 := w.enqueue(ctx, "true", nil)
	err = errors.Join(err1, err2, w.takes(ctx, "plain.toml", untagged, again, later),
		w.takes(ctx, "plain.toml", later, again), w.takes(ctx, "tagged.toml", again))
	if err != nil {
		return err
	}
	if err := w.api(ctx, http.MethodPut, "runners/1", map[string]any{"run_untagged": true}, nil); err != nil {
		return err
	}
	last, err := w.enqueue(ctx, "true", nil)
	return errors.Join(err, w.takes(ctx, "tagged.toml", last))
}

func pauses(ctx context.Context, w *world) error {
	if err := errors.Join(w.register(ctx, "a.toml"), w.hurry("a.toml")); err != nil {
		return err
	}
	d, err := w.runDaemon(ctx, "a.toml")
	if err != nil {
		return err
	}
	if err := w.polled(ctx, 1); err != nil {
		return err
	}
	if err := w.api(ctx, http.MethodPut, "runners/1", map[string]any{"paused": true}, nil); err != nil {
		return err
	}
	added, err := w.enqueue(ctx, "true", nil)
	if err := errors.Join(err, w.polled(ctx, 3), w.is(ctx, added, "pending")); err != nil {
		return err
	}
	statuses, err := w.answers(ctx, "POST /jobs/request")
	if err != nil {
		return err
	}
	for _, status := range statuses {
		if status != http.StatusNoContent {
			return fmt.Errorf("a poll was answered with %d", status)
		}
	}
	start := time.Now()
	if err := w.api(ctx, http.MethodPut, "runners/1", map[string]any{"paused": false}, nil); err != nil {
		return err
	}
	if err := w.await(ctx, added.ID, "running"); err != nil {
		return err
	}
	if took := time.Since(start); took > 5*time.Second {
		return fmt.Errorf("it took %s", took)
	}
	return errors.Join(w.await(ctx, added.ID, "success"), d.end(syscall.SIGTERM))
}

// owner is a group or a project, whose runners can be registered.
type owner struct {
	ID           int64
	RunnersToken string `json:"runners_token"`
}

func (w *world) makeOwner(ctx context.Context, what string, body map[string]any) (made owner, err error) {
	return made, w.api(ctx, http.MethodPost, what, body, &made)
}

func keepToScopes(ctx context.Context, w *world) error {
	group, err := w.makeOwner(ctx, "groups", map[string]any{"name": "Top", "path": "top"})
	if err != nil {
		return err
	}
	own, err1 := w.makeOwner(ctx, "projects", map[string]any{"name": "own", "namespace_id": group.ID})
	sibling, err2 := w.makeOwner(ctx, "projects", map[string]any{
		"name": "sibling", "namespace_id": group.ID, "shared_runners_enabled": false,
	})
	err = errors.Join(err1, err2, w.register(ctx, "project.toml", "--registration-token", own.RunnersToken),
		w.register(ctx, "group.toml", "--registration-token", group.RunnersToken), w.register(ctx, "instance.toml"))
	if err != nil {
		return err
	}
	inSibling, err1 := w.enqueueIn(ctx, sibling.ID, "true", nil)
	outside, err2 := w.enqueue(ctx, "true", nil)
	inOwn, err3 := w.enqueueIn(ctx, own.ID, "true", nil)
	return errors.Join(err1, err2, err3,
		w.takes(ctx, "project.toml", inOwn, inSibling, outside),
		w.takes(ctx, "instance.toml", outside, inSibling),
		w.groupRunnerTakes(ctx, inSibling, sibling))
}

// groupRunnerTakes lets the runner of the group do a job of one of its projects,
// while there is an older one outside.
func (w *world) groupRunnerTakes(ctx context.Context, first job, project owner) error {
	outside, err1 := w.enqueue(ctx, "true", nil)
	second, err2 := w.enqueueIn(ctx, project.ID, "true", nil)
	return errors.Join(err1, err2, w.takes(ctx, "group.toml", first, outside, second),
		w.takes(ctx, "group.toml", second, outside))
}

func alternates(ctx context.Context, w *world) error {
	other, err := w.makeOwner(ctx, "projects", map[string]any{"name": "other"})
	if err != nil {
		return err
	}
	var jobs []job
	for _, project := range []int64{1, other.ID} {
		for range 5 {
			added, err := w.enqueueIn(ctx, project, "sleep 1", nil)
			if err != nil {
				return err
			}
			jobs = append(jobs, added)
		}
	}
	if err := errors.Join(w.register(ctx, "a.toml"), w.hurry("a.toml")); err != nil {
		return err
	}
	d, err := w.runDaemon(ctx, "a.toml")
	if err != nil {
		return err
	}
	var done []job
	err = until(ctx, "all jobs have succeeded", func() (bool, error) {
		done = nil
		err := w.api(ctx, http.MethodGet, "runners/1/jobs?status=success&per_page=100", nil, &done)
		return len(done) == len(jobs), err
	})
	if err := errors.Join(err, d.end(syscall.SIGTERM)); err != nil {
		return err
	}
	slices.SortFunc(done, func(a, b job) int { return a.StartedAt.Compare(b.StartedAt) })
	return sideBySide(done)
}

// sideBySide checks that no project had two jobs at work while another one had
// some waiting. The jobs come in the order in which they began.
func sideBySide(jobs []job) error {
	const slack = 100 * time.Millisecond // between a job's end and its report
	for i, earlier := range jobs {
		for j, later := range jobs[i+1:] {
			waiting := slices.ContainsFunc(jobs[i+1+j:], func(other job) bool {
				return other.Pipeline.ProjectID != later.Pipeline.ProjectID
			})
			if waiting && earlier.Pipeline.ProjectID == later.Pipeline.ProjectID && later.StartedAt.Add(slack).Before(earlier.FinishedAt) {
				return fmt.Errorf("jobs %d and %d of one project ran at a time", earlier.ID, later.ID)
			}
		}
	}
	return nil
}
