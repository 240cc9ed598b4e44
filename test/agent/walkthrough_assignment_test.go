package agent_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/agent"
	"runyard/test/apitest"
)

var assignmentSteps = []step{
	{name: "31 and 32 tags and untagged jobs", run: matchesTags},
	{name: "33 a protected runner takes no job of an unprotected branch", run: func(t *testing.T, l *lab) {
		a := l.registered(agent.V19, apitest.RegistrationToken, map[string]any{"access_level": "ref_protected"})
		l.enqueue("")
		l.requireNothing(a)
		id := l.enqueue(`, "protected": true`)
		assert.Equal(t, id, a.MustAsk().ID)
	}},
	{name: "a job of a user who was blocked meanwhile fails, and the search goes on", run: skipsBlockedUser},
	{name: "34 a runner that is paused while it polls, and then unpaused", run: pauses, options: []apitest.Option{holding}},
	{name: "35 scopes of project, group and instance runners", run: keepsToItsScope},
	{name: "36 an instance runner alternates between projects", run: alternates},
	{name: "37 twenty jobs on two machines run once each", run: sharesOut},
	{name: "39 a held poll gets a job when there is one, also one that was let go in between", run: func(t *testing.T, l *lab) {
		a := l.agent()
		l.requireNothing(a)
		l.rootDo(http.StatusOK, http.MethodPut, "runners/1", apitest.JSON(`{"description": "changed"}`))
		got := l.askInBackground(a)
		id := l.enqueue("")
		assert.Equal(t, id, l.mustGet(got).ID)
	}, options: []apitest.Option{holding}},
	{name: "39 a held poll gets a job when there is one", run: func(t *testing.T, l *lab) {
		a := l.agent()
		l.requireNothing(a)
		got := l.askInBackground(a)
		id := l.enqueue("")
		assert.Equal(t, id, l.mustGet(got).ID)
	}, options: []apitest.Option{holding}},
}

// requireNothing checks that there is no job for the agent.
func (l *lab) requireNothing(a *agent.Agent) {
	l.t.Helper()
	job, answer := a.AskAnew()
	require.Nil(l.t, job)
	require.Equal(l.t, http.StatusNoContent, answer.Status, answer.Body)
}

// askInBackground asks for a job until there is one, which may take its time: as
// a real agent does, it asks again when something made the server answer without
// one. It returns when the server has the question. A test that ends before gets
// no job.
func (l *lab) askInBackground(a *agent.Agent) <-chan *agent.Job {
	l.t.Helper()
	arrived := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case arrived <- struct{}{}:
		default: // it asks again
		}
		l.Handler().ServeHTTP(w, r)
	}))
	l.t.Cleanup(server.Close)
	direct := a.URL
	a.URL = server.URL
	got := make(chan *agent.Job, 1)
	go func() {
		defer close(got)
		var job *agent.Job
		var err error
		for job == nil && err == nil {
			job, _, err = a.AskUntil(l.t.Context())
		}
		a.URL = direct
		if err == nil {
			got <- job
		}
	}()
	<-arrived
	return got
}

// mustGet is the job that was asked for in the background.
func (l *lab) mustGet(got <-chan *agent.Job) *agent.Job {
	l.t.Helper()
	job := <-got
	require.NotNil(l.t, job, "the agent got no answer")
	return job
}

func matchesTags(t *testing.T, l *lab) {
	tagged := l.registered(agent.V19, apitest.RegistrationToken, map[string]any{"tag_list": "shell,linux", "run_untagged": false})
	both := l.registered(agent.V19, apitest.RegistrationToken, map[string]any{"tag_list": "windows", "run_untagged": true})
	l.enqueue(`, "tag_list": ["windows", "shell"]`)
	l.requireNothing(tagged)
	l.requireNothing(both)
	untagged := l.enqueue("")
	l.requireNothing(tagged)
	assert.Equal(t, untagged, both.MustAsk().ID)
	shell := l.enqueue(`, "tag_list": ["shell"]`)
	l.requireNothing(both)
	assert.Equal(t, shell, tagged.MustAsk().ID, "further tags of the runner do not matter")
	assert.Equal(t, "pending", l.job(1).Status)
}

func skipsBlockedUser(t *testing.T, l *lab) {
	user := l.AddUser()
	project := l.AddPersonalProject(user)
	queued := l.Do(http.MethodPost, fmt.Sprintf("projects/%d/jobs", project), apitest.As(l.TokenOf(user)),
		apitest.JSON(`{"name": "test", "script": "make"}`))
	require.Equal(t, http.StatusCreated, queued.Status, queued.Body)
	other := l.enqueue("")
	l.rootDo(http.StatusCreated, http.MethodPost, fmt.Sprintf("users/%d/block", user))
	assert.Equal(t, other, l.agent().MustAsk().ID)
	var refused jobView
	l.Into(l.rootDo(http.StatusOK, http.MethodGet, fmt.Sprintf("projects/%d/jobs/1", project)), &refused)
	assert.Equal(t, "failed", refused.Status)
	require.NotNil(t, refused.FailureReason)
	assert.Equal(t, "user_blocked", *refused.FailureReason)
}

func pauses(t *testing.T, l *lab) {
	a := l.agent()
	l.requireNothing(a)
	got := l.askInBackground(a)
	l.rootDo(http.StatusOK, http.MethodPut, "runners/1", apitest.JSON(`{"paused": true}`))
	id := l.enqueue("")
	l.rootDo(http.StatusOK, http.MethodPut, "runners/1", apitest.JSON(`{"paused": false}`))
	assert.Equal(t, id, l.mustGet(got).ID)
}

// owner is a group or a project, whose runners can be registered.
type owner struct {
	ID           int64
	RunnersToken string `json:"runners_token"`
}

// made makes groups and projects as people do.
func (l *lab) made(what, body string, args ...any) (made owner) {
	l.t.Helper()
	l.Into(l.rootDo(http.StatusCreated, http.MethodPost, what, apitest.JSON(fmt.Sprintf(body, args...))), &made)
	return made
}

func keepsToItsScope(t *testing.T, l *lab) {
	group := l.made("groups", `{"name": "Top", "path": "top"}`)
	inside := l.made("projects", `{"name": "inside", "namespace_id": %d}`, group.ID)
	sub := l.made("groups", `{"name": "Sub", "path": "sub", "parent_id": %d}`, group.ID)
	below := l.made("projects", `{"name": "below", "namespace_id": %d}`, sub.ID)
	ofProject := l.registered(agent.V19, inside.RunnersToken, nil)
	ofGroup := l.registered(agent.V19, group.RunnersToken, nil)
	ofInstance := l.agent()

	outside := l.enqueue("")
	l.requireNothing(ofProject)
	l.requireNothing(ofGroup)
	inSubgroup := l.enqueueIn(domain.ProjectID(below.ID), "")
	l.requireNothing(ofProject)
	assert.Equal(t, inSubgroup, ofGroup.MustAsk().ID)
	own := l.enqueueIn(domain.ProjectID(inside.ID), "")
	assert.Equal(t, own, ofProject.MustAsk().ID)
	assert.Equal(t, outside, ofInstance.MustAsk().ID)
	l.rootDo(http.StatusOK, http.MethodPut, fmt.Sprintf("projects/%d", inside.ID),
		apitest.JSON(`{"shared_runners_enabled": false, "group_runners_enabled": false}`))
	switchedOff := l.enqueueIn(domain.ProjectID(inside.ID), "")
	l.requireNothing(ofInstance)
	l.requireNothing(ofGroup)
	assert.Equal(t, switchedOff, ofProject.MustAsk().ID)
}

func alternates(t *testing.T, l *lab) {
	other := l.AddPersonalProject(l.AddUser())
	for range 5 {
		l.enqueue("")
	}
	for range 5 {
		l.enqueueIn(other, "")
	}
	a := l.agent()
	var projects []int64
	for range 10 {
		projects = append(projects, a.MustAsk().JobInfo.ProjectID)
	}
	one, two := int64(l.project), int64(other)
	assert.Equal(t, []int64{one, two, one, two, one, two, one, two, one, two}, projects)
}

func sharesOut(t *testing.T, l *lab) {
	const jobs = 20
	for range jobs {
		l.enqueue("")
	}
	token := l.agent().Token
	var wait sync.WaitGroup
	var mu sync.Mutex
	ran := map[int64]int{}
	for machine := range 2 {
		for range 2 { // concurrent = 2
			a := agent.New(t, agent.V19, l.url, token)
			a.SystemID = fmt.Sprintf("r_LabManager%02d", machine)
			wait.Go(func() {
				for {
					job, _, err := a.AskUntil(t.Context())
					if !assert.NoError(t, err) || job == nil {
						return
					}
					mu.Lock()
					ran[job.ID]++
					mu.Unlock()
					assert.Equal(t, http.StatusOK, job.Succeed("hi\n").Status)
				}
			})
		}
	}
	wait.Wait()
	assert.Len(t, ran, jobs)
	for id, times := range ran {
		assert.Equal(t, 1, times, "job %d", id)
		assert.EqualValues(t, domain.JobSuccess, l.job(id).Status)
	}
}
