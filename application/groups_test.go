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

func TestShowGroupShowsTheRegistrationTokenToOwnersOnly(t *testing.T) {
	t.Parallel()
	for _, level := range []domain.AccessLevel{domain.Guest, domain.Reporter, domain.Developer, domain.Maintainer, domain.Owner} {
		h := newHarness(t)
		h.onGroup(aGroup(), level)
		view, err := application.NewGroups(h.Ports).Show(t.Context(), sam, aGroupRef)
		require.NoError(t, err)
		want := application.GroupView{GroupAccess: domain.GroupAccess{
			Standing: domain.Standing{Actor: sam, Level: level}, Group: aGroup(),
		}}
		if level == domain.Owner {
			want.RegistrationToken = "token of group seed"
		}
		assert.Equal(t, want, view, "level %d", level)
	}
}

func TestShowGroupShowsTheRegistrationTokenToAdministrators(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.groups.EXPECT().Find(gomock.Any(), aGroupRef).Return(aGroup(), nil)
	view, err := application.NewGroups(h.Ports).Show(t.Context(), admin, aGroupRef)
	require.NoError(t, err)
	assert.Equal(t, domain.Secret("token of group seed"), view.RegistrationToken)
}

func TestListGroupsShowsEachAsItIsToTheActor(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	own := domain.GroupAccess{Standing: domain.Standing{Actor: sam, Level: domain.Owner}, Group: aGroup()}
	other := domain.GroupAccess{Standing: domain.Standing{Actor: sam, Level: domain.Maintainer}, Group: aGroup()}
	query := ports.GroupQuery{Search: "ac"}
	h.groups.EXPECT().List(gomock.Any(), sam, noon, query, aPage).Return([]domain.GroupAccess{own, other}, 22, nil)
	list, err := application.NewGroups(h.Ports).List(t.Context(), sam, query, aPage)
	require.NoError(t, err)
	assert.Equal(t, application.GroupList{Groups: []application.GroupView{
		{GroupAccess: own, RegistrationToken: "token of group seed"}, {GroupAccess: other},
	}, Total: 22}, list)
}

func TestListGroupsIsEmptyAndNotNilWithoutAny(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.groups.EXPECT().List(gomock.Any(), sam, noon, ports.GroupQuery{}, aPage).Return([]domain.GroupAccess{}, 0, nil)
	list, err := application.NewGroups(h.Ports).List(t.Context(), sam, ports.GroupQuery{}, aPage)
	require.NoError(t, err)
	assert.Equal(t, application.GroupList{Groups: []application.GroupView{}}, list)
}

func TestListGroupsPassesOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.groups.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, 0, errDown)
	_, err := application.NewGroups(h.Ports).List(t.Context(), sam, ports.GroupQuery{}, aPage)
	assert.ErrorIs(t, err, errDown)
}

func TestDeleteGroupIsForOwners(t *testing.T) {
	t.Parallel()
	for _, level := range []domain.AccessLevel{domain.Guest, domain.Reporter, domain.Developer, domain.Maintainer} {
		h := newHarness(t)
		h.onGroup(aGroup(), level)
		require.ErrorIs(t, application.NewGroups(h.Ports).Delete(t.Context(), sam, aGroupRef), errForbidden)
	}
	for _, result := range []error{nil, errDown} {
		h := newHarness(t)
		h.onGroup(aGroup(), domain.Owner)
		h.groups.EXPECT().Delete(gomock.Any(), domain.GroupID(3)).Return(result)
		if result == nil { // its runners are gone with it
			h.announces(ports.QueueEvent{Everything: true})
		}
		check(t, result, application.NewGroups(h.Ports).Delete(t.Context(), sam, aGroupRef))
	}
}
