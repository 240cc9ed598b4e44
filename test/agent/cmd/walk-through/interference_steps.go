package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// interferenceSteps are those in which somebody interferes with a job: people,
// other jobs, or what stands before the server.
var interferenceSteps = []step{
	{name: "23 the project of a job is deleted", run: func(ctx context.Context, w *world) error {
		added, ended, err := w.begin(ctx, "while true; do echo working; sleep 1; done", map[string]any{
			"after_script": "touch " + w.file("after"),
		})
		if err != nil {
			return err
		}
		if err := w.printed(ctx, added.ID, "working"); err != nil {
			return err
		}
		if _, err := w.raw(ctx, http.MethodDelete, "projects/1", ""); err != nil {
			return err
		}
		if err := <-ended; err != nil {
			return err
		}
		if _, err := os.Stat(w.file("after")); !errors.Is(err, fs.ErrNotExist) {
			return errors.New("after_script ran")
		}
		pieces, err := w.answers(ctx, "PATCH /jobs/:id/trace")
		if err != nil {
			return err
		}
		if !slices.Contains(pieces, http.StatusForbidden) {
			return errors.New("the agent heard nothing of it")
		}
		var jobs []job
		err = w.api(ctx, http.MethodGet, "runners/1/jobs", nil, &jobs)
		if err == nil && len(jobs) > 0 {
			err = fmt.Errorf("the runner's jobs are %+v", jobs)
		}
		return err
	}},
	{name: "24 a cancel between hand-over and the first call", run: cancelledOnItsWay},
	{name: "26 an answer 429 with Retry-After", run: toldToWait},
	{name: "29 the last PUT of a finished job is repeated", run: func(ctx context.Context, w *world) error {
		added, err := w.do(ctx, "echo $CI_JOB_TOKEN > "+w.file("job-token"), nil, "success", "", "Job succeeded")
		if err != nil {
			return err
		}
		token, err := os.ReadFile(w.file("job-token"))
		if err != nil {
			return err
		}
		before, err := w.trace(ctx, added.ID)
		if err != nil {
			return err
		}
		header, err := w.speaks(ctx, http.StatusForbidden, http.MethodPut, fmt.Sprintf("jobs/%d", added.ID),
			strings.TrimSpace(string(token)), map[string]any{"state": "failed"})
		if err != nil {
			return err
		}
		if status := header.Get("Job-Status"); status != "success" {
			return fmt.Errorf("the Job-Status is %q", status)
		}
		return w.expect(ctx, added.ID, "success", "", before)
	}},
	{name: "30 a job speaks for another", run: speaksForAnother},
}

// cancelledOnItsWay cancels a job when the agent has not heard of it yet.
func cancelledOnItsWay(ctx context.Context, w *world) error {
	var added job
	closeFront, err := w.behind(ctx, front{answered: func(answer *http.Response) error {
		if answer.Request.URL.Path != "/api/v4/jobs/request" || answer.StatusCode != http.StatusCreated {
			return nil
		}
		return w.api(ctx, http.MethodPost, jobPath(added.ID)+"/cancel", nil, nil)
	}})
	if err != nil {
		return err
	}
	if added, err = w.enqueue(ctx, "echo begun; sleep 30; echo survived", nil); err != nil {
		return err
	}
	if _, err := w.one(ctx, 20*time.Second); err != nil {
		return err
	}
	// Agents of 18.x drop such a job without a word, so that the server has to
	// notice it.
	err = w.await(ctx, added.ID, "canceled")
	if err := errors.Join(err, closeFront()); err != nil {
		return err
	}
	trace, err := w.trace(ctx, added.ID)
	if err != nil {
		return err
	}
	release, err := versionOf(ctx, w.agent)
	if err != nil {
		return err
	}
	begun := strings.Contains(trace, "begun\n") && !release.before(sinceAcknowledgement)
	if begun || strings.Contains(trace, "survived\n") {
		err = fmt.Errorf("the script ran: %s", trace)
	}
	return err
}

// toldToWait lets an agent send its trace in vain once, and checks that it waits
// as long as it is told to, and that nothing is lost.
func toldToWait(ctx context.Context, w *world) error {
	const pause = 3 * time.Second
	release, err := versionOf(ctx, w.agent)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var sent []time.Time // when the agent sent something of the trace
	closeFront, err := w.behind(ctx, front{refuse: func(answer http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPatch {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, time.Now())
		if len(sent) > 1 {
			return false
		}
		if release.before(sinceRetryAfter) {
			answer.Header().Set("RateLimit-ResetTime", time.Now().Add(pause+time.Second).UTC().Format(time.RFC1123)) // in whole seconds
		} else {
			answer.Header().Set("Retry-After", fmt.Sprint(int(pause.Seconds())))
		}
		answer.WriteHeader(http.StatusTooManyRequests)
		return true
	}})
	if err != nil {
		return err
	}
	if _, err := w.do(ctx, "echo one; sleep 4; echo two", nil, "success", "", "one\n", "two\n", "Job succeeded"); err != nil {
		return err
	}
	if err := closeFront(); err != nil {
		return err
	}
	mu.Lock()
	defer mu.Unlock()
	if len(sent) < 2 || sent[1].Sub(sent[0]) < pause {
		err = fmt.Errorf("the agent sent its trace at %v", sent)
	}
	return err
}

// speaksForAnother lets a job that runs speak for another one that does.
func speaksForAnother(ctx context.Context, w *world) error {
	script := fmt.Sprintf("echo $CI_JOB_TOKEN > %[1]s/$CI_JOB_ID.token\nuntil [ -e %[1]s/enough ]; do sleep 0.1; done", w.dir)
	victim, d, err := w.beginInDaemon(ctx, script)
	if err != nil {
		return err
	}
	thief, err := w.enqueue(ctx, script, nil)
	if err != nil {
		return err
	}
	var token string
	err = until(ctx, "the other job runs", func() (bool, error) {
		text, err := os.ReadFile(w.file(fmt.Sprintf("%d.token", thief.ID)))
		token = strings.TrimSpace(string(text))
		return err == nil && token != "", nil
	})
	if err != nil {
		return err
	}
	path := fmt.Sprintf("jobs/%d", victim.ID)
	_, put := w.speaks(ctx, http.StatusForbidden, http.MethodPut, path, token, map[string]any{"state": "failed"})
	_, patch := w.speaks(ctx, http.StatusForbidden, http.MethodPatch, path+"/trace", token, "stolen")
	if err := errors.Join(put, patch, w.expect(ctx, victim.ID, "running", "")); err != nil {
		return err
	}
	if err := os.WriteFile(w.file("enough"), nil, 0o600); err != nil {
		return err
	}
	if err := errors.Join(w.await(ctx, victim.ID, "success"), w.await(ctx, thief.ID, "success"), d.end(syscall.SIGTERM)); err != nil {
		return err
	}
	trace, err := w.trace(ctx, victim.ID)
	if err == nil && strings.Contains(trace, "stolen") {
		err = fmt.Errorf("the trace has what another job said: %s", trace)
	}
	return err
}
