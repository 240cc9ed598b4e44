package contract

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// family is three groups, one in the other, and a stranger; each has a project
// and a runner, and so has each project.
type family struct {
	top, middle, leaf, stranger                                             domain.GroupID
	inTop, inMiddle, inLeaf, inStranger                                     domain.ProjectID
	ofTop, ofMiddle, ofLeaf, ofStranger                                     domain.RunnerID
	ofProjectInTop, ofProjectInMiddle, ofProjectInLeaf, ofProjectInStranger domain.RunnerID
	shared                                                                  domain.RunnerID
}

func addFamily(w *fixture.World) family {
	var f family
	f.top = w.AddGroup(0)
	f.middle = w.AddGroup(f.top)
	f.leaf = w.AddGroup(f.middle)
	f.stranger = w.AddGroup(0)
	f.inTop, f.inMiddle, f.inLeaf, f.inStranger = w.AddProject(f.top), w.AddProject(f.middle), w.AddProject(f.leaf), w.AddProject(f.stranger)
	// Runners are added bottom up, so that an order by groups is not one by ids.
	f.ofStranger, f.ofLeaf, f.ofMiddle, f.ofTop = w.AddGroupRunner(f.stranger), w.AddGroupRunner(f.leaf), w.AddGroupRunner(f.middle), w.AddGroupRunner(f.top)
	f.shared = w.AddInstanceRunner()
	f.ofProjectInStranger, f.ofProjectInLeaf = w.AddProjectRunner(f.inStranger), w.AddProjectRunner(f.inLeaf)
	f.ofProjectInMiddle, f.ofProjectInTop = w.AddProjectRunner(f.inMiddle), w.AddProjectRunner(f.inTop)
	return f
}

var runnerSourcePromises = map[string]promise{
	"OwnedBy finds project runners for a Maintainer of the project": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		for _, level := range []domain.AccessLevel{domain.Guest, domain.Reporter, domain.Developer, domain.Maintainer, domain.Owner} {
			user := w.AddUser()
			w.AddProjectMember(f.inMiddle, user, level)
			want := []domain.RunnerID{}
			if level >= domain.Maintainer {
				want = append(want, f.ofProjectInMiddle)
			}
			assertOwned(t, w, user, want)
		}
	},
	"OwnedBy finds project runners for a Maintainer of a group above, but not the group's own": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddGroupMember(f.middle, user, domain.Maintainer)
		assertOwned(t, w, user, []domain.RunnerID{f.ofProjectInLeaf, f.ofProjectInMiddle})
	},
	"OwnedBy finds each runner once, however many projects it has": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		project := w.AddProject(group)
		everywhere, here := w.AddProjectRunner(project), w.AddProjectRunner(w.AddProject(group))
		w.AssignToCopies(everywhere, project, 2*ports.CountLimit)
		user := w.AddUser()
		w.AddGroupMember(group, user, domain.Maintainer)
		assertOwned(t, w, user, []domain.RunnerID{everywhere, here})
	},
	"OwnedBy finds group and project runners for an Owner of a group above": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddGroupMember(f.middle, user, domain.Owner)
		assertOwned(t, w, user, []domain.RunnerID{f.ofLeaf, f.ofMiddle, f.ofProjectInLeaf, f.ofProjectInMiddle})
	},
	"OwnedBy finds nothing for a Developer of a group": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddGroupMember(f.top, user, domain.Developer)
		assertOwned(t, w, user, []domain.RunnerID{})
	},
	"OwnedBy finds the runners of personal projects": func(t *testing.T, w *fixture.World) {
		addFamily(w)
		user, other := w.AddUser(), w.AddUser()
		own := w.AddProjectRunner(w.AddPersonalProject(user))
		w.AddProjectRunner(w.AddPersonalProject(other))
		assertOwned(t, w, user, []domain.RunnerID{own})
	},
	"OwnedBy does not count expired memberships": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddGroupMember(f.top, user, domain.Owner, fixture.Expired)
		w.AddProjectMember(f.inLeaf, user, domain.Maintainer, fixture.Expired)
		assertOwned(t, w, user, []domain.RunnerID{})

		ids, total := runnerIDs(t, w, ports.RunnerSource{OwnedBy: user, At: now.Add(-time.Microsecond)}, domain.RunnerFilter{})
		assert.Len(t, ids, 6, "a moment earlier they count")
		assert.Equal(t, 6, total)
	},
	"OwnedBy counts memberships that expire later": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddProjectMember(f.inLeaf, user, domain.Maintainer, func(s *domain.MembershipState) { s.ExpiresAt = now.Add(time.Microsecond) })
		assertOwned(t, w, user, []domain.RunnerID{f.ofProjectInLeaf})
	},
	"OwnedBy finds each runner once, however many ways lead to it": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.Assign(f.ofProjectInLeaf, f.inMiddle, f.inTop, w.AddPersonalProject(user))
		w.AddProjectMember(f.inLeaf, user, domain.Maintainer)
		w.AddGroupMember(f.leaf, user, domain.Owner)
		w.AddGroupMember(f.top, user, domain.Maintainer)
		assertOwned(t, w, user, []domain.RunnerID{f.ofLeaf, f.ofProjectInLeaf, f.ofProjectInMiddle, f.ofProjectInTop})
	},
	"OwnedBy finds a runner of several projects by one of them": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.Assign(f.ofProjectInStranger, f.inLeaf)
		w.AddProjectMember(f.inLeaf, user, domain.Maintainer)
		assertOwned(t, w, user, []domain.RunnerID{f.ofProjectInStranger, f.ofProjectInLeaf})
	},
	"OwnedBy finds nothing for a user who does not exist": func(t *testing.T, w *fixture.World) {
		addFamily(w)
		assertOwned(t, w, missing, []domain.RunnerID{})
	},
	"UsableIn finds the project's runners, those of the groups above, and instance runners": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		w.Assign(f.ofProjectInStranger, f.inMiddle)
		assertSource(t, w, usableIn(f.inMiddle), []domain.RunnerID{f.ofMiddle, f.ofTop, f.shared, f.ofProjectInStranger, f.ofProjectInMiddle})
	},
	"UsableIn finds no group runners for a personal project": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		project := w.AddPersonalProject(w.AddUser())
		own := w.AddProjectRunner(project)
		assertSource(t, w, usableIn(project), []domain.RunnerID{f.shared, own})
	},
	"UsableInGroup finds the runners of the group and of those above, and instance runners": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		assertSource(t, w, usableInGroup(f.middle), []domain.RunnerID{f.ofMiddle, f.ofTop, f.shared})
		assertSource(t, w, usableInGroup(f.leaf), []domain.RunnerID{f.ofLeaf, f.ofMiddle, f.ofTop, f.shared})
		assertSource(t, w, usableInGroup(f.top), []domain.RunnerID{f.ofTop, f.shared})
	},
	"a source without a field is every runner": func(t *testing.T, w *fixture.World) {
		addFamily(w)
		ids, _ := runnerIDs(t, w, among(), domain.RunnerFilter{})
		assert.Len(t, ids, 9)
		assert.IsIncreasing(t, ids)
	},
	"a filter narrows every source": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		groups := domain.RunnerFilter{Types: []domain.RunnerType{domain.GroupRunner}}
		founder := w.Founder()
		for name, test := range map[string]struct {
			source ports.RunnerSource
			want   []domain.RunnerID
		}{
			"owned":           {ownedBy(founder), []domain.RunnerID{f.ofStranger, f.ofLeaf, f.ofMiddle, f.ofTop}},
			"usable":          {usableIn(f.inMiddle), []domain.RunnerID{f.ofMiddle, f.ofTop}},
			"usable in group": {usableInGroup(f.leaf), []domain.RunnerID{f.ofLeaf, f.ofMiddle, f.ofTop}},
		} {
			ids, total := runnerIDs(t, w, test.source, groups)
			assert.Equal(t, test.want, ids, name)
			assert.Equal(t, len(test.want), total, name)
		}
	},
}

func assertOwned(t *testing.T, w *fixture.World, user domain.UserID, want []domain.RunnerID) {
	t.Helper()
	assertSource(t, w, ownedBy(user), want)
}

func assertSource(t *testing.T, w *fixture.World, source ports.RunnerSource, want []domain.RunnerID) {
	t.Helper()
	require.IsIncreasing(t, append([]domain.RunnerID{0}, want...), "the test is wrong")
	ids, total := runnerIDs(t, w, source, domain.RunnerFilter{})
	assert.Equal(t, want, ids)
	assert.Equal(t, len(want), total)
}
