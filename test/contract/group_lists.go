package contract

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

var groupListPromises = map[string]promise{
	"List gives what the actor can see, and what the actor is to each": func(t *testing.T, w *fixture.World) {
		actors, all := addSpectators(w)
		for name, actor := range actors {
			var want []domain.GroupAccess
			for _, id := range all.groups {
				level, err := w.Access.OnGroup(w.Context(), actor.User, id, now)
				require.NoError(t, err)
				sees, err := w.Access.SeesProjectIn(w.Context(), actor.User, id, now)
				require.NoError(t, err)
				access := domain.GroupAccess{
					Standing: domain.Standing{Actor: actor, Level: level}, Group: w.Group(id), SeesProject: sees,
				}
				if access.MustSee() == nil {
					want = append(want, access)
				}
			}
			got, total, err := w.Groups.List(w.Context(), actor, now, ports.GroupQuery{}, everything)
			require.NoError(t, err)
			assert.Equal(t, len(want), total, name)
			require.Len(t, got, len(want), name)
			for i := range want {
				assertEqual(t, want[i].Standing, got[i].Standing)
				assertEqual(t, want[i].Group.State(), got[i].Group.State())
				assert.NoError(t, got[i].MustSee(), name)
			}
		}
	},
	"List gives pages in the order of ids, and the total beside each": func(t *testing.T, w *fixture.World) {
		var all []domain.GroupID
		for range 7 {
			all = append(all, w.AddGroup(0))
		}
		member := domain.Actor{User: w.Founder()}
		assertPages(t, all, func(p ports.Page) ([]domain.GroupID, int) { return groups(t, w, member, "", p) })
	},
	"List searches a part of the name or path, whatever the case, and no personal namespaces": func(t *testing.T, w *fixture.World) {
		one := w.AddGroup(0, named("Größe 50%", "size_of"))
		other := w.AddGroup(0, named("Big Crew", "size-of"))
		w.AddUser(func(s *domain.UserState) { s.Username, s.Name = "size", "Big size" })
		none := []domain.GroupID{}
		for search, want := range map[string][]domain.GroupID{
			"":        {one, other},
			"SIZE":    {one, other},
			"big":     {other},
			"e_o":     {one},
			"0%":      {one},
			"größe":   {one},
			"nothing": none,
			`\`:       none,
		} {
			got, total := groups(t, w, domain.Actor{User: w.Founder(), Admin: true}, search, everything)
			assert.Equal(t, want, got, search)
			assert.Len(t, want, total, search)
		}
	},
	"List of nothing is empty, not nil": func(t *testing.T, w *fixture.World) {
		ids, total := groups(t, w, domain.Actor{User: w.AddUser()}, "", everything)
		assert.Empty(t, ids)
		assert.Zero(t, total)
	},
	"List takes the same number of statements for 1, 20 and 100 groups": func(t *testing.T, w *fixture.World) {
		member := domain.Actor{User: w.Founder()}
		assertFixedStatements(t, w, func(int) { w.AddGroup(0) }, func() int {
			ids, _ := groups(t, w, member, "", everything)
			return len(ids)
		})
	},
}

func groups(t *testing.T, w *fixture.World, actor domain.Actor, search string, p ports.Page) ([]domain.GroupID, int) {
	t.Helper()
	list, total, err := w.Groups.List(w.Context(), actor, now, ports.GroupQuery{Search: search}, p)
	require.NoError(t, err)
	require.NotNil(t, list)
	ids := make([]domain.GroupID, len(list))
	for i, access := range list {
		ids[i] = access.Group.ID()
	}
	return ids, total
}
