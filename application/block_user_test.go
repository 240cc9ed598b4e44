package application_test

import (
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

func TestBlockAndUnblock(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	users, user := application.NewUsers(h.Ports), aUser()
	h.users.EXPECT().Update(gomock.Any(), domain.UserID(5), gomock.Any()).Times(2).DoAndReturn(changingUser(user))
	require.NoError(t, users.Block(t.Context(), admin, 5))
	assert.Equal(t, domain.UserBlocked, user.State().Status)
	require.NoError(t, users.Unblock(t.Context(), admin, 5))
	assert.Equal(t, domain.UserActive, user.State().Status)
}

func TestNobodyBlocksThemselves(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	user := aUser(administrator)
	h.users.EXPECT().Update(gomock.Any(), domain.UserID(5), gomock.Any()).DoAndReturn(changingUser(user))
	err := application.NewUsers(h.Ports).Block(t.Context(), domain.Actor{User: 5, Admin: true}, 5)
	require.ErrorIs(t, err, domain.Forbidden("The API initiating user can not be blocked by the API"))
	assert.Equal(t, domain.UserActive, user.State().Status)
}

func TestBlockingIsForAdministrators(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	users := application.NewUsers(h.Ports)
	require.ErrorIs(t, users.Block(t.Context(), sam, 6), errForbidden)
	require.ErrorIs(t, users.Unblock(t.Context(), sam, 5), errForbidden)
}

func TestBlockingPassesOnWhatFails(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{errNoUser, errDown} {
		h := newHarness(t)
		h.users.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).Times(2).Return(failure)
		users := application.NewUsers(h.Ports)
		require.ErrorIs(t, users.Block(t.Context(), admin, 5), failure)
		require.ErrorIs(t, users.Unblock(t.Context(), admin, 5), failure)
	}
}
