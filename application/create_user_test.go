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

func TestCreateUserStoresAndShowsIt(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	var added domain.UserState
	add := h.users.EXPECT().Add(gomock.Any(), gomock.Any()).DoAndReturn(
		func(_ any, u *domain.User) (domain.UserID, error) {
			added = u.State()
			return 5, nil
		})
	h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(aUser(), nil).After(add)
	user, err := application.NewUsers(h.Ports).Create(t.Context(), application.CreateUser{
		Actor: admin, Username: "sam", Name: "Sam", Email: "sam@example.com", Admin: true,
	})
	require.NoError(t, err)
	assert.Equal(t, aUser(), user)
	assert.Equal(t, domain.UserState{
		Username: "sam", Name: "Sam", Email: "sam@example.com", Admin: true, Status: domain.UserActive, CreatedAt: noon,
	}, added)
}

func TestCreateUserRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		actor  domain.Actor
		email  string
		before func(h *harness)
		want   error
	}{
		"nobody but administrators may, whatever the values": {sam, "", func(*harness) {}, errForbidden},
		"wrong values make no user":                          {admin, "", func(*harness) {}, domain.Invalid("email", "is invalid")},
		"a name that is taken is a conflict": {admin, "sam@example.com", func(h *harness) {
			h.users.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.UserID(0), ports.ErrUsernameTaken)
		}, ports.ErrUsernameTaken},
		"the user cannot be stored": {admin, "sam@example.com", func(h *harness) {
			h.users.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.UserID(0), errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			user, err := application.NewUsers(h.Ports).Create(t.Context(), application.CreateUser{
				Actor: test.actor, Username: "sam", Name: "Sam", Email: test.email,
			})
			require.ErrorIs(t, err, test.want)
			assert.Nil(t, user)
		})
	}
}
