package contract

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

// TokenLifetimes checks what ports.TokenLifetimes promises.
func TokenLifetimes(t *testing.T, open Open) {
	t.Helper()
	check(t, open, tokenLifetimePromises)
}

func groupTokensLive(d time.Duration) func(*domain.GroupState) {
	return func(s *domain.GroupState) { s.TokenExpirationInterval = fixture.To(int64(d.Seconds())) }
}

func projectTokensLive(d time.Duration) func(*domain.ProjectState) {
	return func(s *domain.ProjectState) { s.TokenExpirationInterval = fixture.To(int64(d.Seconds())) }
}

// assertLifetime checks both questions: before a runner is made, and after.
func assertLifetime(t *testing.T, w *fixture.World, want time.Duration, scope domain.RunnerScope) {
	t.Helper()
	got, err := w.Lifetimes.In(w.Context(), scope)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	id := domain.RunnerID(missing)
	switch scope.Type {
	case domain.GroupRunner:
		id = w.AddGroupRunner(scope.Group)
	case domain.ProjectRunner:
		id = w.AddProjectRunner(scope.Project)
	case domain.InstanceRunner:
		id = w.AddInstanceRunner()
	}
	got, err = w.Lifetimes.Of(w.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func inGroup(id domain.GroupID) domain.RunnerScope {
	return domain.RunnerScope{Type: domain.GroupRunner, Group: id}
}

func inProject(id domain.ProjectID) domain.RunnerScope {
	return domain.RunnerScope{Type: domain.ProjectRunner, Project: id}
}

var tokenLifetimePromises = map[string]promise{
	"nobody says anything: zero": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(w.AddGroup(0))
		assertLifetime(t, w, 0, inGroup(group))
		assertLifetime(t, w, 0, inProject(w.AddProject(group)))
		assertLifetime(t, w, 0, inProject(w.AddPersonalProject(w.AddUser())))
		assertLifetime(t, w, 0, domain.RunnerScope{Type: domain.InstanceRunner})
	},
	"the group's own word counts, and that of the groups above": func(t *testing.T, w *fixture.World) {
		top := w.AddGroup(0, groupTokensLive(3*time.Hour))
		silent := w.AddGroup(top)
		assertLifetime(t, w, 3*time.Hour, inGroup(top))
		assertLifetime(t, w, 3*time.Hour, inGroup(silent))
		assertLifetime(t, w, 2*time.Hour, inGroup(w.AddGroup(silent, groupTokensLive(2*time.Hour))))
		assertLifetime(t, w, 3*time.Hour, inGroup(w.AddGroup(silent, groupTokensLive(4*time.Hour))))
	},
	"groups below and beside say nothing": func(t *testing.T, w *fixture.World) {
		top := w.AddGroup(0)
		w.AddProject(w.AddGroup(top, groupTokensLive(time.Hour)), projectTokensLive(time.Minute))
		w.AddGroup(0, groupTokensLive(time.Hour))
		assertLifetime(t, w, 0, inGroup(top))
		assertLifetime(t, w, 0, inProject(w.AddProject(top)))
	},
	"the project's own word counts, and that of the groups above": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(w.AddGroup(0, groupTokensLive(3*time.Hour)))
		assertLifetime(t, w, 3*time.Hour, inProject(w.AddProject(group)))
		assertLifetime(t, w, time.Second, inProject(w.AddProject(group, projectTokensLive(time.Second))))
		assertLifetime(t, w, 3*time.Hour, inProject(w.AddProject(group, projectTokensLive(4*time.Hour))))
		assertLifetime(t, w, time.Hour, inProject(w.AddPersonalProject(w.AddUser(), projectTokensLive(time.Hour))))
	},
	"In a scope that does not exist is zero": func(t *testing.T, w *fixture.World) {
		for _, scope := range []domain.RunnerScope{inGroup(missing), inProject(missing)} {
			got, err := w.Lifetimes.In(w.Context(), scope)
			require.NoError(t, err)
			assert.Zero(t, got)
		}
	},
	"Of a runner that does not exist is zero": func(t *testing.T, w *fixture.World) {
		got, err := w.Lifetimes.Of(w.Context(), missing)
		require.NoError(t, err)
		assert.Zero(t, got)
	},
	"Of a runner with several projects is the shortest, with one statement": func(t *testing.T, w *fixture.World) {
		first := w.AddProject(w.AddGroup(0), projectTokensLive(3*time.Hour))
		second := w.AddProject(w.AddGroup(0, groupTokensLive(2*time.Hour)))
		id := w.AddProjectRunner(first)
		w.AssignToCopies(id, first, 50)
		w.Assign(id, second)
		var got time.Duration
		assert.Equal(t, 1, w.CountStatements(func() {
			var err error
			got, err = w.Lifetimes.Of(w.Context(), id)
			require.NoError(t, err)
		}))
		assert.Equal(t, 2*time.Hour, got)
	},
}
