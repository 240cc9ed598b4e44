package agent_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/agent"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// madeByUser is the token of a new instance runner that a user made.
func (l *lab) madeByUser() string {
	l.t.Helper()
	var made struct{ Token string }
	l.Into(l.rootDo(http.StatusCreated, http.MethodPost, "user/runners", apitest.JSON(`{"runner_type": "instance_type"}`)), &made)
	return made.Token
}

// machines are the system ids of those that work for the first runner.
func (l *lab) machines() []string {
	l.t.Helper()
	var managers []struct {
		SystemID string `json:"system_id"`
	}
	l.Into(l.rootDo(http.StatusOK, http.MethodGet, "runners/1/managers"), &managers)
	ids := make([]string, len(managers))
	for i, m := range managers {
		ids[i] = m.SystemID
	}
	return ids
}

func TestGlrtDecidesBetweenDeletingAManagerAndDeletingARunner(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		token := l.madeByUser()
		require.Regexp(t, "^glrt-", token, "agents tell by it what to delete")
		one, other := agent.New(t, agent.V19, l.url, token), agent.New(t, agent.V17, l.url, token)
		one.SystemID, other.SystemID = "r_LabManager01", "r_LabManager02"
		for _, a := range []*agent.Agent{one, other} {
			require.Equal(t, http.StatusOK, a.Verify().Status)
		}
		require.ElementsMatch(t, []string{"r_LabManager01", "r_LabManager02"}, l.machines())

		assert.Equal(t, http.StatusNoContent, one.Unregister().Status)
		assert.Equal(t, []string{"r_LabManager02"}, l.machines())
		assert.Equal(t, http.StatusNotFound, one.Unregister().Status, "it has left already")
		id := l.enqueue("")
		assert.Equal(t, id, other.MustAsk().ID, "the runner and its token stay")
		assert.Equal(t, http.StatusOK, one.Verify().Status, "it may come back")
		assert.Len(t, l.machines(), 2)

		old := agent.New(t, agent.V15, l.url, token)
		assert.Equal(t, http.StatusNoContent, old.Unregister().Status, "15.4 does not know the prefix")
		l.rootDo(http.StatusNotFound, http.MethodGet, "runners/1")
	})
}

func TestAnOldStyleTokenDeletesTheRunner(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		for _, version := range agent.Versions() {
			a := l.registered(version, apitest.RegistrationToken, nil)
			assert.NotRegexp(t, "^glrt-", a.Token, version.Number)
			assert.Equal(t, http.StatusNoContent, a.Unregister().Status, version.Number)
			assert.Equal(t, http.StatusForbidden, a.Verify().Status, version.Number)
		}
		assert.JSONEq(t, `[]`, l.rootDo(http.StatusOK, http.MethodGet, "runners/all").Body)
	})
}

// brokenArtifacts cannot be read while broken.
type brokenArtifacts struct {
	ports.ArtifactRepository
	broken atomic.Bool
}

// OfJobs is what a hand-over asks after the job was assigned.
func (b *brokenArtifacts) OfJobs(ctx context.Context, jobs []domain.JobID) ([]domain.Artifact, error) {
	if b.broken.Load() {
		return nil, errors.New("the disk is on fire")
	}
	return b.ArtifactRepository.OfJobs(ctx, jobs)
}

func TestNever5xxAfterCommittingAnAssignment(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		artifacts := &brokenArtifacts{ArtifactRepository: store.Artifacts}
		store.Artifacts = artifacts
		l := newLab(t, store)
		a := l.agent()
		build := l.enqueue("")
		require.Equal(t, http.StatusOK, a.MustAsk().Succeed("").Status)
		id := l.enqueue(`, "pipeline_id": 1, "needs": [%d]`, build)

		artifacts.broken.Store(true)
		job, answer := a.AskAnew()
		require.Nil(t, job)
		require.Equal(t, http.StatusInternalServerError, answer.Status)
		artifacts.broken.Store(false)
		waiting := l.job(id)
		assert.Equal(t, "pending", waiting.Status, "the agent will ask anew: nobody has the job")
		assert.Nil(t, waiting.Runner)
		again := a.MustAsk()
		assert.Equal(t, id, again.ID)
		assert.Equal(t, http.StatusOK, again.Succeed("").Status)
		assert.Equal(t, "success", l.job(id).Status)
	})
}
