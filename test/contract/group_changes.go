package contract

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

var groupChangePromises = map[string]promise{
	"Update is given the parent, nil at the top": func(t *testing.T, w *fixture.World) {
		top := w.AddGroup(0)
		sub := w.AddGroup(top)
		require.NoError(t, w.Groups.Update(w.Context(), top, func(g, parent *domain.Group) error {
			assert.Equal(t, top, g.ID())
			assert.Nil(t, parent)
			return nil
		}))
		want := w.Group(top).State()
		require.NoError(t, w.Groups.Update(w.Context(), sub, func(g, parent *domain.Group) error {
			assert.Equal(t, sub, g.ID())
			assertEqual(t, want, parent.State())
			return nil
		}))
	},
	"Update stores every field that changed": func(t *testing.T, w *fixture.World) {
		id := w.AddGroup(0)
		var want domain.GroupState
		require.NoError(t, w.Groups.Update(w.Context(), id, func(g, _ *domain.Group) error {
			s := g.State()
			fullGroup(&s)
			s.FullPath, s.FullName = s.Path, s.Name
			want = s
			*g = *domain.RestoreGroup(s)
			return nil
		}))
		assertEqual(t, want, w.Group(id).State())
	},
	"Add and Update refuse a full path that is too long, also one below": func(t *testing.T, w *fixture.World) {
		const levels = 7 // of 250 characters and a slash
		var chain []domain.GroupID
		group := domain.GroupID(0)
		for range levels {
			group = w.AddGroup(group, pathOfGroup(strings.Repeat("g", 250)))
			chain = append(chain, group)
		}
		in := w.Group(group).Namespace()
		atMost := 2000 - len(in.FullPath) - 1
		_, err := w.Projects.Add(w.Context(), fixture.Project(in, pathOfProject(strings.Repeat("p", atMost+1))))
		require.ErrorContains(t, err, "too long")
		_, err = w.Groups.Add(w.Context(), fixture.Group(w.Group(group), pathOfGroup(strings.Repeat("h", atMost+1))), w.Founder())
		require.ErrorContains(t, err, "too long")
		project := w.AddProject(group, pathOfProject(strings.Repeat("p", atMost)))

		longer := func(g, parent *domain.Group) error {
			return g.Update(domain.GroupChange{Path: domain.Set(g.State().Path + "g")}, parent)
		}
		before := w.Project(project).State()
		require.ErrorContains(t, w.Groups.Update(w.Context(), chain[3], longer), "too long")
		assertEqual(t, before, w.Project(project).State())
		require.NoError(t, w.Projects.Delete(w.Context(), project))
		require.NoError(t, w.Groups.Update(w.Context(), chain[3], longer))
	},
	"Update of a name or path reaches subgroups and projects, and no others": func(t *testing.T, w *fixture.World) {
		top := w.AddGroup(0, named("Top", "top"))
		middle := w.AddGroup(top, named("Middle", "middle"))
		leaf := w.AddGroup(middle, named("Leaf", "leaf"))
		project := w.AddProject(leaf, func(s *domain.ProjectState) { s.Name, s.Path = "Tool", "tool" })
		near := w.AddGroup(0, named("Top 2", "top-2")) // begins with the same letters
		alike := w.AddGroup(near, named("Middle", "middle"))
		rename(t, w, top, "New % Name", "new_name")
		rename(t, w, middle, "Centre", "centre")

		assertNamed(t, w, top, "New % Name", "new_name")
		assertNamed(t, w, middle, "New % Name / Centre", "new_name/centre")
		assertNamed(t, w, leaf, "New % Name / Centre / Leaf", "new_name/centre/leaf")
		got := w.Project(project).State()
		assert.Equal(t, "New % Name / Centre / Leaf / Tool", got.FullName)
		assert.Equal(t, "new_name/centre/leaf/tool", got.FullPath)
		assert.Equal(t, w.Group(leaf).Namespace(), got.Namespace)
		assertNamed(t, w, near, "Top 2", "top-2")
		assertNamed(t, w, alike, "Top 2 / Middle", "top-2/middle")

		found, err := w.Projects.Find(w.Context(), ports.ProjectRef{Path: "new_name/centre/leaf/tool"})
		require.NoError(t, err)
		assert.Equal(t, project, found.ID())
		_, err = w.Projects.Find(w.Context(), ports.ProjectRef{Path: "top/middle/leaf/tool"})
		assertNotFound(t, "Project", err)
		again := w.AddGroup(w.AddGroup(0, named("Top", "top")), named("Middle", "middle"))
		w.AddProject(w.AddGroup(again, named("Leaf", "leaf")), pathOfProject("tool")) // the old paths are free
	},
	"Update refuses a full path that is taken, and keeps the old one": func(t *testing.T, w *fixture.World) {
		top := w.AddGroup(0, pathOfGroup("top"))
		sub := w.AddGroup(top, pathOfGroup("sub"))
		w.AddGroup(top, pathOfGroup("crew"))
		w.AddProject(top, pathOfProject("tool"))
		w.AddUser(func(s *domain.UserState) { s.Username = "ann" })
		for group, paths := range map[domain.GroupID][]string{top: {"ann", "Ann"}, sub: {"crew", "CREW", "tool", "Tool"}} {
			for _, path := range paths {
				assertConflict(t, w.Groups.Update(w.Context(), group, func(g, parent *domain.Group) error {
					return g.Update(domain.GroupChange{Path: domain.Set(path)}, parent)
				}))
			}
		}
		assert.Equal(t, "top/sub", w.Group(sub).State().FullPath)
		rename(t, w, top, "Top", "TOP") // its own path is free for it, in another case too
		assert.Equal(t, "TOP/sub", w.Group(sub).State().FullPath)
	},
	"Delete deletes memberships, subgroups, projects and group runners, and keeps project runners": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		user := w.AddUser()
		w.AddGroupMember(f.leaf, user, domain.Owner)
		w.Assign(f.ofProjectInLeaf, f.inStranger)
		job := w.AddJob(f.inLeaf)
		stays := w.AddJob(f.inStranger, func(s *domain.JobState) { s.Runner = f.ofLeaf })
		path := w.Group(f.middle).State().Path
		require.NoError(t, w.Groups.Delete(w.Context(), f.middle))

		for _, group := range []domain.GroupID{f.middle, f.leaf} {
			_, err := w.Groups.Find(w.Context(), ports.GroupRef{ID: group})
			assertNotFound(t, "Group", err)
			_, err = w.Members.Find(w.Context(), ports.MemberSource{Group: group}, user)
			require.Error(t, err)
		}
		for _, project := range []domain.ProjectID{f.inMiddle, f.inLeaf} {
			_, err := w.Projects.Find(w.Context(), ports.ProjectRef{ID: project})
			assertNotFound(t, "Project", err)
		}
		_, err := w.Jobs.Find(w.Context(), f.inLeaf, job)
		require.Error(t, err)
		ids, _ := runnerIDs(t, w, among(), domain.RunnerFilter{})
		assert.Equal(t, []domain.RunnerID{f.ofStranger, f.ofTop, f.shared, f.ofProjectInStranger, f.ofProjectInLeaf, f.ofProjectInMiddle, f.ofProjectInTop}, ids)
		assert.Equal(t, []domain.ProjectID{f.inStranger}, projectsOf(t, w, f.ofProjectInLeaf, 0))
		assert.Zero(t, w.Runner(f.ofProjectInMiddle).State().ProjectCount)
		assert.Nil(t, w.Job(f.inStranger, stays).Runner, "a job of another project stays, without its runner")
		w.AddGroup(f.top, pathOfGroup(path)) // the path is free again
	},
	"Delete of what is no group finds nothing": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		namespace := w.User(user).State().Namespace
		for _, id := range []domain.GroupID{missing, namespace} {
			assertNotFound(t, "Group", w.Groups.Delete(w.Context(), id))
		}
		assert.Equal(t, namespace, w.User(user).State().Namespace)
		_, err := w.Groups.Namespace(w.Context(), namespace)
		require.NoError(t, err)
	},
}

func named(name, path string) func(s *domain.GroupState) {
	return func(s *domain.GroupState) { s.Name, s.Path = name, path }
}

func rename(t *testing.T, w *fixture.World, group domain.GroupID, name, path string) {
	t.Helper()
	require.NoError(t, w.Groups.Update(w.Context(), group, func(g, parent *domain.Group) error {
		return g.Update(domain.GroupChange{Name: domain.Set(name), Path: domain.Set(path)}, parent)
	}))
}

func assertNamed(t *testing.T, w *fixture.World, group domain.GroupID, name, path string) {
	t.Helper()
	got := w.Group(group).State()
	assert.Equal(t, name, got.FullName)
	assert.Equal(t, path, got.FullPath)
}
