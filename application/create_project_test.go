package application_test

import (
	"fmt"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

var anEngine = domain.ProjectSpec{Path: "engine", Token: domain.RegistrationToken{Seed: "chosen by the caller"}}

// addsProject expects a new project, which gets id 4 and is found again, and
// keeps what was stored.
func (h *harness) addsProject() *domain.ProjectState {
	h.generator.EXPECT().RegistrationSeed().Return("new seed")
	added := &domain.ProjectState{}
	add := h.projects.EXPECT().Add(gomock.Any(), gomock.Any()).DoAndReturn(
		func(_ any, p *domain.Project) (domain.ProjectID, error) {
			*added = p.State()
			return 4, nil
		})
	h.projects.EXPECT().Find(gomock.Any(), ports.ProjectRef{ID: 4}).Return(aProject(), nil).After(add)
	return added
}

// hasOwnNamespace expects that Sam's personal namespace is looked up.
func (h *harness) hasOwnNamespace() {
	h.users.EXPECT().Find(gomock.Any(), sam.User).Return(aUser(), nil)
	h.groups.EXPECT().Namespace(gomock.Any(), samsNamespace.ID).Return(samsNamespace, nil)
}

func TestCreateProjectIsInOnesOwnNamespaceByDefault(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.hasOwnNamespace()
	added := h.addsProject()
	h.access.EXPECT().OnProject(gomock.Any(), sam.User, domain.ProjectID(4), noon).Return(domain.Owner, nil)
	view, err := application.NewProjects(h.Ports).Create(t.Context(), application.CreateProject{Actor: sam, Spec: anEngine})
	require.NoError(t, err)
	assert.Equal(t, samsNamespace, added.Namespace)
	assert.Equal(t, "sam/engine", added.FullPath)
	assert.Equal(t, noon, added.CreatedAt)
	assert.Equal(t, domain.RegistrationToken{Seed: "new seed", Digest: digestOf("token of new seed")}, added.Token)
	assert.Equal(t, domain.ProjectID(4), view.Project.ID())
	assert.Equal(t, domain.Secret("token of project seed"), view.RegistrationToken, "the creator is a Maintainer or more")
}

func TestCreateProjectInAGroupIsForItsMaintainers(t *testing.T) {
	t.Parallel()
	for _, level := range everyLevel {
		t.Run(fmt.Sprintf("level %d", level), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.groups.EXPECT().Namespace(gomock.Any(), domain.NamespaceID(3)).Return(aGroup().Namespace(), nil)
			open := aGroup(func(s *domain.GroupState) { s.Visibility = domain.Public })
			h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(open, nil)
			h.access.EXPECT().OnGroup(gomock.Any(), sam.User, domain.GroupID(3), noon).Return(level, nil)
			cmd := application.CreateProject{Actor: sam, Namespace: 3, Spec: anEngine}
			if level < domain.Maintainer {
				cmd.Spec.Path = "" // wrong, but that comes second
				_, err := application.NewProjects(h.Ports).Create(t.Context(), cmd)
				require.ErrorIs(t, err, errForbidden)
				return
			}
			added := h.addsProject()
			h.access.EXPECT().OnProject(gomock.Any(), sam.User, domain.ProjectID(4), noon).Return(level, nil)
			_, err := application.NewProjects(h.Ports).Create(t.Context(), cmd)
			require.NoError(t, err)
			assert.Equal(t, "acme/engine", added.FullPath)
		})
	}
}

func TestCreateProjectInAGroupThatIsHiddenFindsNoNamespace(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.groups.EXPECT().Namespace(gomock.Any(), domain.NamespaceID(3)).Return(aGroup().Namespace(), nil)
	h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(nil, errNoGroup)
	_, err := application.NewProjects(h.Ports).Create(t.Context(), application.CreateProject{Actor: sam, Namespace: 3, Spec: anEngine})
	require.ErrorIs(t, err, domain.NotFound("Namespace"))
}

func TestCreateProjectInAPersonalNamespaceIsForItsOwner(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		actor domain.Actor
		want  error
	}{
		"its owner may":         {sam, nil},
		"an administrator may":  {admin, nil},
		"somebody else may not": {domain.Actor{User: 6}, errForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.groups.EXPECT().Namespace(gomock.Any(), samsNamespace.ID).Return(samsNamespace, nil)
			if test.want == nil {
				h.addsProject()
				h.access.EXPECT().OnProject(gomock.Any(), sam.User, domain.ProjectID(4), noon).Return(domain.Owner, nil).MaxTimes(1)
			}
			_, err := application.NewProjects(h.Ports).Create(t.Context(), application.CreateProject{
				Actor: test.actor, Namespace: samsNamespace.ID, Spec: anEngine,
			})
			check(t, test.want, err)
		})
	}
}

func TestCreateProjectForAUserIsForAdministrators(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.hasOwnNamespace()
	added := h.addsProject()
	_, err := application.NewProjects(h.Ports).CreateFor(t.Context(), admin, sam.User, anEngine)
	require.NoError(t, err)
	assert.Equal(t, "sam/engine", added.FullPath)

	_, err = application.NewProjects(newHarness(t).Ports).CreateFor(t.Context(), sam, sam.User, anEngine)
	require.ErrorIs(t, err, errForbidden, "not even for oneself")
}

func TestCreateProjectForAUserFindsTheUser(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.users.EXPECT().Find(gomock.Any(), sam.User).Return(nil, errNoUser)
	_, err := application.NewProjects(h.Ports).CreateFor(t.Context(), admin, sam.User, domain.ProjectSpec{})
	assert.ErrorIs(t, err, errNoUser, "before the values are looked at")
}

func TestCreateProjectRefusals(t *testing.T) {
	t.Parallel()
	seeds := func(h *harness) {
		h.hasOwnNamespace()
		h.generator.EXPECT().RegistrationSeed().Return("new seed")
	}
	for name, test := range map[string]struct {
		namespace domain.NamespaceID
		spec      domain.ProjectSpec
		before    func(h *harness)
		want      error
	}{
		"a namespace that is not there is not found": {9, domain.ProjectSpec{}, func(h *harness) {
			h.groups.EXPECT().Namespace(gomock.Any(), domain.NamespaceID(9)).Return(domain.Namespace{}, domain.NotFound("Namespace"))
		}, domain.NotFound("Namespace")},
		"the own namespace cannot be read": {0, anEngine, func(h *harness) {
			h.users.EXPECT().Find(gomock.Any(), sam.User).Return(aUser(), nil)
			h.groups.EXPECT().Namespace(gomock.Any(), samsNamespace.ID).Return(domain.Namespace{}, errDown)
		}, errDown},
		"a wrong path makes no project": {0, domain.ProjectSpec{Path: "-"}, seeds, domain.Invalid("path",
			"can contain only letters, digits, '_', '-' and '.'. Cannot start with '-' or end in '.', '.git' or '.atom'")},
		"a path that is taken is a wrong one": {0, anEngine, func(h *harness) {
			seeds(h)
			h.projects.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.ProjectID(0), errSomeConflict)
		}, errPathTaken},
		"the project cannot be stored": {0, anEngine, func(h *harness) {
			seeds(h)
			h.projects.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.ProjectID(0), errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			view, err := application.NewProjects(h.Ports).Create(t.Context(), application.CreateProject{
				Actor: sam, Namespace: test.namespace, Spec: test.spec,
			})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, view)
		})
	}
}
