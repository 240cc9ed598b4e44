package agent_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/agent"
	"runyard/test/apitest"
)

var jobSteps = []step{
	{name: "09 an idle poll is 204, and the next one tells the last update", run: idles},
	{name: "10 a job runs and succeeds", run: succeeds},
	{name: "11 a script that exits with 7", run: func(t *testing.T, l *lab) {
		a := l.agent()
		id := l.enqueue("")
		job := a.MustAsk()
		job.Push("$ exit 7\n")
		answer := job.Finish("failed", map[string]any{"failure_reason": "script_failure", "exit_code": 7})
		assert.Equal(t, http.StatusOK, answer.Status)
		assert.Equal(t, "failed", answer.JobStatus())
		l.requireFailed(id, "script_failure")
	}},
	{name: "14 the log is read while it grows", run: func(t *testing.T, l *lab) {
		a := l.agent()
		id := l.enqueue("")
		job := a.MustAsk()
		assert.Empty(t, l.trace(id))
		log := ""
		for i := range 3 {
			line := fmt.Sprintln("line", i)
			answer := job.Push(line)
			assert.Equal(t, "3", answer.Header.Get("X-Gitlab-Trace-Update-Interval"))
			log += line
			assert.Equal(t, log, l.trace(id))
		}
	}},
	{name: "16 artifacts go up, and down to the job that depends on them", run: passesArtifactsOn},
	{name: "18 a dependency whose artifacts are gone fails the job", run: missesArtifacts},
	{
		name: "19 a log above the limit fails the job", run: exceedsTrace,
		options: []apitest.Option{func(c *apitest.Config) { c.Limits.Trace = 10 }},
	},
	{name: "20 the smaller timeout counts", run: func(t *testing.T, l *lab) {
		a := l.registered(agent.V19, apitest.RegistrationToken, map[string]any{"maximum_timeout": 600})
		id := l.enqueue("")
		job := a.MustAsk()
		assert.Equal(t, 600, job.RunnerInfo.Timeout)
		l.enqueue(`, "timeout": 60`)
		assert.Equal(t, 60, a.MustAsk().RunnerInfo.Timeout)
		job.Finish("failed", map[string]any{"failure_reason": "job_execution_timeout"})
		l.requireFailed(id, "job_execution_timeout")
	}},
}

func idles(t *testing.T, l *lab) {
	a := l.agent()
	_, first := a.Ask()
	require.Equal(t, http.StatusNoContent, first.Status)
	update := first.Header.Get("X-Gitlab-Last-Update")
	require.NotEmpty(t, update)
	_, second := a.Ask()
	assert.Equal(t, http.StatusNoContent, second.Status)
	assert.Equal(t, update, second.Header.Get("X-Gitlab-Last-Update"), "nothing is new")
	assert.Empty(t, second.Body)
	l.enqueue("")
	a.MustAsk()
	l.enqueue("")
	job, third := a.AskAnew()
	require.NotNil(t, job)
	assert.Empty(t, third.Header.Get("X-Gitlab-Last-Update"), "a 201 carries no such header")
	var runner struct{ Status string }
	l.Into(l.rootDo(http.StatusOK, http.MethodGet, "runners/1"), &runner)
	assert.Equal(t, "online", runner.Status)
}

func succeeds(t *testing.T, l *lab) {
	a := l.agent()
	id := l.enqueue("")
	assert.Equal(t, "pending", l.job(id).Status)
	job := a.MustAsk()
	assert.Equal(t, "running", job.Acknowledge().JobStatus())
	running := l.job(id)
	assert.Equal(t, "running", running.Status)
	require.NotNil(t, running.Runner)
	assert.EqualValues(t, 1, running.Runner.ID)
	assert.NotNil(t, running.StartedAt)
	l.Clock.Advance(90 * time.Second)
	require.Equal(t, http.StatusAccepted, job.Push("hi\n").Status)
	require.Equal(t, http.StatusAccepted, job.Push("Job succeeded\n").Status)
	last := job.Finish("success", nil)
	assert.Equal(t, http.StatusOK, last.Status)
	assert.Equal(t, `"200"`, last.Body)
	assert.Equal(t, "success", last.JobStatus())
	ended := l.job(id)
	assert.Equal(t, "success", ended.Status)
	assert.NotNil(t, ended.FinishedAt)
	assert.InDelta(t, 90, *ended.Duration, 0)
	assert.Equal(t, "hi\nJob succeeded\n", l.trace(id))

	var jobs []jobView
	l.Into(l.rootDo(http.StatusOK, http.MethodGet, "runners/1/jobs"), &jobs)
	require.Len(t, jobs, 1)
	assert.InDelta(t, 90, *jobs[0].Duration, 0, "the runner's jobs show what really ran")
}

func passesArtifactsOn(t *testing.T, l *lab) {
	a := l.agent()
	build := l.enqueue(`, "artifacts": [{"paths": ["out/"], "expire_in": "1 week"},
		{"paths": ["junit.xml"], "artifact_type": "junit", "artifact_format": "gzip"}]`)
	use := l.enqueue(`, "pipeline_id": 1, "needs": [%d]`, build)
	assert.Equal(t, "created", l.job(use).Status)
	job := a.MustAsk()
	require.Equal(t, build, job.ID)
	for i, what := range []struct{ filename, content string }{
		{"artifacts.zip", "PK\x03\x04 the archive"}, {"junit.xml.gz", "\x1f\x8b the report"},
	} {
		query := url.Values{"artifact_type": {job.Artifacts[i].Type}, "artifact_format": {job.Artifacts[i].Format}}
		answer, err := job.Upload(query, what.filename, strings.NewReader(what.content))
		require.NoError(t, err)
		require.Equal(t, http.StatusCreated, answer.Status, answer.Body)
	}
	job.Succeed("built\n")
	assert.Equal(t, "artifacts.zip", l.job(build).ArtifactsFile.Filename)

	next := a.MustAsk()
	require.Equal(t, use, next.ID)
	require.Len(t, next.Dependencies, 1)
	dependency := next.Dependencies[0]
	assert.Equal(t, next.Token, dependency.Token, "the running job's own token")
	assert.Equal(t, "artifacts.zip", dependency.ArtifactsFile.Filename)
	archive := next.Download(dependency)
	assert.Equal(t, http.StatusOK, archive.Status)
	assert.Equal(t, "application/zip", archive.Header.Get("Content-Type"))
	assert.Equal(t, "PK\x03\x04 the archive", archive.Body)
	assert.Equal(t, fmt.Sprint(dependency.ArtifactsFile.Size), archive.Header.Get("Content-Length"))

	people := l.rootDo(http.StatusOK, http.MethodGet, l.jobPath(build)+"/artifacts")
	assert.Equal(t, "attachment; filename=artifacts.zip", people.Header.Get("Content-Disposition"))
	assert.Equal(t, "PK\x03\x04 the archive", people.Body)

	refusesStrangers(t, l, a, next, dependency)
}

// refusesStrangers checks who may not have an archive.
func refusesStrangers(t *testing.T, l *lab, a *agent.Agent, holder *agent.Job, d agent.Dependency) {
	t.Helper()
	l.enqueue("")
	stranger := a.MustAsk()
	assert.Equal(t, http.StatusForbidden, stranger.Download(agent.Dependency{ID: d.ID, Token: stranger.Token}).Status)
	assert.Equal(t, http.StatusForbidden, stranger.Download(agent.Dependency{ID: d.ID, Token: "nobody's"}).Status)
	holder.Succeed("")
	assert.Equal(t, http.StatusForbidden, holder.Download(d).Status, "the job is over")
}

func missesArtifacts(t *testing.T, l *lab) {
	a := l.agent()
	build := l.enqueue(`, "artifacts": {"paths": ["out/"]}`)
	use := l.enqueue(`, "pipeline_id": 1, "needs": [%d]`, build)
	job := a.MustAsk()
	query := url.Values{"expire_in": {"1 hour"}}
	answer, err := job.Upload(query, "artifacts.zip", strings.NewReader("PK"))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, answer.Status)
	job.Succeed("")
	l.Clock.Advance(2 * time.Hour)
	l.requireNothing(a)
	l.requireFailed(use, "missing_dependency_failure")
	l.rootDo(http.StatusNotFound, http.MethodGet, l.jobPath(build)+"/artifacts")
}

func exceedsTrace(t *testing.T, l *lab) {
	a := l.agent()
	id := l.enqueue("")
	job := a.MustAsk()
	require.Equal(t, http.StatusAccepted, job.Push("0123456789").Status)
	tooMuch := job.Push("!")
	assert.Equal(t, http.StatusForbidden, tooMuch.Status)
	assert.Equal(t, "failed", tooMuch.JobStatus())
	l.requireFailed(id, "trace_size_exceeded")
	assert.Equal(t, "0123456789", l.trace(id))
	assert.Equal(t, http.StatusForbidden, job.Report("success", nil).Status)
}
