package contract

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// MemberRepository checks what ports.MemberRepository promises.
func MemberRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, memberPromises, memberDeletePromises, memberListPromises,
		updatePromises("Update of a group's member", countInGroupMember),
		updatePromises("Update of a project's member", countInProjectMember))
}

const memberResource = "Member"

// sources are an empty project, and a group with its owner as the only member.
func sources(w *fixture.World) []ports.MemberSource {
	group := w.AddGroup(0)
	return []ports.MemberSource{{Group: group}, {Project: w.AddProject(group)}}
}

var memberPromises = map[string]promise{
	"Find gives back every field that Add was given, and the user": func(t *testing.T, w *fixture.World) {
		for _, of := range sources(w) {
			for _, expires := range []time.Time{{}, now.AddDate(0, 0, 1).Truncate(24 * time.Hour), now.AddDate(-1, 0, 0).Truncate(24 * time.Hour)} {
				user := w.AddUser()
				want := domain.MembershipState{User: user, Level: domain.Reporter, ExpiresAt: expires, CreatedAt: now}
				require.NoError(t, w.Members.Add(w.Context(), of, domain.RestoreMembership(want)))
				got, err := w.Members.Find(w.Context(), of, user)
				require.NoError(t, err)
				assertEqual(t, want, got.Membership.State())
				assertEqual(t, w.User(user).State(), got.User.State())
				assertUTC(t, got.Membership.State().ExpiresAt, got.Membership.State().CreatedAt)
			}
		}
	},
	"Add refuses a second membership, also after the first expired": func(t *testing.T, w *fixture.World) {
		for _, of := range sources(w) {
			for _, expires := range []time.Time{{}, now} {
				user := w.AddUser()
				first := fixture.Membership(user, domain.Guest, func(s *domain.MembershipState) { s.ExpiresAt = expires })
				require.NoError(t, w.Members.Add(w.Context(), of, first))
				require.ErrorIs(t, w.Members.Add(w.Context(), of, fixture.Membership(user, domain.Owner)), ports.ErrAlreadyMember)
				got, err := w.Members.Find(w.Context(), of, user)
				require.NoError(t, err)
				assert.Equal(t, domain.Guest, got.Membership.State().Level)
			}
		}
	},
	"Add takes a user who is a member above, or in the other place": func(_ *testing.T, w *fixture.World) {
		user := w.AddUser()
		group := w.AddGroup(0)
		w.AddGroupMember(group, user, domain.Guest)
		w.AddGroupMember(w.AddGroup(group), user, domain.Developer)
		w.AddProjectMember(w.AddProject(group), user, domain.Developer)
	},
	"Add finds no unknown user, group or project": func(t *testing.T, w *fixture.World) {
		for _, of := range sources(w) {
			assertNotFound(t, "User", w.Members.Add(w.Context(), of, fixture.Membership(missing, domain.Guest)))
		}
		user := w.AddUser()
		assertNotFound(t, "Group", w.Members.Add(w.Context(), ports.MemberSource{Group: missing}, fixture.Membership(user, domain.Guest)))
		assertNotFound(t, "Project", w.Members.Add(w.Context(), ports.MemberSource{Project: missing}, fixture.Membership(user, domain.Guest)))
	},
	"Find finds the owner of a project's personal namespace as its Owner": func(t *testing.T, w *fixture.World) {
		owner := w.AddUser()
		of := ports.MemberSource{Project: w.AddPersonalProject(owner)}
		got, err := w.Members.Find(w.Context(), of, owner)
		require.NoError(t, err)
		assert.Equal(t, domain.Owner, got.Membership.State().Level)
		assertEqual(t, w.User(owner).State(), got.User.State())
		_, err = w.Members.Find(w.Context(), of, w.AddUser())
		assertNotFound(t, memberResource, err)
	},
	"Find finds only the membership of that very group or project": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		top := w.AddGroup(0)
		sub := w.AddGroup(top)
		project := w.AddProject(sub)
		w.AddGroupMember(top, user, domain.Owner)
		for _, of := range []ports.MemberSource{{Group: sub}, {Project: project}, {Group: missing}, {Project: missing}} {
			_, err := w.Members.Find(w.Context(), of, user)
			require.Error(t, err)
			assert.True(t, domain.IsNotFound(err), err)
		}
		_, err := w.Members.Find(w.Context(), ports.MemberSource{Group: sub}, missing)
		assertNotFound(t, memberResource, err)
	},
	"Update stores every field that changed": func(t *testing.T, w *fixture.World) {
		for _, of := range sources(w) {
			user := w.AddUser()
			require.NoError(t, w.Members.Add(w.Context(), of, fixture.Membership(user, domain.Guest)))
			for _, expires := range []time.Time{now.Truncate(24 * time.Hour), {}} {
				require.NoError(t, w.Members.Update(w.Context(), of, user, func(m *domain.Membership) error {
					return m.Update(domain.MembershipChange{Level: domain.Maintainer, ExpiresAt: domain.Set(expires)})
				}))
				got, err := w.Members.Find(w.Context(), of, user)
				require.NoError(t, err)
				assertEqual(t, domain.MembershipState{User: user, Level: domain.Maintainer, ExpiresAt: expires, CreatedAt: now}, got.Membership.State())
			}
		}
	},
	"Delete ends that membership and no other": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		both := sources(w)
		for _, of := range both {
			require.NoError(t, w.Members.Add(w.Context(), of, fixture.Membership(user, domain.Guest)))
		}
		for i, of := range both {
			require.NoError(t, w.Members.Delete(w.Context(), of, user, anyMember))
			_, err := w.Members.Find(w.Context(), of, user)
			assertNotFound(t, memberResource, err)
			assertNotFound(t, memberResource, w.Members.Delete(w.Context(), of, user, anyMember))
			if i == 0 {
				_, err = w.Members.Find(w.Context(), both[1], user)
				require.NoError(t, err)
			}
		}
	},
}

func anyMember(*domain.Membership) error { return nil }

var memberDeletePromises = map[string]promise{
	"Delete ends nothing that the check refuses": func(t *testing.T, w *fixture.World) {
		for _, of := range sources(w) {
			user := w.AddUser()
			require.NoError(t, w.Members.Add(w.Context(), of, fixture.Membership(user, domain.Maintainer)))
			require.ErrorIs(t, w.Members.Delete(w.Context(), of, user, func(m *domain.Membership) error {
				assert.Equal(t, domain.Maintainer, m.State().Level)
				return errRefused
			}), errRefused)
			_, err := w.Members.Find(w.Context(), of, user)
			require.NoError(t, err)
		}
	},
	"Delete shows the owner of a personal namespace to the check as Owner, and finds no membership to end": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		of := ports.MemberSource{Project: w.AddPersonalProject(user)}
		var seen domain.AccessLevel
		assertNotFound(t, memberResource, w.Members.Delete(w.Context(), of, user, func(m *domain.Membership) error {
			seen = m.State().Level
			return nil
		}))
		assert.Equal(t, domain.Owner, seen)
	},
	"Delete checks the level that is ended, whoever raises it meanwhile": func(t *testing.T, w *fixture.World) {
		of := sources(w)[0]
		for range 10 {
			user := w.AddUser()
			require.NoError(t, w.Members.Add(w.Context(), of, fixture.Membership(user, domain.Guest)))
			errs := concurrently(2, func(i int) error {
				if i == 0 {
					return w.Members.Update(w.Context(), of, user, func(m *domain.Membership) error {
						return m.Update(domain.MembershipChange{Level: domain.Owner})
					})
				}
				return w.Members.Delete(w.Context(), of, user, func(m *domain.Membership) error {
					if m.State().Level > domain.Guest {
						return errRefused
					}
					return nil
				})
			})
			_, err := w.Members.Find(w.Context(), of, user)
			if errs[0] == nil { // it was raised before, so it stays
				require.ErrorIs(t, errs[1], errRefused)
				require.NoError(t, err)
				continue
			}
			assertNotFound(t, memberResource, errs[0])
			require.NoError(t, errs[1])
			assertNotFound(t, memberResource, err)
		}
	},
}

var memberListPromises = map[string]promise{
	"List gives pages in the order of user ids, and the total beside each": func(t *testing.T, w *fixture.World) {
		var all []domain.UserID
		for range 7 {
			all = append(all, w.AddUser())
		}
		project := w.AddProject(w.AddGroup(0))
		for _, user := range slices.Backward(all) {
			w.AddProjectMember(project, user, domain.Guest)
		}
		assertPages(t, all, func(p ports.Page) ([]domain.UserID, int) {
			list, total, err := w.Members.List(w.Context(), ports.MemberSource{Project: project}, false, p)
			require.NoError(t, err)
			require.NotNil(t, list)
			ids := make([]domain.UserID, len(list))
			for i, m := range list {
				ids[i] = m.User.ID()
			}
			return ids, total
		})
	},
	"List with inherited gives each user once, with the highest level": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		lower, higher, only := w.AddUser(), w.AddUser(), w.AddUser()
		w.AddGroupMember(f.top, lower, domain.Guest)
		w.AddGroupMember(f.leaf, lower, domain.Developer)
		w.AddGroupMember(f.top, higher, domain.Maintainer)
		w.AddProjectMember(f.inLeaf, higher, domain.Reporter)
		w.AddProjectMember(f.inLeaf, only, domain.Guest)
		w.AddGroupMember(f.stranger, w.AddUser(), domain.Owner)
		founder := w.Founder()
		leaf, inLeaf := ports.MemberSource{Group: f.leaf}, ports.MemberSource{Project: f.inLeaf}
		assertMembers(t, w, inLeaf, false, map[domain.UserID]domain.AccessLevel{higher: domain.Reporter, only: domain.Guest})
		assertMembers(t, w, inLeaf, true, map[domain.UserID]domain.AccessLevel{
			founder: domain.Owner, lower: domain.Developer, higher: domain.Maintainer, only: domain.Guest,
		})
		assertMembers(t, w, leaf, false, map[domain.UserID]domain.AccessLevel{founder: domain.Owner, lower: domain.Developer})
		assertMembers(t, w, leaf, true, map[domain.UserID]domain.AccessLevel{
			founder: domain.Owner, lower: domain.Developer, higher: domain.Maintainer,
		})
		assertMembers(t, w, ports.MemberSource{Group: f.top}, true, map[domain.UserID]domain.AccessLevel{
			founder: domain.Owner, lower: domain.Guest, higher: domain.Maintainer,
		})
	},
	"List shows expired memberships": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		user := w.AddUser()
		w.AddGroupMember(group, user, domain.Developer, fixture.Expired)
		want := map[domain.UserID]domain.AccessLevel{w.Founder(): domain.Owner, user: domain.Developer}
		assertMembers(t, w, ports.MemberSource{Group: group}, false, want)
		assertMembers(t, w, ports.MemberSource{Project: w.AddProject(group)}, true, want)
	},
	"List shows the owner of a personal namespace as Owner, once": func(t *testing.T, w *fixture.World) {
		user, guest := w.AddUser(), w.AddUser()
		project := w.AddPersonalProject(user)
		of := ports.MemberSource{Project: project}
		w.AddProjectMember(project, guest, domain.Guest)
		want := map[domain.UserID]domain.AccessLevel{user: domain.Owner, guest: domain.Guest}
		assertMembers(t, w, of, false, want)
		assertMembers(t, w, of, true, want)
		w.AddProjectMember(project, user, domain.Developer)
		assertMembers(t, w, of, false, want)
		assertMembers(t, w, of, true, want)
	},
	"List takes the same number of statements for 1, 20 and 100 members": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0) // its founder makes the first row
		assertFixedStatements(t, w, func(i int) {
			if i > 0 {
				w.AddGroupMember(group, w.AddUser(), domain.Guest)
			}
		}, func() int {
			list, _, err := w.Members.List(w.Context(), ports.MemberSource{Group: group}, true, everything)
			require.NoError(t, err)
			return len(list)
		})
	},
}

func assertMembers(t *testing.T, w *fixture.World, of ports.MemberSource, inherited bool, want map[domain.UserID]domain.AccessLevel) {
	t.Helper()
	list, total, err := w.Members.List(w.Context(), of, inherited, everything)
	require.NoError(t, err)
	got := map[domain.UserID]domain.AccessLevel{}
	last := domain.UserID(0)
	for _, m := range list {
		assert.Greater(t, m.User.ID(), last, "in the order of user ids")
		last = m.User.ID()
		assert.Equal(t, m.User.ID(), m.Membership.State().User)
		got[m.User.ID()] = m.Membership.State().Level
	}
	assert.Equal(t, want, got)
	assert.Equal(t, len(want), total)
}

func countInGroupMember(w *fixture.World) counter   { return countInMember(w, sources(w)[0]) }
func countInProjectMember(w *fixture.World) counter { return countInMember(w, sources(w)[1]) }

// countInMember counts in days until the membership expires.
func countInMember(w *fixture.World, of ports.MemberSource) counter {
	user := w.AddUser()
	err := w.Members.Add(w.Context(), of, fixture.Membership(user, domain.Guest, fixture.Expired))
	add := func(user domain.UserID) func(ctx context.Context, finish func() error) error {
		return func(ctx context.Context, finish func() error) error {
			return w.Members.Update(ctx, of, user, func(m *domain.Membership) error {
				s := m.State()
				s.ExpiresAt = s.ExpiresAt.Add(24 * time.Hour)
				*m = *domain.RestoreMembership(s)
				return finish()
			})
		}
	}
	return counter{
		add: add(user), addToMissing: add(missing), resource: memberResource,
		count: func() int {
			m, findErr := w.Members.Find(w.Context(), of, user)
			if err != nil || findErr != nil {
				return -1
			}
			return int(m.Membership.State().ExpiresAt.Sub(now) / (24 * time.Hour))
		},
	}
}
