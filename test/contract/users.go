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

// UserRepository checks what ports.UserRepository promises.
func UserRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, userPromises, userListPromises, updatePromises("Update", countInUser))
}

var userPromises = map[string]promise{
	"Find gives back every field that Add was given": func(t *testing.T, w *fixture.World) {
		want := domain.UserState{
			Username: "Ann.Example", Name: "Ann Ünïcode", Email: "Ann@Example.com",
			Admin: true, Status: domain.UserBlocked, CreatedAt: now,
		}
		id, err := w.Users.Add(w.Context(), domain.RestoreUser(want))
		require.NoError(t, err)
		got := w.User(id).State()
		want.ID, want.Namespace = id, got.Namespace
		assertEqual(t, want, got)
		assertUTC(t, got.CreatedAt)
		for _, name := range []string{"Ann.Example", "ann.example", "ANN.EXAMPLE"} {
			found, err := w.Users.FindByUsername(w.Context(), name)
			require.NoError(t, err)
			assertEqual(t, want, found.State())
		}
	},
	"Add makes a personal namespace of the username": func(t *testing.T, w *fixture.World) {
		id := w.AddUser(func(s *domain.UserState) { s.Username, s.Name = "Ann", "Ann Example" })
		namespace := w.User(id).State().Namespace
		got, err := w.Groups.Namespace(w.Context(), namespace)
		require.NoError(t, err)
		assertEqual(t, domain.Namespace{
			ID: namespace, Kind: domain.NamespaceOfUser, Name: "Ann Example", Path: "Ann",
			FullName: "Ann Example", FullPath: "Ann", Owner: id,
		}, got)
	},
	"Add takes a given id, and chooses others around it": func(t *testing.T, w *fixture.World) {
		root := w.AddUser(func(s *domain.UserState) { s.ID = domain.RootUser })
		assert.Equal(t, domain.RootUser, root)
		seen := map[domain.UserID]bool{root: true}
		for range 3 {
			id := w.AddUser()
			assert.False(t, seen[id])
			seen[id] = true
		}
		later := w.AddUser(func(s *domain.UserState) { s.ID = 40 })
		assert.Equal(t, domain.UserID(40), later)
		assert.NotEqual(t, later, w.AddUser())
	},
	"Add refuses a username that is in use, whatever the case": func(t *testing.T, w *fixture.World) {
		w.AddUser(func(s *domain.UserState) { s.Username = "ann" })
		for _, name := range []string{"ann", "Ann"} {
			_, err := w.Users.Add(w.Context(), fixture.User(func(s *domain.UserState) { s.Username = name }))
			require.ErrorIs(t, err, ports.ErrUsernameTaken)
		}
	},
	"Add refuses a username that is the path of a group, whatever the case": func(t *testing.T, w *fixture.World) {
		w.AddGroup(0, func(s *domain.GroupState) { s.Path = "crew" })
		_, err := w.Users.Add(w.Context(), fixture.User(func(s *domain.UserState) { s.Username = "Crew" }))
		require.ErrorIs(t, err, ports.ErrUsernameTaken)
		_, err = w.Users.FindByUsername(w.Context(), "crew")
		assertNotFound(t, "User", err)
	},
	"Add refuses an e-mail address that is in use, whatever the case": func(t *testing.T, w *fixture.World) {
		w.AddUser(func(s *domain.UserState) { s.Email = "ann@example.com" })
		for _, email := range []string{"ann@example.com", "Ann@Example.COM"} {
			_, err := w.Users.Add(w.Context(), fixture.User(func(s *domain.UserState) { s.Email, s.Username = email, "other" }))
			require.ErrorIs(t, err, ports.ErrEmailTaken)
		}
		w.AddUser(func(s *domain.UserState) { s.Username = "other" }) // the refused ones left no namespace
	},
	"Add lets one of eight have a username": func(t *testing.T, w *fixture.World) {
		errs := concurrently(8, func(int) error {
			_, err := w.Users.Add(w.Context(), fixture.User(func(s *domain.UserState) { s.Username = "ann" }))
			return err
		})
		assert.Equal(t, 1, succeeded(errs))
		for _, err := range errs {
			if err != nil {
				require.ErrorIs(t, err, ports.ErrUsernameTaken)
			}
		}
	},
	"Find and FindByUsername say that there is no such user": func(t *testing.T, w *fixture.World) {
		_, err := w.Users.Find(w.Context(), missing)
		assertNotFound(t, "User", err)
		_, err = w.Users.FindByUsername(w.Context(), "nobody")
		assertNotFound(t, "User", err)
	},
	"Update stores what changed": func(t *testing.T, w *fixture.World) {
		id := w.AddUser()
		require.NoError(t, w.Users.Update(w.Context(), id, func(u *domain.User) error { return u.Block(domain.Actor{}) }))
		assert.Equal(t, domain.UserBlocked, w.User(id).State().Status)
		require.NoError(t, w.Users.Update(w.Context(), id, func(u *domain.User) error { u.Unblock(); return nil }))
		assert.Equal(t, domain.UserActive, w.User(id).State().Status)
	},
	"Delete deletes the user with tokens, memberships and personal projects": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		state := w.User(user).State()
		token := w.AddToken(user)
		group := w.AddGroupOf(user, 0)
		project := w.AddProject(group)
		w.AddProjectMember(project, user, domain.Developer)
		personal := w.AddPersonalProject(user)
		runner := w.AddProjectRunner(personal)
		require.NoError(t, w.Users.Delete(w.Context(), user))

		_, err := w.Users.Find(w.Context(), user)
		assertNotFound(t, "User", err)
		_, err = w.Tokens.Find(w.Context(), token)
		assertNotFound(t, tokenResource, err)
		_, err = w.Projects.Find(w.Context(), ports.ProjectRef{ID: personal})
		assertNotFound(t, "Project", err)
		_, err = w.Groups.Namespace(w.Context(), state.Namespace)
		assert.True(t, domain.IsNotFound(err), err)
		for _, of := range []ports.MemberSource{{Group: group}, {Project: project}} {
			_, err = w.Members.Find(w.Context(), of, user)
			assertNotFound(t, memberResource, err)
		}
		assert.Equal(t, group, w.Group(group).ID(), "groups stay")
		assert.Equal(t, project, w.Project(project).ID(), "projects of groups stay")
		assert.Zero(t, w.Runner(runner).State().ProjectCount, "runners stay, without the project")
		w.AddUser(func(s *domain.UserState) { s.Username, s.Email = state.Username, state.Email }) // both are free again
	},
	"Delete keeps the jobs that the user put in other projects": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		project := w.AddProject(w.AddGroup(0))
		job := w.AddJob(project, func(s *domain.JobState) { s.User = user })
		require.NoError(t, w.Users.Delete(w.Context(), user))
		details := w.Job(project, job)
		assert.Nil(t, details.User)
		assert.Zero(t, details.Job.State().User)
	},
	"Delete of an unknown user finds nothing": func(t *testing.T, w *fixture.World) {
		assertNotFound(t, "User", w.Users.Delete(w.Context(), missing))
	},
}

var userListPromises = map[string]promise{
	"List gives pages in the order of ids, and the total beside each": func(t *testing.T, w *fixture.World) {
		var all []domain.UserID
		for range 7 {
			all = append(all, w.AddUser())
		}
		assertPages(t, all, func(p ports.Page) ([]domain.UserID, int) { return users(t, w, ports.UserQuery{}, p) })
	},
	"List selects by the whole username, and by parts of names": func(t *testing.T, w *fixture.World) {
		ann := w.AddUser(func(s *domain.UserState) {
			s.Username, s.Name, s.Email = "ann", "Alpha_Beta", "ann@example.com"
		})
		annika := w.AddUser(func(s *domain.UserState) {
			s.Username, s.Name, s.Email = "annika", "Alpha-Beta 50%", "annika@example.com"
		})
		none := []domain.UserID{}
		for _, test := range []struct {
			query ports.UserQuery
			want  []domain.UserID
		}{
			{ports.UserQuery{Username: "ann"}, []domain.UserID{ann}},
			{ports.UserQuery{Username: "ANN"}, []domain.UserID{ann}},
			{ports.UserQuery{Username: "an"}, none},
			{ports.UserQuery{Username: "ann_"}, none},
			{ports.UserQuery{Search: "nn"}, []domain.UserID{ann, annika}},
			{ports.UserQuery{Search: "ika"}, []domain.UserID{annika}},
			{ports.UserQuery{Search: "a_B"}, []domain.UserID{ann}},
			{ports.UserQuery{Search: "0%"}, []domain.UserID{annika}},
			{ports.UserQuery{Search: "ann@example.com"}, []domain.UserID{ann}},
			{ports.UserQuery{Search: "nn@example.com"}, none},
			{ports.UserQuery{Search: "nika", Username: "ann"}, none},
		} {
			got, total := users(t, w, test.query, everything)
			assert.Equalf(t, test.want, got, "%+v", test.query)
			assert.Lenf(t, test.want, total, "%+v", test.query)
		}
	},
	"List takes the same number of statements for 1, 20 and 100 users": func(t *testing.T, w *fixture.World) {
		assertFixedStatements(t, w, func(int) { w.AddUser() }, func() int {
			ids, _ := users(t, w, ports.UserQuery{}, everything)
			return len(ids)
		})
	},
}

func users(t *testing.T, w *fixture.World, q ports.UserQuery, p ports.Page) ([]domain.UserID, int) {
	t.Helper()
	list, total, err := w.Users.List(w.Context(), q, p)
	require.NoError(t, err)
	require.NotNil(t, list)
	ids := make([]domain.UserID, len(list))
	for i, u := range list {
		ids[i] = u.ID()
	}
	return ids, total
}

// countInUser counts in the length of the name.
func countInUser(w *fixture.World) counter {
	id := w.AddUser()
	add := func(id domain.UserID) func(ctx context.Context, finish func() error) error {
		return func(ctx context.Context, finish func() error) error {
			return w.Users.Update(ctx, id, func(u *domain.User) error {
				s := u.State()
				s.Name += "x"
				*u = *domain.RestoreUser(s)
				return finish()
			})
		}
	}
	return counter{
		add: add(id), addToMissing: add(missing), resource: "User",
		count: func() int { return len(w.User(id).State().Name) },
	}
}
