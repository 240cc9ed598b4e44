package application_test

import (
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"

	"runyard/application"
	"runyard/domain"
)

func TestDeleteUser(t *testing.T) {
	t.Parallel()
	root := func(s *domain.UserState) { s.ID = domain.RootUser }
	for name, test := range map[string]struct {
		actor  domain.Actor
		before func(h *harness)
		want   error
	}{
		"an administrator deletes a user": {admin, func(h *harness) {
			find := h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(aUser(), nil)
			h.users.EXPECT().Delete(gomock.Any(), domain.UserID(5)).Return(nil).After(find)
		}, nil},
		"nobody else may, not even oneself": {sam, func(*harness) {}, errForbidden},
		"a user that is not there is not found": {admin, func(h *harness) {
			h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(nil, errNoUser)
		}, errNoUser},
		"an administrator stays": {domain.Actor{User: 5, Admin: true}, func(h *harness) {
			h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(aUser(administrator), nil)
		}, errForbidden},
		"root stays": {domain.Actor{User: 2, Admin: true}, func(h *harness) {
			h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(aUser(root), nil)
		}, errForbidden},
		"the user cannot be deleted": {admin, func(h *harness) {
			h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(aUser(), nil)
			h.users.EXPECT().Delete(gomock.Any(), domain.UserID(5)).Return(errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			check(t, test.want, application.NewUsers(h.Ports).Delete(t.Context(), test.actor, 5))
		})
	}
	t.Run("users cannot be read", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		h.users.EXPECT().Find(gomock.Any(), gomock.Any()).Return(nil, errDown)
		assert.ErrorIs(t, application.NewUsers(h.Ports).Delete(t.Context(), admin, 5), errDown)
	})
}
