package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

var jobSteps = []step{
	{name: "09 no job pending", settings: []string{"--long-poll", "2s"}, run: func(ctx context.Context, w *world) error {
		output, err := w.one(ctx, 8*time.Second)
		if err != nil {
			return err
		}
		if !strings.Contains(output, "has not received a job") {
			return fmt.Errorf("the agent said: %s", output)
		}
		var runner struct{ Status string }
		err = w.api(ctx, http.MethodGet, "runners/1", nil, &runner)
		if err == nil && runner.Status != "online" {
			err = fmt.Errorf("the runner is %s", runner.Status)
		}
		return err
	}},
	{name: "10 a job that succeeds", run: func(ctx context.Context, w *world) error {
		added, err := w.do(ctx, "echo hi", nil, "success", "", "hi\n", "Job succeeded")
		if err != nil {
			return err
		}
		var jobs []job
		if err := w.api(ctx, http.MethodGet, "runners/1/jobs", nil, &jobs); err != nil {
			return err
		}
		if len(jobs) != 1 || jobs[0].ID != added.ID || jobs[0].Duration == nil {
			return fmt.Errorf("the runner's jobs are %+v", jobs)
		}
		return nil
	}},
	{name: "11 a script that exits with 7", run: func(ctx context.Context, w *world) error {
		_, err := w.do(ctx, "exit 7", nil, "failed", "script_failure", "exit")
		return err
	}},
	{name: "12 after_script of a script that fails", run: func(ctx context.Context, w *world) error {
		_, err := w.do(ctx, "false", map[string]any{"after_script": `echo "it $CI_JOB_STATUS"`}, "failed", "script_failure", "it failed")
		return err
	}},
	{name: "13 variables", run: printsVariables},
	{name: "14 the log is read while it grows", run: readsGrowingLog},
	{name: "15 a repository is checked out", run: checksOut},
	{name: "16 artifacts go up and down", run: passesArtifacts},
	{name: "17 an artifact above the limit", settings: []string{"--artifact-limit", "1MiB"}, run: func(ctx context.Context, w *world) error {
		_, err := w.do(ctx, "head -c 3000000 /dev/urandom > big", map[string]any{"artifacts": map[string]any{"paths": []string{"big"}}},
			"failed", "script_failure", "too large")
		return err
	}},
	{name: "18 a dependency whose artifacts are gone", run: missesDependency},
	{name: "19 a log above the limit", settings: []string{"--trace-limit", "20KiB"}, run: func(ctx context.Context, w *world) error {
		_, err := w.do(ctx, "for i in $(seq 1000); do echo a line that is by no means short; done; sleep 30", nil, "failed", "trace_size_exceeded")
		return err
	}},
	{name: "19 a log above the agent's own limit", run: func(ctx context.Context, w *world) error {
		_, err := w.do(ctx, "head -c 5000000 /dev/zero | tr '\\0' x | fold -w 99; echo", nil, "success", "", "xxx\n", "log exceeded limit of 4194304 bytes")
		return err
	}},
	{name: "20 a job above its timeout", run: func(ctx context.Context, w *world) error {
		_, err := w.do(ctx, "sleep 60", map[string]any{"timeout": 3}, "failed", "job_execution_timeout")
		return err
	}},
}

func printsVariables(ctx context.Context, w *world) error {
	_, err := w.do(ctx, `echo "plain=$PLAIN masked=$MASKED raw=$RAW file=$(cat $FILE)"
echo "job=$CI_JOB_ID project=$CI_PROJECT_PATH server=$CI_SERVER_URL runner=$CI_RUNNER_ID"`, map[string]any{"variables": []map[string]any{
		{"key": "PLAIN", "value": "one"},
		{"key": "MASKED", "value": "topsecret", "masked": true},
		{"key": "RAW", "value": "$PLAIN", "raw": true},
		{"key": "FILE", "value": "of a file", "file": true},
	}}, "success", "", "plain=one masked=[MASKED] raw=$PLAIN file=of a file",
		"job=1 project=root/lab server="+w.url+" runner=1")
	return err
}

func readsGrowingLog(ctx context.Context, w *world) error {
	added, err := w.enqueue(ctx, "for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; sleep 1; done", nil)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		_, err := w.one(ctx, 20*time.Second)
		ended <- err
	}()
	err = until(ctx, "the log grows", func() (bool, error) {
		trace, err := w.trace(ctx, added.ID)
		return strings.Contains(trace, "line 2") && !strings.Contains(trace, "line 10"), err
	})
	if err := errors.Join(err, <-ended); err != nil {
		return err
	}
	return w.expect(ctx, added.ID, "success", "", "line 1", "line 10")
}

func checksOut(ctx context.Context, w *world) error {
	repository := w.file("repository")
	git := exec.CommandContext(ctx, "bash", "-ec", `git init -q -b main "$0" && cd "$0" && echo hello > README && git add README &&
		git -c user.name=A -c user.email=a@example.com commit -q -m First && git rev-parse HEAD`, repository)
	sha, err := git.Output()
	if err != nil {
		return err
	}
	err = w.api(ctx, http.MethodPut, "projects/1", map[string]any{"repository_url": "file://" + repository}, nil)
	if err != nil {
		return err
	}
	commit := map[string]any{"id": strings.TrimSpace(string(sha))}
	_, err = w.do(ctx, "cat README", map[string]any{"commit": commit}, "success", "", "hello", "Checking out "+string(sha[:8])+" as ")
	return err
}

func passesArtifacts(ctx context.Context, w *world) error {
	build, err := w.do(ctx, "mkdir out\necho payload > out/a.txt\necho '<testsuites/>' > junit.xml", map[string]any{"artifacts": []map[string]any{
		{"paths": []string{"out/"}}, {"paths": []string{"junit.xml"}, "artifact_type": "junit", "artifact_format": "gzip"},
	}}, "success", "", "Job succeeded")
	if err != nil {
		return err
	}
	if err := os.RemoveAll(w.file("builds")); err != nil { // so that the file can come from the archive alone
		return err
	}
	further := map[string]any{"pipeline_id": 1, "needs": []int64{build.ID}}
	if _, err := w.do(ctx, "cat out/a.txt", further, "success", "", "Downloading artifacts", "payload"); err != nil {
		return err
	}
	archive, err := w.raw(ctx, http.MethodGet, jobPath(build.ID)+"/artifacts", "")
	if err != nil {
		return err
	}
	path := filepath.Join(w.dir, "artifacts.zip")
	if err := os.WriteFile(path, []byte(archive), 0o600); err != nil {
		return err
	}
	list, err := exec.CommandContext(ctx, "unzip", "-l", path).CombinedOutput()
	if err == nil && !strings.Contains(string(list), "out/a.txt") {
		err = fmt.Errorf("the archive holds: %s", list)
	}
	return err
}

func missesDependency(ctx context.Context, w *world) error {
	build, err := w.do(ctx, "echo payload > a.txt", map[string]any{"artifacts": map[string]any{
		"paths": []string{"a.txt"}, "expire_in": "1 second",
	}}, "success", "", "Job succeeded")
	if err != nil {
		return err
	}
	if err := until(ctx, "the archive is gone", func() (bool, error) {
		_, err := w.raw(ctx, http.MethodGet, jobPath(build.ID)+"/artifacts", "")
		return err != nil, nil
	}); err != nil {
		return err
	}
	depending, err := w.enqueue(ctx, "cat a.txt", map[string]any{"pipeline_id": 1, "needs": []int64{build.ID}})
	if err != nil {
		return err
	}
	// The agent never sees that job, and does the next one.
	if _, err := w.do(ctx, "echo next", nil, "success", "", "next"); err != nil {
		return err
	}
	return w.expect(ctx, depending.ID, "failed", "missing_dependency_failure")
}
