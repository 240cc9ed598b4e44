package contract

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

var projectListPromises = map[string]promise{
	"List gives what the actor can see, and what the actor is to each": func(t *testing.T, w *fixture.World) {
		actors, all := addSpectators(w)
		for name, actor := range actors {
			var want []domain.ProjectAccess
			for _, id := range all.projects {
				access := domain.ProjectAccess{
					Standing: domain.Standing{Actor: actor, Level: onProject(t, w, actor.User, id)}, Project: w.Project(id),
				}
				if access.MustSee() == nil {
					want = append(want, access)
				}
			}
			got, total, err := w.Projects.List(w.Context(), actor, now, ports.ProjectQuery{}, everything)
			require.NoError(t, err)
			assert.Equal(t, len(want), total, name)
			require.Len(t, got, len(want), name)
			for i := range want {
				assertEqual(t, want[i].Standing, got[i].Standing)
				assertEqual(t, want[i].Project.State(), got[i].Project.State())
			}
		}
	},
	"List gives pages in the order of ids, and the total beside each": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		var all []domain.ProjectID
		for range 7 {
			all = append(all, w.AddProject(group))
		}
		member := domain.Actor{User: w.Founder()}
		assertPages(t, all, func(p ports.Page) ([]domain.ProjectID, int) { return projects(t, w, member, "", p) })
	},
	"List searches a part of the name or path, whatever the case": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0, pathOfGroup("crew"))
		one := w.AddProject(group, func(s *domain.ProjectState) { s.Name, s.Path = "Größe 50%", "size_of" })
		other := w.AddProject(group, func(s *domain.ProjectState) { s.Name, s.Path = "Big Tool", "size-of" })
		none := []domain.ProjectID{}
		for search, want := range map[string][]domain.ProjectID{
			"":        {one, other},
			"SIZE":    {one, other},
			"big":     {other},
			"e_o":     {one},
			"0%":      {one},
			"größe":   {one},
			"GRÖSSE":  none,
			"nothing": none,
			`\`:       none,
		} {
			got, total := projects(t, w, domain.Actor{User: w.Founder()}, search, everything)
			assert.Equal(t, want, got, search)
			assert.Len(t, want, total, search)
		}
	},
	"List of nothing is empty, not nil": func(t *testing.T, w *fixture.World) {
		ids, total := projects(t, w, domain.Actor{User: w.AddUser()}, "", everything)
		assert.Empty(t, ids)
		assert.Zero(t, total)
	},
	"List takes the same number of statements for 1, 20 and 100 projects": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		member := domain.Actor{User: w.Founder()}
		assertFixedStatements(t, w, func(int) { w.AddProject(group) }, func() int {
			ids, _ := projects(t, w, member, "", everything)
			return len(ids)
		})
	},
}

// directory is all groups and projects of a test, in the order of ids.
type directory struct {
	groups   []domain.GroupID
	projects []domain.ProjectID
}

// addSpectators adds groups and projects of every visibility, and actors who
// see some of them, for many reasons.
func addSpectators(w *fixture.World) (map[string]domain.Actor, directory) {
	var all directory
	addGroup := func(parent domain.GroupID, visibility domain.Visibility) domain.GroupID {
		id := w.AddGroup(parent, func(s *domain.GroupState) { s.Visibility = visibility })
		all.groups = append(all.groups, id)
		return id
	}
	addProject := func(in domain.NamespaceID, visibility domain.Visibility) domain.ProjectID {
		id := w.AddProject(in, func(s *domain.ProjectState) { s.Visibility = visibility })
		all.projects = append(all.projects, id)
		return id
	}
	top := addGroup(0, domain.Private)
	middle := addGroup(top, domain.Private)
	leaf := addGroup(middle, domain.Private)
	empty := addGroup(0, domain.Private)
	addGroup(0, domain.Internal)
	addGroup(0, domain.Public)
	open := addGroup(addGroup(0, domain.Private), domain.Private)
	inTop, inMiddle := addProject(top, domain.Private), addProject(middle, domain.Private)
	addProject(leaf, domain.Private)
	addProject(open, domain.Internal)
	addProject(open, domain.Public)
	owner := w.AddUser()
	personal := addProject(w.User(owner).State().Namespace, domain.Private)

	ofMiddle, ofProject, guest, expired, invited, ofEmpty := w.AddUser(), w.AddUser(), w.AddUser(), w.AddUser(), w.AddUser(), w.AddUser()
	w.AddGroupMember(middle, ofMiddle, domain.Maintainer)
	w.AddProjectMember(inMiddle, ofMiddle, domain.Guest)
	w.AddProjectMember(inMiddle, ofProject, domain.Developer)
	w.AddGroupMember(top, guest, domain.Guest)
	w.AddGroupMember(leaf, guest, domain.Owner)
	w.AddGroupMember(top, expired, domain.Owner, fixture.Expired)
	w.AddProjectMember(inTop, expired, domain.Owner, fixture.Expired)
	w.AddProjectMember(personal, invited, domain.Reporter)
	w.AddGroupMember(empty, ofEmpty, domain.Guest)
	actors := map[string]domain.Actor{}
	for name, user := range map[string]domain.UserID{
		"owner of all groups": w.Founder(), "owner of a namespace": owner, "member of a middle group": ofMiddle,
		"member of a project": ofProject, "guest": guest, "expired": expired, "invited": invited,
		"member of an empty group": ofEmpty, "stranger": w.AddUser(),
	} {
		actors[name] = domain.Actor{User: user, Scopes: domain.Scopes{domain.ScopeAPI}, Token: 7}
	}
	actors["administrator"] = domain.Actor{User: ofProject, Admin: true}
	return actors, all
}

func projects(t *testing.T, w *fixture.World, actor domain.Actor, search string, p ports.Page) ([]domain.ProjectID, int) {
	t.Helper()
	list, total, err := w.Projects.List(w.Context(), actor, now, ports.ProjectQuery{Search: search}, p)
	require.NoError(t, err)
	require.NotNil(t, list)
	ids := make([]domain.ProjectID, len(list))
	for i, access := range list {
		ids[i] = access.Project.ID()
	}
	return ids, total
}
