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

// aMember is user 6 with that level.
func aMember(level domain.AccessLevel) ports.Member {
	return ports.Member{User: aUser(jo), Membership: aMembership(level)}
}

func TestMembersAreThoseOfTheGroupOrProject(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		source ports.MemberSource
		open   func(h *harness) (*application.MemberReader, error)
	}{
		"of a group": {ports.MemberSource{Group: 3}, func(h *harness) (*application.MemberReader, error) {
			h.onGroup(aGroup(), domain.Guest)
			return application.NewMembers(h.Ports).OfGroup(t.Context(), sam, aGroupRef)
		}},
		"of a project": {ports.MemberSource{Project: 4}, func(h *harness) (*application.MemberReader, error) {
			h.onProject(aProject(), domain.Guest)
			return application.NewMembers(h.Ports).OfProject(t.Context(), sam, aProjectRef)
		}},
	} {
		h := newHarness(t)
		members, err := test.open(h)
		require.NoError(t, err, name)
		found := []ports.Member{aMember(domain.Guest)}
		for _, inherited := range []bool{true, false} {
			h.members.EXPECT().List(gomock.Any(), test.source, inherited, aPage).Return(found, 21, nil)
			list, err := members.List(t.Context(), inherited, aPage)
			require.NoError(t, err, name)
			assert.Equal(t, application.MemberList{Members: found, Total: 21}, list, name)
		}
		h.members.EXPECT().Find(gomock.Any(), test.source, domain.UserID(6)).Return(aMember(domain.Guest), nil)
		member, err := members.Show(t.Context(), 6)
		require.NoError(t, err, name)
		assert.Equal(t, aMember(domain.Guest), member, name)
	}
}

func TestMembersPassOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.onGroup(aGroup(), domain.Guest)
	members, err := application.NewMembers(h.Ports).OfGroup(t.Context(), sam, aGroupRef)
	require.NoError(t, err)
	h.members.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, 0, errDown)
	h.members.EXPECT().Find(gomock.Any(), gomock.Any(), gomock.Any()).Return(ports.Member{}, errNoMember)
	_, err = members.List(t.Context(), false, aPage)
	require.ErrorIs(t, err, errDown)
	_, err = members.Show(t.Context(), 6)
	require.ErrorIs(t, err, errNoMember)
}
