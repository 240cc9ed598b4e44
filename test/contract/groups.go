package contract

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// GroupRepository checks what ports.GroupRepository promises.
func GroupRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, groupPromises, groupChangePromises, groupRacePromises, deletionRacePromises, groupListPromises,
		updatePromises("Update", countInGroup))
}

var groupPromises = map[string]promise{
	"Find gives back every field that Add was given": func(t *testing.T, w *fixture.World) {
		parent := w.Group(w.AddGroup(0))
		for _, want := range []domain.GroupState{
			fixture.Group(nil, fullGroup).State(),
			fixture.Group(parent, func(s *domain.GroupState) { fullGroup(s); s.Token.Digest = "another" }).State(),
			fixture.Group(parent, func(s *domain.GroupState) { s.Token = domain.RegistrationToken{} }).State(),
			fixture.Group(nil, func(s *domain.GroupState) { s.Token = domain.RegistrationToken{} }).State(),
		} {
			id, err := w.Groups.Add(w.Context(), domain.RestoreGroup(want), w.Founder())
			require.NoError(t, err)
			want.ID = id
			got := w.Group(id).State()
			assertEqual(t, want, got)
			assertUTC(t, got.CreatedAt)
		}
	},
	"Add makes the owner the first member": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		group := w.AddGroupOf(user, w.AddGroup(0))
		members, total, err := w.Members.List(w.Context(), ports.MemberSource{Group: group}, false, everything)
		require.NoError(t, err)
		require.Len(t, members, 1)
		assert.Equal(t, 1, total)
		assert.Equal(t, user, members[0].User.ID())
		got := members[0].Membership.State()
		assert.Equal(t, domain.Owner, got.Level)
		assert.True(t, got.ExpiresAt.IsZero())
	},
	"Add refuses a full path that is taken, whatever the case": func(t *testing.T, w *fixture.World) {
		top := w.AddGroup(0, pathOfGroup("top"))
		w.AddGroup(top, pathOfGroup("crew"))
		w.AddProject(top, pathOfProject("tool"))
		w.AddUser(func(s *domain.UserState) { s.Username = "ann" })
		for _, path := range []string{"top", "Top", "ann", "ANN"} {
			_, err := w.Groups.Add(w.Context(), fixture.Group(nil, pathOfGroup(path)), w.Founder())
			assertConflict(t, err)
		}
		for _, path := range []string{"crew", "Crew", "tool", "Tool"} {
			_, err := w.Groups.Add(w.Context(), fixture.Group(w.Group(top), pathOfGroup(path)), w.Founder())
			assertConflict(t, err)
		}
		w.AddGroup(top, pathOfGroup("top")) // below it is free
	},
	"Add and projects together let one of eight have a path": func(t *testing.T, w *fixture.World) {
		top := w.Group(w.AddGroup(0))
		founder := w.Founder()
		errs := concurrently(8, func(i int) error {
			var err error
			if i%2 == 0 {
				_, err = w.Groups.Add(w.Context(), fixture.Group(top, pathOfGroup("taken")), founder)
			} else {
				_, err = w.Projects.Add(w.Context(), fixture.Project(top.Namespace(), pathOfProject("taken")))
			}
			return err
		})
		assert.Equal(t, 1, succeeded(errs))
		for _, err := range errs {
			if err != nil {
				assertConflict(t, err)
			}
		}
	},
	"Add finds no unknown owner": func(t *testing.T, w *fixture.World) {
		_, err := w.Groups.Add(w.Context(), fixture.Group(nil, pathOfGroup("crew")), missing)
		assertNotFound(t, "User", err)
		w.AddGroup(0, pathOfGroup("crew")) // nothing of it was stored
	},
	"Add finds no unknown parent": func(t *testing.T, w *fixture.World) {
		gone := domain.RestoreGroup(domain.GroupState{ID: missing, Path: "gone", FullPath: "gone", Name: "Gone", FullName: "Gone"})
		_, err := w.Groups.Add(w.Context(), fixture.Group(gone, pathOfGroup("below")), w.Founder())
		assertNotFound(t, "Group", err)
	},
	"Find takes a full path, whatever the case": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(w.AddGroup(0, pathOfGroup("Top")), pathOfGroup("sub"))
		w.AddProject(group, pathOfProject("tool"))
		for _, path := range []string{"Top/sub", "tOP/SUB"} {
			got, err := w.Groups.Find(w.Context(), ports.GroupRef{Path: path})
			require.NoError(t, err)
			assert.Equal(t, group, got.ID())
		}
		for _, path := range []string{"sub", "To_", "Top/sub/tool", "Top/", ""} {
			_, err := w.Groups.Find(w.Context(), ports.GroupRef{Path: path})
			assertNotFound(t, "Group", err)
		}
	},
	"Find finds no personal namespace": func(t *testing.T, w *fixture.World) {
		user := w.User(w.AddUser()).State()
		for _, ref := range []ports.GroupRef{{ID: user.Namespace}, {Path: user.Username}, {ID: missing}} {
			_, err := w.Groups.Find(w.Context(), ref)
			assertNotFound(t, "Group", err)
		}
	},
	"FindByToken finds the group whose token it is": func(t *testing.T, w *fixture.World) {
		w.AddGroup(0, func(s *domain.GroupState) { s.Token = domain.RegistrationToken{} })
		group := w.AddGroup(0)
		project := w.AddProject(group)
		got, err := w.Groups.FindByToken(w.Context(), w.Group(group).State().Token.Digest)
		require.NoError(t, err)
		assertEqual(t, w.Group(group).State(), got.State())
		for _, digest := range []domain.Digest{w.Project(project).State().Token.Digest, "of nothing", ""} {
			_, err = w.Groups.FindByToken(w.Context(), digest)
			require.Error(t, err)
			assert.True(t, domain.IsNotFound(err), err)
		}
	},
	"Namespace gives groups and personal namespaces": func(t *testing.T, w *fixture.World) {
		group := w.Group(w.AddGroup(w.AddGroup(0)))
		got, err := w.Groups.Namespace(w.Context(), group.ID())
		require.NoError(t, err)
		assertEqual(t, group.Namespace(), got)
		user := w.User(w.AddUser()).State()
		got, err = w.Groups.Namespace(w.Context(), user.Namespace)
		require.NoError(t, err)
		assert.Equal(t, domain.NamespaceOfUser, got.Kind)
		assert.Equal(t, user.ID, got.Owner)
		_, err = w.Groups.Namespace(w.Context(), missing)
		require.Error(t, err)
		assert.True(t, domain.IsNotFound(err), err)
	},
}

// fullGroup has a value in every field, and no default.
func fullGroup(s *domain.GroupState) {
	s.Name, s.Path, s.Visibility = "Full – Group", "Full.group", domain.Internal
	s.Description = "a description"
	s.Token = domain.RegistrationToken{Seed: "full seed", Digest: "full digest"}
	s.TokenExpirationInterval = fixture.To(int64(3600))
}

// countInGroup counts in the length of the description.
func countInGroup(w *fixture.World) counter {
	id := w.AddGroup(w.AddGroup(0))
	add := func(id domain.GroupID) func(ctx context.Context, finish func() error) error {
		return func(ctx context.Context, finish func() error) error {
			return w.Groups.Update(ctx, id, func(g, _ *domain.Group) error {
				s := g.State()
				s.Description += "x"
				*g = *domain.RestoreGroup(s)
				return finish()
			})
		}
	}
	return counter{
		add: add(id), addToMissing: add(missing), resource: "Group",
		count: func() int { return len(w.Group(id).State().Description) },
	}
}
