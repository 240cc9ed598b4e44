package agent_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/agent"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// step is a step of the acceptance walk-through (runner protocol, section 16)
// that does not need the real program's process.
type step struct {
	name    string // its number, and what must be seen
	run     func(t *testing.T, l *lab)
	options []apitest.Option
}

func TestWalkThrough(t *testing.T) {
	t.Parallel()
	for _, step := range slices.Concat(
		registrationSteps, tokenSteps, jobSteps, troubleSteps, sweepSteps, assignmentSteps,
	) {
		t.Run(step.name, func(t *testing.T) { inLab(t, step.run, step.options...) })
	}
}

var registrationSteps = []step{
	{name: "01 registration with a registration token", run: registers},
	{name: "02 a wrong registration token is 403", run: func(t *testing.T, l *lab) {
		answer := agent.New(t, agent.V19, l.url, "").Register("wrong", nil)
		assert.Equal(t, http.StatusForbidden, answer.Status)
	}},
	{name: "03 a bad maximum_timeout is 400 with a message", run: func(t *testing.T, l *lab) {
		answer := agent.New(t, agent.V19, l.url, "").Register(apitest.RegistrationToken, map[string]any{"maximum_timeout": 60})
		assert.Equal(t, http.StatusBadRequest, answer.Status)
		assert.Contains(t, answer.Body, `{"message":{"maximum_timeout":[`)
	}},
	{name: "08 verification", run: func(t *testing.T, l *lab) {
		for _, version := range agent.Versions() {
			assert.Equal(t, http.StatusOK, l.registered(version, apitest.RegistrationToken, nil).Verify().Status, version.Number)
		}
	}},
	{name: "44 unregistering with an old-style token deletes the runner", run: func(t *testing.T, l *lab) {
		a := l.agent()
		assert.Equal(t, http.StatusNoContent, a.Unregister().Status)
		l.rootDo(http.StatusNotFound, http.MethodGet, "runners/1")
		assert.Equal(t, http.StatusForbidden, a.Verify().Status)
	}},
	{name: "46 and 47 a deleted runner gets 403 everywhere", run: func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		l.rootDo(http.StatusNoContent, http.MethodDelete, "runners/1")
		assert.Equal(t, http.StatusForbidden, a.Verify().Status)
		l.requireForbidden(a)
		assert.Equal(t, "pending", l.job(1).Status)
	}},
}

func registers(t *testing.T, l *lab) {
	for _, version := range agent.Versions() {
		a := l.registered(version, apitest.RegistrationToken, map[string]any{
			"description": "lab-a", "tag_list": "shell,linux", "run_untagged": true, "locked": false,
			"access_level": "not_protected", "maximum_timeout": 3600,
		})
		assert.NotEqual(t, apitest.RegistrationToken, a.Token)
	}
	var runners []struct {
		ID         int64
		RunnerType string `json:"runner_type"`
	}
	l.Into(l.rootDo(http.StatusOK, http.MethodGet, "runners/all"), &runners)
	require.Len(t, runners, len(agent.Versions()))
	var runner map[string]any
	l.Into(l.rootDo(http.StatusOK, http.MethodGet, "runners/3"), &runner)
	for name, want := range map[string]any{
		"description": "lab-a", "tag_list": []any{"shell", "linux"}, "run_untagged": true, "locked": false,
		"access_level": "not_protected", "maximum_timeout": 3600.0, "runner_type": "instance_type",
		"version": agent.V19.Number, "platform": "linux", "architecture": "amd64",
	} {
		assert.Equal(t, want, runner[name], name)
	}
}

func TestEveryReleaseGetsAndFinishesAJob(t *testing.T) {
	t.Parallel()
	for _, version := range agent.Versions() {
		t.Run(version.Number, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, fixture.SQLite(t))
			a := l.registered(version, apitest.RegistrationToken, nil)
			id := l.enqueue("")
			job := a.MustAsk()
			require.Equal(t, id, job.ID)
			require.Equal(t, http.StatusOK, job.Succeed("hi\n").Status)
			assert.Equal(t, "success", l.job(id).Status)
			assert.Equal(t, "hi\n", l.trace(id))
		})
	}
}
