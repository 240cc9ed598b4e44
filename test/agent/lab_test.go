package agent_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/agent"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// lab is a server with a project, whose jobs an agent can have.
type lab struct {
	*apitest.API
	t       *testing.T
	url     string
	project domain.ProjectID
}

// inLab runs a test in a lab on every database.
func inLab(t *testing.T, test func(t *testing.T, l *lab), options ...apitest.Option) {
	t.Helper()
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		test(t, newLab(t, store, options...))
	})
}

func newLab(t *testing.T, store fixture.Store, options ...apitest.Option) *lab {
	t.Helper()
	api := apitest.New(t, store, options...)
	l := &lab{API: api, t: t, url: api.Listen()}
	l.project = l.AddPersonalProject(l.AddUser())
	return l
}

// holding lets requests for jobs wait: so long that a test which misses the end
// of it is seen to hang.
func holding(c *apitest.Config) { c.Limits.LongPoll = 10 * time.Minute }

// registered is an agent of a runner in the scope of a registration token.
func (l *lab) registered(version agent.Version, registrationToken string, wishes map[string]any) *agent.Agent {
	l.t.Helper()
	a := agent.New(l.t, version, l.url, "")
	answer := a.Register(registrationToken, wishes)
	require.Equal(l.t, http.StatusCreated, answer.Status, answer.Body)
	return a
}

// agent is an agent of a new instance runner without tags.
func (l *lab) agent() *agent.Agent {
	l.t.Helper()
	return l.registered(agent.V19, apitest.RegistrationToken, nil)
}

// rootDo asks the API on behalf of the administrator.
func (l *lab) rootDo(status int, method, path string, parts ...apitest.Part) apitest.Response {
	l.t.Helper()
	answer := l.Do(method, path, append(parts, apitest.As(l.Root))...)
	require.Equal(l.t, status, answer.Status, "%s %s: %s", method, path, answer.Body)
	return answer
}

// jobView is a job as people see it.
type jobView struct {
	ID            int64
	Status        string
	FailureReason *string  `json:"failure_reason"`
	StartedAt     *string  `json:"started_at"`
	FinishedAt    *string  `json:"finished_at"`
	Duration      *float64 `json:"duration"`
	Runner        *struct{ ID int64 }
	ArtifactsFile *struct {
		Filename string
		Size     int64
	} `json:"artifacts_file"`
}

// enqueue puts a job of the lab's project in the queue; further fields begin
// with a comma.
func (l *lab) enqueue(further string, args ...any) int64 {
	l.t.Helper()
	return l.enqueueIn(l.project, further, args...)
}

func (l *lab) enqueueIn(project domain.ProjectID, further string, args ...any) int64 {
	l.t.Helper()
	body := `{"name": "test", "script": "make"` + fmt.Sprintf(further, args...) + `}`
	var job jobView
	l.Into(l.rootDo(http.StatusCreated, http.MethodPost, fmt.Sprintf("projects/%d/jobs", project), apitest.JSON(body)), &job)
	return job.ID
}

func (l *lab) jobPath(id int64) string { return fmt.Sprintf("projects/%d/jobs/%d", l.project, id) }

// job is the job as people see it now.
func (l *lab) job(id int64) jobView {
	l.t.Helper()
	var job jobView
	l.Into(l.rootDo(http.StatusOK, http.MethodGet, l.jobPath(id)), &job)
	return job
}

// requireFailed checks that the job failed, and why.
func (l *lab) requireFailed(id int64, reason string) {
	l.t.Helper()
	job := l.job(id)
	require.Equal(l.t, "failed", job.Status)
	require.NotNil(l.t, job.FailureReason)
	assert.Equal(l.t, reason, *job.FailureReason)
}

// trace is what people read of the job's trace.
func (l *lab) trace(id int64) string {
	l.t.Helper()
	answer := l.rootDo(http.StatusOK, http.MethodGet, l.jobPath(id)+"/trace")
	assert.Equal(l.t, "text/plain", answer.Header.Get("Content-Type"))
	return answer.Body
}

// cancel stops the job on behalf of a person, and tells its status then.
func (l *lab) cancel(id int64) string {
	l.t.Helper()
	var job jobView
	l.Into(l.rootDo(http.StatusCreated, http.MethodPost, l.jobPath(id)+"/cancel"), &job)
	return job.Status
}

// eventually waits until it is so. It asks in the goroutine of the test, unlike
// require.Eventually, so that it may fail the test, and nothing is asked any more
// when that is over.
func (l *lab) eventually(isSo func() bool) {
	l.t.Helper()
	for end := time.Now().Add(time.Minute); !isSo(); time.Sleep(10 * time.Millisecond) {
		require.True(l.t, time.Now().Before(end), "it never was so")
	}
}

// requireForbidden checks that the runner is refused, once word of it is around,
// and for good.
func (l *lab) requireForbidden(a *agent.Agent) {
	l.t.Helper()
	l.eventually(func() bool {
		_, answer := a.AskAnew()
		return answer.Status == http.StatusForbidden
	})
	_, again := a.Ask()
	assert.Equal(l.t, http.StatusForbidden, again.Status)
}

// messageOf is what an answer tells people.
func messageOf(t *testing.T, body string) string {
	t.Helper()
	var text struct{ Message string }
	require.NoError(t, json.Unmarshal([]byte(body), &text), body)
	return text.Message
}
