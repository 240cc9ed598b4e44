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

func TestUsersAreListedAsAskedFor(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	query := ports.UserQuery{Username: "sam", Search: "s"}
	h.users.EXPECT().List(gomock.Any(), query, aPage).Return([]*domain.User{aUser()}, 21, nil)
	list, err := application.NewUsers(h.Ports).List(t.Context(), query, aPage)
	require.NoError(t, err)
	assert.Equal(t, application.UserList{Users: []*domain.User{aUser()}, Total: 21}, list)
}

func TestShowUser(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(aUser(), nil)
	user, err := application.NewUsers(h.Ports).Show(t.Context(), 5)
	require.NoError(t, err)
	assert.Equal(t, aUser(), user)
}

func TestUsersPassOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.users.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, 0, errDown)
	h.users.EXPECT().Find(gomock.Any(), gomock.Any()).Return(nil, errNoUser)
	_, err := application.NewUsers(h.Ports).List(t.Context(), ports.UserQuery{}, aPage)
	require.ErrorIs(t, err, errDown)
	_, err = application.NewUsers(h.Ports).Show(t.Context(), 5)
	require.ErrorIs(t, err, errNoUser)
}
