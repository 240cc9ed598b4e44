package domain_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

const badTimeout = "needs to be between 1 second and 1 month"

func TestNewProjectDefaults(t *testing.T) {
	t.Parallel()
	in := domain.Namespace{ID: 3, Kind: domain.NamespaceOfGroup, FullName: "Acme / Tools", FullPath: "acme/tools"}
	project, err := domain.NewProject(domain.ProjectSpec{Name: "Big Engine"}, in, noon)
	require.NoError(t, err)
	want := domain.ProjectState{
		Namespace: in, Name: "Big Engine", Path: "big-engine",
		FullName: "Acme / Tools / Big Engine", FullPath: "acme/tools/big-engine",
		DefaultBranch: "main", Visibility: domain.Private, SharedRunnersEnabled: true, GroupRunnersEnabled: true,
		BuildTimeout: 3600, CreatedAt: noon,
	}
	assert.Empty(t, cmp.Diff(want, project.State()))
}

func TestNewProjectAsAskedFor(t *testing.T) {
	t.Parallel()
	in := domain.Namespace{ID: 9, Kind: domain.NamespaceOfUser, Owner: 5, FullName: "Alice", FullPath: "alice"}
	project, err := domain.NewProject(domain.ProjectSpec{
		Name: "Engine", Path: "e", Description: new("d"), DefaultBranch: "trunk", Visibility: domain.Public,
		SharedRunnersEnabled: new(false), GroupRunnersEnabled: new(false), BuildTimeout: new(int64(1)),
		RepositoryURL: "https://git.example/e.git", Token: domain.RegistrationToken{Seed: "s", Digest: "d"},
	}, in, noon)
	require.NoError(t, err)
	want := domain.ProjectState{
		Namespace: in, Name: "Engine", Path: "e", FullName: "Alice / Engine", FullPath: "alice/e", Description: new("d"),
		DefaultBranch: "trunk", Visibility: domain.Public, BuildTimeout: 1, RepositoryURL: "https://git.example/e.git",
		Token: domain.RegistrationToken{Seed: "s", Digest: "d"}, CreatedAt: noon,
	}
	assert.Empty(t, cmp.Diff(want, project.State()))
}

func TestProjectFullPathHasAnEnd(t *testing.T) {
	t.Parallel()
	in := domain.Namespace{ID: 3, Kind: domain.NamespaceOfGroup, FullName: "Deep", FullPath: strings.Repeat("d", 1990)}
	_, err := domain.NewProject(domain.ProjectSpec{Path: "123456789"}, in, noon)
	require.NoError(t, err)
	_, err = domain.NewProject(domain.ProjectSpec{Path: "1234567890"}, in, noon)
	assert.Equal(t, broken("path", "makes a full path that is too long (maximum is 2000 characters)"), err)
}

func TestProjectNameAndPath(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ name, path, wantName, wantPath string }{
		"the name is the path if there is none":      {"", "engine", "engine", "engine"},
		"the path is the name in lower case":         {"Engine", "", "Engine", "engine"},
		"runs of other characters become one dash":   {"A  big -- (Engine)", "", "A  big -- (Engine)", "a-big-engine"},
		"there is no dash at the ends":               {"!engine!", "", "!engine!", "engine"},
		"underscores, dots and digits stay":          {"v1.2_x", "", "v1.2_x", "v1.2_x"},
		"both given are taken as they are":           {"Big", "Small", "Big", "Small"},
		"letters of other alphabets become a dash":   {"a é b", "", "a é b", "a-b"},
		"a name of 255 characters, not bytes, is ok": {strings.Repeat("é", 255), "p", strings.Repeat("é", 255), "p"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := aProject(t, func(s *domain.ProjectSpec) { s.Name, s.Path = test.name, test.path }).State()
			assert.Equal(t, test.wantName, s.Name)
			assert.Equal(t, test.wantPath, s.Path)
		})
	}
}

func TestProjectRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spec   domain.ProjectSpec
		change domain.ProjectChange
		want   error
	}{
		"a blank name": {
			domain.ProjectSpec{Name: " ", Path: "p"},
			domain.ProjectChange{Name: domain.Set(" ")},
			broken("name", "can't be blank"),
		},
		"a name of 256 characters": {
			domain.ProjectSpec{Name: strings.Repeat("é", 256), Path: "p"},
			domain.ProjectChange{Name: domain.Set(strings.Repeat("é", 256))},
			broken("name", "is too long (maximum is 255 characters)"),
		},
		"a bad path": {
			domain.ProjectSpec{Path: "a/b"},
			domain.ProjectChange{Path: domain.Set("a/b")},
			broken("path", pathHint),
		},
		"a build_timeout of 0": {
			domain.ProjectSpec{Path: "p", BuildTimeout: new(int64(0))},
			domain.ProjectChange{BuildTimeout: domain.Set(int64(0))},
			broken("build_timeout", badTimeout),
		},
		"a build_timeout of a second": {
			domain.ProjectSpec{Path: "p", BuildTimeout: new(int64(1))},
			domain.ProjectChange{BuildTimeout: domain.Set(int64(1))},
			nil,
		},
		"a build_timeout of a month": {
			domain.ProjectSpec{Path: "p", BuildTimeout: new(int64(2592000))},
			domain.ProjectChange{BuildTimeout: domain.Set(int64(2592000))},
			nil,
		},
		"a build_timeout of more than a month": {
			domain.ProjectSpec{Path: "p", BuildTimeout: new(int64(2592001))},
			domain.ProjectChange{BuildTimeout: domain.Set(int64(2592001))},
			broken("build_timeout", badTimeout),
		},
		"several failing attributes together": {
			domain.ProjectSpec{BuildTimeout: new(int64(-1))},
			domain.ProjectChange{Name: domain.Set(""), Path: domain.Set(""), BuildTimeout: domain.Set(int64(-1))},
			broken("name", "can't be blank", "path", "can't be blank", "build_timeout", badTimeout),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			project := aProject(t)
			before := project.State()
			test.change.Description = domain.Set(new("changed"))
			_, err := domain.NewProject(test.spec, domain.Namespace{FullPath: "acme", FullName: "Acme"}, noon)
			updateErr := project.Update(test.change)
			if test.want == nil {
				assert.NoError(t, err)
				assert.NoError(t, updateErr)
				return
			}
			assert.Equal(t, test.want, err)
			assert.Equal(t, test.want, updateErr)
			assert.Empty(t, cmp.Diff(before, project.State()), "nothing changes when refused")
		})
	}
}

func TestUpdateProject(t *testing.T) {
	t.Parallel()
	project := aProject(t, func(s *domain.ProjectSpec) { s.Description = new("old") })
	want := project.State()
	require.NoError(t, project.Update(domain.ProjectChange{}))
	require.Empty(t, cmp.Diff(want, project.State()), "absent fields stay")

	require.NoError(t, project.Update(domain.ProjectChange{
		Name: domain.Set("Motor"), Path: domain.Set("motor"), Description: domain.Set[*string](nil),
		DefaultBranch: domain.Set("trunk"), Visibility: domain.Set(domain.Internal),
		SharedRunnersEnabled: domain.Set(false), GroupRunnersEnabled: domain.Set(false),
		BuildTimeout: domain.Set(int64(60)), RepositoryURL: domain.Set("https://git.example/m.git"),
	}))
	want.Name, want.Path, want.FullName, want.FullPath = "Motor", "motor", "Acme / Tools / Motor", "acme/tools/motor"
	want.Description, want.DefaultBranch, want.Visibility = nil, "trunk", domain.Internal
	want.SharedRunnersEnabled, want.GroupRunnersEnabled = false, false
	want.BuildTimeout, want.RepositoryURL = 60, "https://git.example/m.git"
	assert.Empty(t, cmp.Diff(want, project.State()))
	assert.Equal(t, project.State(), domain.RestoreProject(want).State())
}

func TestOpenedSince(t *testing.T) {
	t.Parallel()
	open := aProject(t).State()
	closed := open
	closed.SharedRunnersEnabled, closed.GroupRunnersEnabled = false, false
	for name, test := range map[string]struct {
		before, after domain.ProjectState
		want          bool
	}{
		"it was open":                   {open, open, false},
		"it was closed":                 {closed, open, true},
		"it is closed now":              {open, closed, false},
		"it stays closed":               {closed, closed, false},
		"it takes instance runners":     {closed, domain.ProjectState{SharedRunnersEnabled: true}, true},
		"it takes group runners":        {closed, domain.ProjectState{GroupRunnersEnabled: true}, true},
		"it takes one kind for another": {domain.ProjectState{GroupRunnersEnabled: true}, domain.ProjectState{SharedRunnersEnabled: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, domain.RestoreProject(test.after).OpenedSince(test.before))
		})
	}
}
