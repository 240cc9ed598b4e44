package application_test

import (
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// addsGroup expects a new group with that owner, which gets id 8 and is found
// again, and keeps what was stored.
func (h *harness) addsGroup(owner domain.UserID) *domain.GroupState {
	added := &domain.GroupState{}
	add := h.groups.EXPECT().Add(gomock.Any(), gomock.Any(), owner).DoAndReturn(
		func(_ any, g *domain.Group, _ domain.UserID) (domain.GroupID, error) {
			*added = g.State()
			return 8, nil
		})
	stored := aGroup(func(s *domain.GroupState) { s.ID = 8 })
	h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 8}).Return(stored, nil).After(add)
	return added
}

func TestCreateGroupAtTheTopIsForEverybody(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.generator.EXPECT().RegistrationSeed().Return("new seed")
	added := h.addsGroup(sam.User)
	h.access.EXPECT().OnGroup(gomock.Any(), sam.User, domain.GroupID(8), noon).Return(domain.Owner, nil)
	view, err := application.NewGroups(h.Ports).Create(t.Context(), application.CreateGroup{
		Actor: sam, Name: "Acme", Path: "acme", Visibility: domain.Public, Description: "all of us",
	})
	require.NoError(t, err)
	assert.Equal(t, domain.GroupState{
		Name: "Acme", Path: "acme", FullName: "Acme", FullPath: "acme", Visibility: domain.Public,
		Description: "all of us", CreatedAt: noon,
		Token: domain.RegistrationToken{Seed: "new seed", Digest: digestOf("token of new seed")},
	}, *added)
	assert.Equal(t, domain.GroupID(8), view.Group.ID())
	assert.Equal(t, domain.Secret("token of group seed"), view.RegistrationToken, "the creator is an Owner")
}

func TestCreateGroupBelowAnotherIsForItsOwners(t *testing.T) {
	t.Parallel()
	below := application.CreateGroup{Name: "Tools", Path: "tools", Parent: 3}
	for _, level := range []domain.AccessLevel{domain.Guest, domain.Reporter, domain.Developer, domain.Maintainer} {
		h := newHarness(t)
		h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(aGroup(), nil)
		h.access.EXPECT().OnGroup(gomock.Any(), sam.User, domain.GroupID(3), noon).Return(level, nil)
		below.Actor = sam
		_, err := application.NewGroups(h.Ports).Create(t.Context(), below)
		require.ErrorIs(t, err, errForbidden, "level %d", level)
	}
	h := newHarness(t)
	h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(aGroup(), nil)
	h.generator.EXPECT().RegistrationSeed().Return("new seed")
	added := h.addsGroup(admin.User)
	below.Actor = admin
	_, err := application.NewGroups(h.Ports).Create(t.Context(), below)
	require.NoError(t, err)
	assert.Equal(t, domain.GroupID(3), added.Parent)
	assert.Equal(t, "acme/tools", added.FullPath)
	assert.Equal(t, domain.Private, added.Visibility)
}

func TestCreateGroupRefusals(t *testing.T) {
	t.Parallel()
	seeds := func(h *harness) { h.generator.EXPECT().RegistrationSeed().Return("new seed") }
	for name, test := range map[string]struct {
		path   string
		parent domain.GroupID
		before func(h *harness)
		want   error
	}{
		"a parent that is not there is not found, whatever the path": {"", 3, func(h *harness) {
			h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(nil, errNoGroup)
		}, errNoGroup},
		"a wrong path makes no group": {"", 0, seeds, domain.Invalid("path", "can't be blank")},
		"a path that is taken is a wrong one": {"acme", 0, func(h *harness) {
			seeds(h)
			h.groups.EXPECT().Add(gomock.Any(), gomock.Any(), gomock.Any()).Return(domain.GroupID(0), errSomeConflict)
		}, errPathTaken},
		"the group cannot be stored": {"acme", 0, func(h *harness) {
			seeds(h)
			h.groups.EXPECT().Add(gomock.Any(), gomock.Any(), gomock.Any()).Return(domain.GroupID(0), errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			view, err := application.NewGroups(h.Ports).Create(t.Context(), application.CreateGroup{
				Actor: admin, Name: "Acme", Path: test.path, Parent: test.parent,
			})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, view)
		})
	}
}
