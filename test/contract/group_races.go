package contract

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// Full names and paths are made of those of several groups, so writers of
// different groups can get in each other's way.
var groupRacePromises = map[string]promise{
	"Update of a group and of those above it at the same moment leaves full paths that agree": func(t *testing.T, w *fixture.World) {
		top := w.AddGroup(0)
		middle := w.AddGroup(top)
		leaf := w.AddGroup(middle)
		project := w.AddProject(leaf)
		chain := []domain.GroupID{top, middle, leaf}
		errs := concurrently(9, func(i int) error {
			var all error
			for round := range 8 {
				all = errors.Join(all, w.Groups.Update(w.Context(), chain[i%3], func(g, parent *domain.Group) error {
					return g.Update(domain.GroupChange{
						Name: domain.Set(fmt.Sprintf("Name %d of %d", round, i)), Path: domain.Set(fmt.Sprintf("path-%d-of-%d", round, i)),
					}, parent)
				}))
			}
			return all
		})
		require.NoError(t, errors.Join(errs...))
		assertAgree(t, w, top, middle, leaf)
		assertFoundByPath(t, w, leaf, project)
	},
	"Add below a group that is renamed at the same moment leaves full paths that agree": func(t *testing.T, w *fixture.World) {
		top := w.AddGroup(0)
		middle := w.AddGroup(top)
		founder, parent := w.Founder(), w.Group(middle)
		added := make([]domain.GroupID, 8)
		projects := make([]domain.ProjectID, 8)
		errs := concurrently(8, func(i int) error {
			var err error
			switch i % 4 {
			case 0:
				err = w.Groups.Update(w.Context(), top, func(g, parent *domain.Group) error {
					return g.Update(domain.GroupChange{Path: domain.Set(fmt.Sprintf("renamed-%d", i))}, parent)
				})
			case 1, 2:
				added[i], err = w.Groups.Add(w.Context(), fixture.Group(parent, pathOfGroup(fmt.Sprintf("added-%d", i))), founder)
			case 3:
				projects[i], err = w.Projects.Add(w.Context(), fixture.Project(parent.Namespace(), pathOfProject(fmt.Sprintf("project-%d", i))))
			}
			return err
		})
		require.NoError(t, errors.Join(errs...))
		for _, group := range added {
			if group != 0 {
				assertAgree(t, w, top, middle, group)
			}
		}
		for _, project := range projects {
			if project != 0 {
				assertFoundByPath(t, w, middle, project)
			}
		}
	},
}

// assertAgree wants each group's full path to continue that of the one before.
func assertAgree(t *testing.T, w *fixture.World, chain ...domain.GroupID) {
	t.Helper()
	above := domain.GroupState{}
	for _, id := range chain {
		got := w.Group(id).State()
		fullPath, fullName := got.Path, got.Name
		if above.ID != 0 {
			fullPath, fullName = above.FullPath+"/"+got.Path, above.FullName+" / "+got.Name
		}
		assert.Equal(t, fullPath, got.FullPath)
		assert.Equal(t, fullName, got.FullName)
		found, err := w.Groups.Find(w.Context(), ports.GroupRef{Path: fullPath})
		require.NoErrorf(t, err, "find %s", fullPath)
		assert.Equal(t, id, found.ID())
		above = got
	}
}

func assertFoundByPath(t *testing.T, w *fixture.World, group domain.GroupID, project domain.ProjectID) {
	t.Helper()
	got := w.Project(project).State()
	assert.Equal(t, w.Group(group).State().FullPath+"/"+got.Path, got.FullPath)
	found, err := w.Projects.Find(w.Context(), ports.ProjectRef{Path: got.FullPath})
	require.NoErrorf(t, err, "find %s", got.FullPath)
	assert.Equal(t, project, found.ID())
}
