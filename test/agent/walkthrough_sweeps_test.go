package agent_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/agent"
	"runyard/test/apitest"
)

// sweeping has the limits of section 11 of the runner protocol, and looks every
// second because a lost hand-over is given up as soon.
func sweeping(c *apitest.Config) {
	c.Limits.Sweep = domain.SweepLimits{
		Pending: 24 * time.Hour, Unmatched: time.Hour, Unacknowledged: unacknowledged,
		Silent: 5 * time.Minute, Overtime: 15 * time.Minute,
	}
}

var sweepSteps = []step{
	{name: "27 an agent that is killed", run: func(t *testing.T, l *lab) {
		a := l.agent()
		job := l.begun(a)
		l.Clock.Advance(4 * time.Minute)
		require.Equal(t, http.StatusAccepted, job.Push("a sign of life\n").Status)
		l.Clock.Advance(4 * time.Minute)
		require.Equal(t, http.StatusOK, job.KeepAlive().Status)
		l.Clock.Advance(5*time.Minute + time.Second)
		l.requireSoon(job.ID, "failed")
		l.requireFailed(job.ID, "no_updates_running")
		late := job.Push("it was only cut off\n")
		assert.Equal(t, http.StatusForbidden, late.Status)
		assert.Equal(t, "failed", late.JobStatus())
		l.requireNothing(a)
	}, options: []apitest.Option{sweeping}},
	{name: "27 an agent that is killed while its job is canceled", run: func(_ *testing.T, l *lab) {
		job := l.begun(l.agent())
		l.cancel(job.ID)
		l.Clock.Advance(5*time.Minute + time.Second)
		l.requireSoon(job.ID, "canceled")
	}, options: []apitest.Option{sweeping}},
	{name: "24 a cancel before the first PUT, of which an agent of 18.x never reports the end", run: func(t *testing.T, l *lab) {
		a := l.agent()
		id := l.enqueue("")
		job := a.MustAsk()
		l.cancel(id)
		l.Clock.Advance(time.Millisecond)
		assert.Equal(t, "canceling", job.Acknowledge().JobStatus())
		l.Clock.Advance(11 * time.Second)
		l.requireSoon(id, "canceled")
	}, options: []apitest.Option{sweeping}},
	{name: "20 a job that its agent does not end in time", run: func(t *testing.T, l *lab) {
		id := l.enqueue(`, "timeout": 60`)
		job := l.agent().MustAsk()
		l.Clock.Advance(time.Millisecond)
		job.Acknowledge()
		for range 4 {
			l.Clock.Advance(4 * time.Minute)
			job.KeepAlive()
		}
		l.Clock.Advance(time.Millisecond)
		l.requireSoon(id, "failed")
		l.requireFailed(id, "server_timeout_running")
		assert.Equal(t, "failed", job.KeepAlive().JobStatus())
	}, options: []apitest.Option{sweeping}},
	{name: "31 a job that no runner takes", run: func(_ *testing.T, l *lab) {
		unmatched := l.enqueue(`, "tag_list": ["nobody"]`)
		l.Clock.Advance(time.Hour + time.Second)
		l.requireSoon(unmatched, "failed")
		l.requireFailed(unmatched, "stuck_pending_no_matching_runners")
	}, options: []apitest.Option{sweeping}},
}

// begun is a job that an agent has, and has said so.
func (l *lab) begun(a *agent.Agent) *agent.Job {
	l.t.Helper()
	l.enqueue("")
	job := a.MustAsk()
	l.Clock.Advance(time.Millisecond) // so that it can be seen that the agent spoke
	require.Equal(l.t, http.StatusOK, job.Acknowledge().Status)
	require.Equal(l.t, http.StatusAccepted, job.Push("begun\n").Status)
	return job
}

// requireSoon waits until the job has the status.
func (l *lab) requireSoon(id int64, status string) {
	l.t.Helper()
	l.eventually(func() bool { return l.job(id).Status == status })
}
