package domain_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

func TestNewGroup(t *testing.T) {
	t.Parallel()
	t.Run("at the top, private by default", func(t *testing.T) {
		t.Parallel()
		group, err := domain.NewGroup(domain.GroupState{Parent: 99, Name: "Acme", Path: "acme"}, nil, noon)
		require.NoError(t, err)
		want := domain.GroupState{
			Name: "Acme", Path: "acme", FullName: "Acme", FullPath: "acme", Visibility: domain.Private, CreatedAt: noon,
		}
		assert.Empty(t, cmp.Diff(want, group.State()))
	})
	t.Run("below another, its full name and path continue the parent's", func(t *testing.T) {
		t.Parallel()
		group, err := domain.NewGroup(domain.GroupState{Name: "Tools", Path: "tools", Visibility: domain.Public},
			aGroup(t, domain.Private), noon)
		require.NoError(t, err)
		s := group.State()
		assert.Equal(t, domain.GroupID(3), s.Parent)
		assert.Equal(t, "Acme / Tools", s.FullName)
		assert.Equal(t, "acme/tools", s.FullPath)
		assert.Equal(t, domain.Public, s.Visibility)
	})
	t.Run("names are checked", func(t *testing.T) {
		t.Parallel()
		_, err := domain.NewGroup(domain.GroupState{Name: " "}, nil, noon)
		assert.Equal(t, broken("name", "can't be blank", "path", "can't be blank"), err)
		_, err = domain.NewGroup(domain.GroupState{Name: "Acme", Path: "acme/tools"}, nil, noon)
		assert.Equal(t, broken("path", pathHint), err)
		_, err = domain.NewGroup(domain.GroupState{Name: strings.Repeat("é", 256), Path: "acme"}, nil, noon)
		assert.Equal(t, broken("name", "is too long (maximum is 255 characters)"), err)
	})
	t.Run("the full path has an end", func(t *testing.T) {
		t.Parallel()
		group := aGroup(t, domain.Private)
		var err error
		for err == nil {
			group, err = domain.NewGroup(domain.GroupState{Name: "Deep", Path: strings.Repeat("d", 199)}, group, noon)
			if err == nil {
				require.LessOrEqual(t, len(group.State().FullPath), 2000)
			}
		}
		assert.Equal(t, broken("path", "makes a full path that is too long (maximum is 2000 characters)"), err)
	})
}

func TestUpdateGroup(t *testing.T) {
	t.Parallel()
	parent := aGroup(t, domain.Private)
	group, err := domain.NewGroup(domain.GroupState{ID: 4, Name: "Tools", Path: "tools", Description: "d"}, parent, noon)
	require.NoError(t, err)
	want := group.State()

	require.NoError(t, group.Update(domain.GroupChange{}, parent))
	require.Empty(t, cmp.Diff(want, group.State()), "absent fields stay")

	change := domain.GroupChange{Description: domain.Set("new"), Path: domain.Set("-")}
	require.Equal(t, broken("path", pathHint), group.Update(change, parent))
	require.Empty(t, cmp.Diff(want, group.State()), "nothing changes when refused")

	require.NoError(t, group.Update(domain.GroupChange{
		Name: domain.Set("Machines"), Path: domain.Set("machines"), Description: domain.Set(""),
		Visibility: domain.Set(domain.Internal),
	}, parent))
	want.Name, want.Path, want.Description, want.Visibility = "Machines", "machines", "", domain.Internal
	want.FullName, want.FullPath = "Acme / Machines", "acme/machines"
	assert.Empty(t, cmp.Diff(want, group.State()))
	assert.Equal(t, group.State(), domain.RestoreGroup(want).State())
}

func TestGroupAsNamespace(t *testing.T) {
	t.Parallel()
	group, err := domain.NewGroup(domain.GroupState{ID: 4, Name: "Tools", Path: "tools"}, aGroup(t, domain.Private), noon)
	require.NoError(t, err)
	assert.Equal(t, domain.Namespace{
		ID: 4, Kind: domain.NamespaceOfGroup, Name: "Tools", Path: "tools",
		FullName: "Acme / Tools", FullPath: "acme/tools", Parent: 3,
	}, group.Namespace())
	assert.Equal(t, domain.GroupID(4), group.ID())
}

func TestVisibilities(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"private", "internal", "public"}, domain.Visibilities())
}
