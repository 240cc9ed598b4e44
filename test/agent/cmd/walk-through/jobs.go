package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// job is a job as people see it.
type job struct {
	ID            int64
	Status        string
	FailureReason string    `json:"failure_reason"`
	Duration      *float64  `json:"duration"`
	StartedAt     time.Time `json:"started_at"`
	FinishedAt    time.Time `json:"finished_at"`
	Runner        *struct{ ID int64 }
	Pipeline      struct {
		ProjectID int64 `json:"project_id"`
	}
	ArtifactsFile struct {
		Filename string
		Size     int64
	} `json:"artifacts_file"`
}

// enqueue puts a job in the queue of the first project.
func (w *world) enqueue(ctx context.Context, script string, further map[string]any) (job, error) {
	return w.enqueueIn(ctx, 1, script, further)
}

func (w *world) enqueueIn(ctx context.Context, project int64, script string, further map[string]any) (job, error) {
	body := map[string]any{"name": "test", "script": strings.Split(script, "\n")}
	for name, value := range further {
		body[name] = value
	}
	var added job
	return added, w.api(ctx, http.MethodPost, fmt.Sprintf("projects/%d/jobs", project), body, &added)
}

func jobPath(id int64) string { return fmt.Sprintf("projects/1/jobs/%d", id) }

func (w *world) find(ctx context.Context, id int64) (found job, err error) {
	return found, w.api(ctx, http.MethodGet, jobPath(id), nil, &found)
}

func (w *world) trace(ctx context.Context, id int64) (string, error) {
	return w.raw(ctx, http.MethodGet, jobPath(id)+"/trace", "")
}

// await waits until the job has the status.
func (w *world) await(ctx context.Context, id int64, status string) error {
	last := ""
	err := until(ctx, fmt.Sprintf("job %d is %s", id, status), func() (bool, error) {
		found, err := w.find(ctx, id)
		last = found.Status
		return found.Status == status, err
	})
	if err != nil {
		return fmt.Errorf("%w (it is %s)", err, last)
	}
	return nil
}

// expect checks how a job ended, and what its trace holds.
func (w *world) expect(ctx context.Context, id int64, status, reason string, texts ...string) error {
	found, err := w.find(ctx, id)
	if err != nil {
		return err
	}
	trace, err := w.trace(ctx, id)
	if err != nil {
		return err
	}
	if found.Status != status || found.FailureReason != reason {
		return fmt.Errorf("job %d is %s %s instead of %s %s; its trace: %s", id, found.Status, found.FailureReason, status, reason, trace)
	}
	for _, text := range texts {
		if !strings.Contains(trace, text) {
			return fmt.Errorf("the trace of job %d lacks %q: %s", id, text, trace)
		}
	}
	return nil
}
