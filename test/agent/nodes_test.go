package agent_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/agent"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// With 64 requests at once, two nodes empty a queue: each job goes out once, and
// two projects get the same share all the time.
func TestTwoNodesHandOutEachJobOnceAndFairly(t *testing.T) {
	t.Parallel()
	const runners, requests, jobs = 16, 64, 2000
	l := newLab(t, fixture.PostgreSQL(t))
	urls := []string{l.url, apitest.New(t, l.Again(t), apitest.Beside(l.API)).Listen()}
	last := l.AddPersonalProject(l.AddUser())
	l.AddCopiesOfJob(l.project, domain.JobID(l.enqueue("")), jobs/2-1)
	l.AddCopiesOfJob(last, domain.JobID(l.enqueueIn(last, "")), jobs/2-1)
	var agents []*agent.Agent
	for i := range runners {
		token := l.agent().Token
		for j := range requests / runners {
			agents = append(agents, agent.New(t, agent.V19, urls[(i+j)%len(urls)], token))
		}
	}
	var mu sync.Mutex
	var order []int64 // projects
	handedOut := map[int64]int{}
	var wait sync.WaitGroup
	for _, a := range agents {
		wait.Go(func() {
			for {
				job, answer, err := a.AskUntil(t.Context())
				if !assert.NoError(t, err) || job == nil {
					assert.Equal(t, http.StatusNoContent, answer.Status, answer.Body)
					return
				}
				mu.Lock()
				order = append(order, job.JobInfo.ProjectID)
				handedOut[job.ID]++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	assert.Len(t, handedOut, jobs)
	assert.Len(t, order, jobs, "a job was handed out twice")
	ahead := 0
	for i, project := range order {
		if ahead++; project == int64(last) {
			ahead -= 2
		}
		require.LessOrEqual(t, max(ahead, -ahead), 2*requests, "after %d jobs", i)
	}
}

func TestAJobOfAnotherNodeEndsAHeldPollAndItsTraceIsReadAnywhere(t *testing.T) {
	t.Parallel()
	l := newLab(t, fixture.PostgreSQL(t), holding)
	other := apitest.New(t, l.Again(t), apitest.Beside(l.API))
	a := l.agent()
	l.requireNothing(a)
	got := l.askInBackground(a)
	queued := other.Do(http.MethodPost, fmt.Sprintf("projects/%d/jobs", l.project),
		apitest.As(l.Root), apitest.JSON(`{"name": "test", "script": "make"}`))
	require.Equal(t, http.StatusCreated, queued.Status)
	job := l.mustGet(got)
	job.Push("hi\n")
	trace := other.Do(http.MethodGet, l.jobPath(job.ID)+"/trace", apitest.As(l.Root))
	assert.Equal(t, "hi\n", trace.Body)
}

func TestAnAgentIsToldToHurryWhileSomebodyWatchesOnAnyNode(t *testing.T) {
	t.Parallel()
	l := newLab(t, fixture.PostgreSQL(t))
	other := apitest.New(t, l.Again(t), apitest.Beside(l.API))
	id := l.enqueue("")
	job := l.agent().MustAsk()
	interval := func() string { return job.KeepAlive().Header.Get("X-Gitlab-Trace-Update-Interval") }
	assert.Equal(t, "3", interval(), "it has just begun")
	l.Clock.Advance(time.Minute)
	assert.Equal(t, "30", interval())
	trace := other.Do(http.MethodGet, l.jobPath(id)+"/trace", apitest.As(l.Root))
	require.Equal(t, http.StatusOK, trace.Status)
	l.eventually(func() bool { return interval() == "3" })
	l.cancel(id)
	l.Clock.Advance(time.Minute)
	assert.Equal(t, "3", interval(), "it is to stop")
}

// unacknowledged is short, because that is also how often jobs are looked at.
const unacknowledged = time.Second

func TestAPayloadThatTheAgentCannotDecodeIsALostJobThatIsSwept(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		id := l.enqueue("")
		lost := a.MustAsk() // the agent cannot read it, and never speaks of it
		l.Clock.Advance(unacknowledged + time.Second)
		l.requireSoon(id, "failed")
		l.requireFailed(id, "no_updates_running")
		assert.Equal(t, http.StatusForbidden, lost.Push("late").Status, "the token is dead")
		next := l.enqueue("")
		job := a.MustAsk()
		assert.Equal(t, next, job.ID, "the lost job is not handed out again by itself")
		job.Acknowledge()
		assert.Equal(t, http.StatusOK, job.Succeed("").Status)
	}, func(c *apitest.Config) { c.Limits.Sweep.Unacknowledged = unacknowledged })
}
