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

// sinceManagers are the releases that know tokens that a user made.
var sinceManagers = []agent.Version{agent.V17, agent.V19}

var tokenSteps = []step{
	{name: "03 registration tokens are switched off", run: func(t *testing.T, l *lab) {
		for _, version := range agent.Versions() {
			answer := agent.New(t, version, l.url, "").Register(apitest.RegistrationToken, nil)
			assert.Equal(t, http.StatusGone, answer.Status, version.Number)
			assert.Equal(t, "410 Gone - runner registration disallowed", messageOf(t, answer.Body))
		}
		assert.JSONEq(t, `[]`, l.rootDo(http.StatusOK, http.MethodGet, "runners/all").Body)
	}, options: []apitest.Option{func(c *apitest.Config) { c.Policy.RegistrationClosed = true }}},
	{name: "04 and 05 a machine joins with a token that a user made, and does so again", run: joins},
	{name: "06 a wrong token of that kind is 403", run: func(t *testing.T, l *lab) {
		for _, version := range sinceManagers {
			answer := agent.New(t, version, l.url, "glrt-wrong-token-of-nobody").Verify()
			assert.Equal(t, http.StatusForbidden, answer.Status, version.Number)
		}
	}},
	{name: "07, 43 and 45 a machine leaves and the runner stays", run: func(t *testing.T, l *lab) {
		for _, version := range sinceManagers {
			a := agent.New(t, version, l.url, l.madeByUser())
			require.Equal(t, http.StatusOK, a.Verify().Status, version.Number)
			assert.Equal(t, http.StatusNoContent, a.Unregister().Status, version.Number)
			assert.Equal(t, http.StatusOK, a.Verify().Status, version.Number)
		}
	}},
	{name: "40 a token is reset by itself", run: func(t *testing.T, l *lab) {
		for _, version := range agent.Versions() {
			a := l.registered(version, apitest.RegistrationToken, nil)
			l.requireReset(a, a.ResetToken)
		}
		for _, version := range sinceManagers {
			a := agent.New(t, version, l.url, l.madeByUser())
			l.requireReset(a, a.ResetToken)
			assert.Regexp(t, "^glrt-", a.Token, "agents tell by it what to delete")
		}
	}},
	{name: "41 a token is reset by a personal one", run: func(_ *testing.T, l *lab) {
		for i, version := range agent.Versions() {
			a := l.registered(version, apitest.RegistrationToken, nil)
			l.requireReset(a, func() agent.Answer { return a.ResetTokenAs(l.Root, int64(i+1)) })
		}
	}},
	{name: "42 a token that expires is replaced in time, and jobs go on meanwhile", run: rotates, options: []apitest.Option{
		func(c *apitest.Config) { c.Policy.TokenLifetime = time.Minute },
	}},
}

func joins(t *testing.T, l *lab) {
	a := agent.New(t, agent.V19, l.url, l.madeByUser())
	a.SystemID = "r_LabManager01"
	for range 2 {
		var verified struct{ ID int64 }
		answer := a.Verify()
		require.Equal(t, http.StatusOK, answer.Status)
		l.Into(apitest.Response{Body: answer.Body}, &verified)
		assert.NotZero(t, verified.ID, "without it the agent does not take the token")
	}
	var machines []map[string]any
	l.Into(l.rootDo(http.StatusOK, http.MethodGet, "runners/1/managers"), &machines)
	require.Len(t, machines, 1)
	for name, want := range map[string]any{
		"system_id": "r_LabManager01", "version": agent.V19.Number, "revision": agent.V19.Revision,
		"platform": "linux", "architecture": "amd64", "status": "online",
	} {
		assert.Equal(t, want, machines[0][name], name)
	}
}

// requireReset checks that a reset kills the old token, and that the agent can
// work with the new one.
func (l *lab) requireReset(a *agent.Agent, reset func() agent.Answer) {
	l.t.Helper()
	old := agent.New(l.t, a.Version, l.url, a.Token)
	l.enqueue("")
	job := a.MustAsk()
	answer := reset()
	require.Equal(l.t, http.StatusCreated, answer.Status, answer.Body)
	require.NotEqual(l.t, old.Token, a.Token)
	assert.Equal(l.t, http.StatusForbidden, old.Verify().Status)
	assert.Equal(l.t, http.StatusForbidden, old.ResetToken().Status)
	l.requireForbidden(old)
	assert.Equal(l.t, http.StatusOK, a.Verify().Status)
	assert.Equal(l.t, http.StatusOK, job.Succeed("").Status, "tokens of jobs are others")
}

// rotates lets an agent reset its token when three quarters of its time are over,
// as the real one does.
func rotates(t *testing.T, l *lab) {
	a := l.agent()
	expiry := func(answer agent.Answer) time.Time {
		var told struct {
			At *string `json:"token_expires_at"`
		}
		l.Into(apitest.Response{Body: answer.Body}, &told)
		require.NotNil(t, told.At, answer.Body)
		at, err := time.Parse(time.RFC3339, *told.At)
		require.NoError(t, err)
		return at
	}
	first := expiry(a.Verify())
	l.enqueue("")
	job := a.MustAsk()
	l.Clock.Advance(45 * time.Second)
	rotated := a.ResetToken()
	require.Equal(t, http.StatusCreated, rotated.Status, rotated.Body)
	assert.Equal(t, first.Add(45*time.Second), expiry(rotated), "a new span")
	l.Clock.Advance(45 * time.Second)
	assert.Equal(t, http.StatusOK, a.Verify().Status)
	assert.Equal(t, http.StatusOK, job.Succeed("").Status)
	l.Clock.Advance(15 * time.Second)
	assert.Equal(t, http.StatusForbidden, a.Verify().Status)
	assert.EqualValues(t, domain.JobSuccess, l.job(job.ID).Status)
}
