package contract

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

// RunnerRepository checks what ports.RunnerRepository promises of single
// runners. See RunnerLists and Assignments for the rest.
func RunnerRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, runnerPromises, runnerContactPromises, updatePromises("Update", countInRunner))
}

var runnerPromises = map[string]promise{
	"Find gives back every field that Add was given": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		project := w.AddProject(group)
		for _, want := range []domain.RunnerState{fullRunner(domain.InstanceRunner), fullRunner(domain.GroupRunner), fullRunner(domain.ProjectRunner)} {
			var assigned domain.ProjectID
			switch want.Type {
			case domain.GroupRunner:
				want.Group = group
			case domain.ProjectRunner:
				want.ProjectCount, assigned = 1, project
			case domain.InstanceRunner:
			}
			id, err := w.Runners.Add(w.Context(), domain.RestoreRunner(want), assigned)
			require.NoError(t, err)
			want.ID = id

			got := w.Runner(id).State()
			assertEqual(t, want, got)
			assertUTC(t, got.TokenExpiresAt, got.ContactedAt, got.CreatedAt, got.UpdatedAt)

			byToken, err := w.Runners.FindByToken(w.Context(), want.Token)
			require.NoError(t, err)
			assertEqual(t, want, byToken.State())

			listed, _, err := w.Runners.List(w.Context(), among(), domain.RunnerFilter{Types: []domain.RunnerType{want.Type}}, everything)
			require.NoError(t, err)
			require.Len(t, listed, 1)
			assertEqual(t, domain.RestoreRunner(want).Summary(), listed[0])
			assertUTC(t, listed[0].ContactedAt)
		}
	},
	"Find gives back what is not there as not there": func(t *testing.T, w *fixture.World) {
		want := domain.RunnerState{
			Type: domain.InstanceRunner, Token: "the only one", Tags: domain.Tags{},
			AccessLevel: domain.NotProtected, CreatedAt: now, UpdatedAt: now,
		}
		id, err := w.Runners.Add(w.Context(), domain.RestoreRunner(want), 0)
		require.NoError(t, err)
		want.ID = id
		got := w.Runner(id).State()
		assertEqual(t, want, got)
		assert.True(t, got.ContactedAt.IsZero())
	},
	"Find tells an empty text from none": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner(func(s *domain.RunnerState) {
			s.Description, s.Name, s.Version = fixture.To(""), nil, fixture.To("")
		})
		got := w.Runner(id).State()
		assertEqual(t, fixture.To(""), got.Description)
		assertEqual(t, fixture.To(""), got.Version)
		assert.Nil(t, got.Name)
	},
	"Find gives back tags in their order, whatever their characters": func(t *testing.T, w *fixture.World) {
		tags := domain.Tags{"z", "a", "A", "with space", "quo'te", `quo"te`, "comma,", `back\slash`, "ünïcödé", "{brace}", "日本", "%", "_"}
		id := w.AddInstanceRunner(func(s *domain.RunnerState) { s.Tags = tags })
		assertEqual(t, tags, w.Runner(id).State().Tags)
	},
	"Find gives back moments in UTC, whatever the zone they came in": func(t *testing.T, w *fixture.World) {
		elsewhere := now.In(time.FixedZone("elsewhere", 5*60*60+30*60))
		id := w.AddInstanceRunner(func(s *domain.RunnerState) { s.CreatedAt, s.ContactedAt = elsewhere, elsewhere })
		got := w.Runner(id).State()
		assert.Equal(t, now, got.CreatedAt)
		assert.Equal(t, now, got.ContactedAt)
	},
	"Find says that there is none, and names no resource": func(t *testing.T, w *fixture.World) {
		_, err := w.Runners.Find(w.Context(), missing)
		assertNotFound(t, "", err)
	},
	"FindByToken finds nothing for a digest that no runner has": func(t *testing.T, w *fixture.World) {
		w.AddInstanceRunner()
		for _, digest := range []domain.Digest{"of nothing", ""} {
			_, err := w.Runners.FindByToken(w.Context(), digest)
			require.Error(t, err)
			assert.True(t, domain.IsNotFound(err), err)
		}
	},
	"Add refuses a token that another runner has": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		same := w.Runner(id).State().Token
		_, err := w.Runners.Add(w.Context(), fixture.Runner(func(s *domain.RunnerState) { s.Token = same }), 0)
		assertConflict(t, err)
	},
	"Add of a runner of an unknown project stores nothing": func(t *testing.T, w *fixture.World) {
		_, err := w.Runners.Add(w.Context(), fixture.Runner(func(s *domain.RunnerState) { s.Type = domain.ProjectRunner }), missing)
		assertNotFound(t, "Project", err)
		_, total := runnerIDs(t, w, among(), domain.RunnerFilter{})
		assert.Zero(t, total)
	},
	"Update stores every field that changed": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		want := fullRunner(domain.InstanceRunner)
		want.ID = id
		require.NoError(t, w.Runners.Update(w.Context(), id, func(r *domain.Runner) error {
			*r = *domain.RestoreRunner(want)
			return nil
		}))
		// Contacts have a way of their own, RecordContact: an adapter may store
		// them here too, or not.
		got := w.Runner(id).State()
		want.RunnerMetadata, want.IPAddress, want.ContactedAt = got.RunnerMetadata, got.IPAddress, got.ContactedAt
		assertEqual(t, want, got)
	},
	"Update takes away what is not there any more": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner(func(s *domain.RunnerState) {
			*s = fullRunner(domain.InstanceRunner)
		})
		require.NoError(t, w.Runners.Update(w.Context(), id, func(r *domain.Runner) error {
			s := r.State()
			s.Description, s.MaximumTimeout, s.MaintenanceNote, s.Tags = nil, nil, nil, domain.Tags{}
			s.TokenExpiresAt = time.Time{}
			*r = *domain.RestoreRunner(s)
			return nil
		}))
		got := w.Runner(id).State()
		assert.Nil(t, got.Description)
		assert.Nil(t, got.MaximumTimeout)
		assert.Nil(t, got.MaintenanceNote)
		assert.True(t, got.TokenExpiresAt.IsZero())
		assertEqual(t, domain.Tags{}, got.Tags)
	},
	"Delete deletes the runner and its assignments, and keeps its jobs": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		id := w.AddProjectRunner(project)
		token := w.Runner(id).State().Token
		job := w.AddJob(project, func(s *domain.JobState) { s.Runner = id })
		require.NoError(t, w.Runners.Delete(w.Context(), id, func(r *domain.Runner) error {
			assert.Equal(t, id, r.ID())
			return nil
		}))

		_, err := w.Runners.Find(w.Context(), id)
		assertNotFound(t, "", err)
		_, err = w.Runners.FindByToken(w.Context(), token)
		assert.True(t, domain.IsNotFound(err), err)
		ids, _ := runnerIDs(t, w, usableIn(project), domain.RunnerFilter{})
		assert.Empty(t, ids)
		details := w.Job(project, job)
		assert.Nil(t, details.Runner)
		assert.Zero(t, details.Job.State().Runner)
	},
	"Delete deletes nothing that check refuses": func(t *testing.T, w *fixture.World) {
		id := w.AddProjectRunner(w.AddProject(w.AddGroup(0)))
		want := w.Runner(id).State()
		require.ErrorIs(t, w.Runners.Delete(w.Context(), id, func(*domain.Runner) error { return errRefused }), errRefused)
		assertEqual(t, want, w.Runner(id).State())
	},
	"Delete of what does not exist finds nothing": func(t *testing.T, w *fixture.World) {
		assertNotFound(t, "", w.Runners.Delete(w.Context(), missing, func(*domain.Runner) error { return nil }))
	},
}

// fullRunner has a value in every field that the type allows.
func fullRunner(of domain.RunnerType) domain.RunnerState {
	return domain.RunnerState{
		Type: of, Token: domain.Digest("digest of a full " + of),
		TokenExpiresAt: now.Add(4 * time.Microsecond), MadeByUser: true,
		Description: fixture.To("a description – with a dash"), Name: fixture.To("a name"),
		Active: false, Locked: true, RunUntagged: false, AccessLevel: domain.RefProtected,
		MaximumTimeout: fixture.To(int64(1) << 40), MaintenanceNote: fixture.To("a note\nof two lines"),
		Tags: domain.Tags{"docker", "linux"},
		RunnerMetadata: domain.RunnerMetadata{
			Version: fixture.To("14.10.2"), Revision: fixture.To("abcdef"),
			Platform: fixture.To("linux"), Architecture: fixture.To("amd64"),
		},
		IPAddress:   fixture.To("2001:db8::1"),
		ContactedAt: now.Add(-time.Microsecond), CreatedAt: now.Add(-2 * time.Microsecond), UpdatedAt: now.Add(3 * time.Microsecond),
	}
}

func countInRunner(w *fixture.World) counter {
	id := w.AddInstanceRunner(func(s *domain.RunnerState) { s.MaximumTimeout = fixture.To(int64(600)) })
	add := func(id domain.RunnerID) func(ctx context.Context, finish func() error) error {
		return func(ctx context.Context, finish func() error) error {
			return w.Runners.Update(ctx, id, func(r *domain.Runner) error {
				addToTimeout(r)
				return finish()
			})
		}
	}
	return counter{
		add: add(id), addToMissing: add(missing), resource: "",
		count: func() int { return int(*w.Runner(id).State().MaximumTimeout) },
	}
}

func addToTimeout(r *domain.Runner) {
	s := r.State()
	s.MaximumTimeout = fixture.To(*s.MaximumTimeout + 1)
	*r = *domain.RestoreRunner(s)
}
