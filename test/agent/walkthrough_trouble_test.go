package agent_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/agent"
	"runyard/test/apitest"
)

var troubleSteps = []step{
	{name: "21 a graceful cancel lets after_script run", run: func(t *testing.T, l *lab) {
		for _, version := range []agent.Version{agent.V17, agent.V19} {
			a := l.registered(version, apitest.RegistrationToken, nil)
			id := l.enqueue("")
			job := a.MustAsk()
			job.Push("working\n")
			require.Equal(t, "canceling", l.cancel(id))
			assert.Equal(t, "canceling", job.Push("still working\n").JobStatus())
			assert.Equal(t, http.StatusAccepted, job.Push("canceled\n").Status, "after_script goes on printing")
			last := job.Finish("failed", map[string]any{"failure_reason": "job_canceled"})
			assert.Equal(t, http.StatusOK, last.Status)
			assert.Equal(t, "canceled", last.JobStatus())
			assert.Equal(t, "canceled", l.job(id).Status)
			assert.Equal(t, "working\nstill working\ncanceled\n", l.trace(id))
		}
	}},
	{name: "22 a silent job hears of it through its keep-alive", run: func(t *testing.T, l *lab) {
		a := l.agent()
		id := l.enqueue("")
		job := a.MustAsk()
		assert.Equal(t, "running", job.KeepAlive().JobStatus())
		l.cancel(id)
		answer := job.KeepAlive()
		assert.Equal(t, http.StatusOK, answer.Status)
		assert.Equal(t, "canceling", answer.JobStatus())
	}},
	{name: "23 a hard cancel stays, whatever the last PUT says", run: hardCancel},
	{name: "23 a deleted project stops its jobs", run: func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		job := a.MustAsk()
		l.rootDo(http.StatusAccepted, http.MethodDelete, "projects/1")
		assert.Equal(t, http.StatusForbidden, job.Push("x").Status)
		assert.Equal(t, http.StatusForbidden, job.Report("success", nil).Status)
	}},
	{name: "24 a cancel before the first PUT is seen in its answer", run: func(t *testing.T, l *lab) {
		a := l.agent()
		id := l.enqueue("")
		job := a.MustAsk()
		l.cancel(id)
		first := job.Acknowledge()
		assert.Equal(t, http.StatusOK, first.Status)
		assert.Equal(t, "canceling", first.JobStatus())
		job.Finish("failed", map[string]any{"failure_reason": "job_canceled"})
		assert.Equal(t, "canceled", l.job(id).Status)
	}},
	{name: "25 a restart of the server in the middle of a job", run: restarts},
	{name: "28 an agent that is stopped", run: func(_ *testing.T, l *lab) {
		a := l.agent()
		id := l.enqueue("")
		a.MustAsk().Finish("failed", map[string]any{"failure_reason": "runner_interrupted"})
		l.requireFailed(id, "runner_interrupted")
		next := l.enqueue("")
		a.MustAsk().Finish("failed", map[string]any{"failure_reason": "unheard_of"})
		l.requireFailed(next, "unknown_failure")
	}},
	{name: "29 a repeated last PUT changes nothing", run: func(t *testing.T, l *lab) {
		a := l.agent()
		id := l.enqueue("")
		job := a.MustAsk()
		require.Equal(t, http.StatusOK, job.Succeed("hi\n").Status)
		again := job.Report("failed", nil)
		assert.Equal(t, http.StatusForbidden, again.Status)
		assert.Equal(t, "success", again.JobStatus())
		assert.Equal(t, "success", l.job(id).Status)
	}},
	{name: "30 another job's token opens nothing", run: func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		l.enqueue("")
		one, other := a.MustAsk(), a.MustAsk()
		thief := *one
		thief.Token = other.Token
		assert.Equal(t, http.StatusForbidden, thief.Push("x").Status)
		assert.Equal(t, http.StatusForbidden, thief.Report("failed", nil).Status)
		thief.Token = ""
		assert.Equal(t, http.StatusForbidden, thief.Push("x").Status)
		assert.Equal(t, "running", l.job(one.ID).Status)
		assert.Empty(t, l.trace(one.ID))
	}},
	{name: "a damaged log is sent again from the first byte", run: repairs},
	{name: "an unknown state is 400", run: func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		job := a.MustAsk()
		answer := job.Put("perhaps", nil)
		assert.Equal(t, http.StatusBadRequest, answer.Status)
		assert.Equal(t, "running", answer.JobStatus())
	}},
	{name: "a job is retried as a new one", run: retries},
}

func hardCancel(t *testing.T, l *lab) {
	a := l.registered(agent.V15, apitest.RegistrationToken, nil)
	id := l.enqueue("")
	job := a.MustAsk()
	job.Push("working\n")
	require.Equal(t, "canceled", l.cancel(id))
	refused := job.Push("more\n")
	assert.Equal(t, http.StatusForbidden, refused.Status)
	assert.Equal(t, "canceled", refused.JobStatus())
	last := job.Report("failed", map[string]any{"failure_reason": "unknown_failure"})
	assert.Equal(t, http.StatusForbidden, last.Status)
	assert.Equal(t, "canceled", l.job(id).Status)
	assert.Equal(t, "working\n", l.trace(id))
}

func restarts(t *testing.T, l *lab) {
	a := l.agent()
	id := l.enqueue("")
	job := a.MustAsk()
	require.Equal(t, http.StatusAccepted, job.Push("before\n").Status)
	again := apitest.New(t, l.Store, apitest.Beside(l.API))
	a.URL = again.Listen()
	require.Equal(t, http.StatusAccepted, job.Push("after\n").Status)
	require.Equal(t, http.StatusOK, job.Finish("success", nil).Status)
	assert.Equal(t, "success", l.job(id).Status)
	assert.Equal(t, "before\nafter\n", l.trace(id))
}

func repairs(t *testing.T, l *lab) {
	a := l.agent()
	id := l.enqueue("")
	job := a.MustAsk()
	require.Equal(t, http.StatusAccepted, job.Push("as the server got it\n").Status)
	copy(job.Log, "AS")
	damaged := job.Report("success", nil)
	require.Equal(t, http.StatusPreconditionFailed, damaged.Status)
	assert.Equal(t, "running", damaged.JobStatus())
	assert.Equal(t, http.StatusAccepted, job.Patch(0, job.Log, "").Status, "all of it again")
	assert.Equal(t, http.StatusOK, job.Report("success", nil).Status)
	assert.Equal(t, "AS the server got it\n", l.trace(id))
}

func retries(t *testing.T, l *lab) {
	a := l.agent()
	id := l.enqueue(`, "variables": {"A": "b"}`)
	a.MustAsk().Finish("failed", map[string]any{"failure_reason": "script_failure", "exit_code": 1})
	var retry jobView
	l.Into(l.rootDo(http.StatusCreated, http.MethodPost, l.jobPath(id)+"/retry"), &retry)
	assert.NotEqual(t, id, retry.ID)
	assert.Equal(t, "pending", retry.Status)
	job := a.MustAsk()
	assert.Equal(t, retry.ID, job.ID)
	assert.Equal(t, "b", job.Value("A"))
	job.Succeed("")
	l.requireFailed(id, "script_failure")
	assert.Equal(t, http.StatusForbidden, l.Do(http.MethodPost, l.jobPath(l.enqueue(""))+"/retry", apitest.As(l.Root)).Status)
}
