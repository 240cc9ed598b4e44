package contract

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

// AccessRepository checks what ports.AccessRepository promises.
func AccessRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, accessPromises, seesProjectPromises)
}

var accessPromises = map[string]promise{
	"OnProject is the highest of the project's membership and those of the groups above": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		assertLevels(t, w, user, f, levels{})
		w.AddGroupMember(f.middle, user, domain.Reporter)
		assertLevels(t, w, user, f, levels{inMiddle: domain.Reporter, inLeaf: domain.Reporter})
		w.AddProjectMember(f.inLeaf, user, domain.Maintainer)
		assertLevels(t, w, user, f, levels{inMiddle: domain.Reporter, inLeaf: domain.Maintainer})
		w.AddGroupMember(f.top, user, domain.Owner)
		assertLevels(t, w, user, f, levels{inTop: domain.Owner, inMiddle: domain.Owner, inLeaf: domain.Owner})
	},
	"OnProject is Owner for who owns the personal namespace": func(t *testing.T, w *fixture.World) {
		user, other := w.AddUser(), w.AddUser()
		project := w.AddPersonalProject(user)
		assert.Equal(t, domain.Owner, onProject(t, w, user, project))
		assert.Equal(t, domain.NoAccess, onProject(t, w, other, project))
		w.AddProjectMember(project, user, domain.Guest)
		w.AddProjectMember(project, other, domain.Developer)
		assert.Equal(t, domain.Owner, onProject(t, w, user, project))
		assert.Equal(t, domain.Developer, onProject(t, w, other, project))
	},
	"OnGroup is the highest of the group's membership and those of the groups above": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddGroupMember(f.middle, user, domain.Maintainer)
		w.AddGroupMember(f.leaf, user, domain.Guest)
		w.AddProjectMember(f.inTop, user, domain.Owner)
		for group, want := range map[domain.GroupID]domain.AccessLevel{
			f.top: domain.NoAccess, f.middle: domain.Maintainer, f.leaf: domain.Maintainer, f.stranger: domain.NoAccess,
		} {
			got, err := w.Access.OnGroup(w.Context(), user, group, now)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
	},
	"OnRunner is the highest level on any of a project runner's projects": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddGroupMember(f.middle, user, domain.Reporter)
		w.AddProjectMember(f.inStranger, user, domain.Maintainer)
		assert.Equal(t, domain.NoAccess, onRunner(t, w, user, f.ofProjectInTop))
		assert.Equal(t, domain.Reporter, onRunner(t, w, user, f.ofProjectInLeaf))
		w.Assign(f.ofProjectInLeaf, f.inStranger, f.inTop)
		assert.Equal(t, domain.Maintainer, onRunner(t, w, user, f.ofProjectInLeaf))
	},
	"OnRunner is Owner on a runner of a personal project": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		runner := w.AddProjectRunner(w.AddPersonalProject(user))
		assert.Equal(t, domain.Owner, onRunner(t, w, user, runner))
	},
	"OnRunner is the level on a group runner's group": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddGroupMember(f.middle, user, domain.Owner)
		assert.Equal(t, domain.NoAccess, onRunner(t, w, user, f.ofTop))
		assert.Equal(t, domain.Owner, onRunner(t, w, user, f.ofMiddle))
		assert.Equal(t, domain.Owner, onRunner(t, w, user, f.ofLeaf))
	},
	"OnRunner is nothing on an instance runner": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		assert.Equal(t, domain.NoAccess, onRunner(t, w, w.Founder(), f.shared))
	},
	"a membership gives nothing from the moment on at which it expires": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		project := w.AddProject(group)
		runner, groupRunner := w.AddProjectRunner(project), w.AddGroupRunner(group)
		ofGroup, ofProject := w.AddUser(), w.AddUser()
		w.AddGroupMember(group, ofGroup, domain.Owner, fixture.Expired)
		w.AddProjectMember(project, ofProject, domain.Maintainer, fixture.Expired)
		for at, want := range map[time.Time][2]domain.AccessLevel{
			now.Add(-time.Microsecond): {domain.Owner, domain.Maintainer},
			now:                        {},
			now.Add(time.Hour):         {},
		} {
			for i, user := range []domain.UserID{ofGroup, ofProject} {
				got, err := w.Access.OnProject(w.Context(), user, project, at)
				require.NoError(t, err)
				assert.Equal(t, want[i], got)
				got, err = w.Access.OnRunner(w.Context(), user, runner, at)
				require.NoError(t, err)
				assert.Equal(t, want[i], got)
			}
			for _, access := range []func() (domain.AccessLevel, error){
				func() (domain.AccessLevel, error) { return w.Access.OnGroup(w.Context(), ofGroup, group, at) },
				func() (domain.AccessLevel, error) { return w.Access.OnRunner(w.Context(), ofGroup, groupRunner, at) },
			} {
				got, err := access()
				require.NoError(t, err)
				assert.Equal(t, want[0], got)
			}
		}
	},
	"an expired membership leaves what others give": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddGroupMember(f.top, user, domain.Owner, fixture.Expired)
		w.AddGroupMember(f.middle, user, domain.Developer)
		assertLevels(t, w, user, f, levels{inMiddle: domain.Developer, inLeaf: domain.Developer})
	},
	"what does not exist gives no access and no error": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		for _, user := range []domain.UserID{missing, w.Founder()} {
			assert.Equal(t, domain.NoAccess, onProject(t, w, user, missing))
			assert.Equal(t, domain.NoAccess, onRunner(t, w, user, missing))
			got, err := w.Access.OnGroup(w.Context(), user, missing, now)
			require.NoError(t, err)
			assert.Equal(t, domain.NoAccess, got)
		}
		assert.Equal(t, domain.NoAccess, onProject(t, w, missing, f.inLeaf))
		assert.Equal(t, domain.NoAccess, onRunner(t, w, missing, f.ofLeaf))
	},
	"an administrator has no level by being one": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		admin := w.AddUser(func(s *domain.UserState) { s.Admin = true })
		assertLevels(t, w, admin, f, levels{})
		assert.Equal(t, domain.NoAccess, onRunner(t, w, admin, f.ofTop))
	},
}

var seesProjectPromises = map[string]promise{
	"SeesProjectIn is true for a member of a project in the group or below": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddProjectMember(f.inMiddle, user, domain.Guest)
		assertSees(t, w, user, map[domain.GroupID]bool{f.top: true, f.middle: true, f.leaf: false, f.stranger: false})
	},
	"SeesProjectIn is true for a member of a group with a project": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddGroupMember(f.leaf, user, domain.Guest)
		assertSees(t, w, user, map[domain.GroupID]bool{f.top: true, f.middle: true, f.leaf: true, f.stranger: false})
	},
	"SeesProjectIn is true for everybody where a project is internal or public": func(t *testing.T, w *fixture.World) {
		for _, visibility := range []domain.Visibility{domain.Internal, domain.Public} {
			f := addFamily(w)
			w.AddProject(f.middle, func(s *domain.ProjectState) { s.Visibility = visibility })
			assertSees(t, w, w.AddUser(), map[domain.GroupID]bool{f.top: true, f.middle: true, f.leaf: false, f.stranger: false})
		}
	},
	"SeesProjectIn is false after the membership expired, and in an empty group": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddProjectMember(f.inLeaf, user, domain.Owner, fixture.Expired)
		w.AddGroupMember(f.middle, user, domain.Owner, fixture.Expired)
		empty := w.AddGroupOf(user, 0)
		assertSees(t, w, user, map[domain.GroupID]bool{f.top: false, f.middle: false, f.leaf: false, empty: false, missing: false})
	},
}

// levels are those on the projects of a family; the zero value is none.
type levels struct{ inTop, inMiddle, inLeaf domain.AccessLevel }

func assertLevels(t *testing.T, w *fixture.World, user domain.UserID, f family, want levels) {
	t.Helper()
	got := levels{onProject(t, w, user, f.inTop), onProject(t, w, user, f.inMiddle), onProject(t, w, user, f.inLeaf)}
	assert.Equal(t, want, got)
	assert.Equal(t, domain.NoAccess, onProject(t, w, user, f.inStranger))
}

func onProject(t *testing.T, w *fixture.World, user domain.UserID, project domain.ProjectID) domain.AccessLevel {
	t.Helper()
	level, err := w.Access.OnProject(w.Context(), user, project, now)
	require.NoError(t, err)
	return level
}

func onRunner(t *testing.T, w *fixture.World, user domain.UserID, runner domain.RunnerID) domain.AccessLevel {
	t.Helper()
	level, err := w.Access.OnRunner(w.Context(), user, runner, now)
	require.NoError(t, err)
	return level
}

func assertSees(t *testing.T, w *fixture.World, user domain.UserID, want map[domain.GroupID]bool) {
	t.Helper()
	for group, sees := range want {
		got, err := w.Access.SeesProjectIn(w.Context(), user, group, now)
		require.NoError(t, err)
		assert.Equalf(t, sees, got, "group %d", group)
	}
}
