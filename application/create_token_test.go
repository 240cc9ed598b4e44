package application_test

import (
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

func TestCreateTokenStoresADigestAndShowsTheSecretOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(aUser(), nil)
	h.generator.EXPECT().PersonalAccessToken().Return(domain.Secret("glpat-new"))
	var added domain.PersonalAccessTokenState
	add := h.tokens.EXPECT().Add(gomock.Any(), gomock.Any()).DoAndReturn(
		func(_ any, t *domain.PersonalAccessToken) (domain.PersonalAccessTokenID, error) {
			added = t.State()
			return 15, nil
		})
	h.tokens.EXPECT().Find(gomock.Any(), domain.PersonalAccessTokenID(15)).Return(aToken(expired), nil).After(add)
	created, err := application.NewUsers(h.Ports).CreateToken(t.Context(), application.CreateToken{
		Actor: admin, User: 5, Name: "laptop", Scopes: []string{"api", "sudo"}, ExpiresAt: yesterday,
	})
	require.NoError(t, err)
	assert.Equal(t, application.CreatedToken{
		TokenView: application.TokenView{Token: aToken(expired)}, Secret: "glpat-new",
	}, created)
	assert.Equal(t, domain.PersonalAccessTokenState{
		User: 5, Name: "laptop", Scopes: domain.Scopes{domain.ScopeAPI, domain.ScopeSudo},
		Digest: digestOf("glpat-new"), ExpiresAt: yesterday, CreatedAt: noon,
	}, added, "a date in the past is accepted")
}

func TestCreateTokenRefusals(t *testing.T) {
	t.Parallel()
	findsSam := func(h *harness) { h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(aUser(), nil) }
	generates := func(h *harness) {
		findsSam(h)
		h.generator.EXPECT().PersonalAccessToken().Return(domain.Secret("glpat-new"))
	}
	for name, test := range map[string]struct {
		actor  domain.Actor
		title  string
		scope  string
		before func(h *harness)
		want   error
	}{
		"nobody but administrators may, not even for oneself": {sam, "laptop", "api", func(*harness) {}, errForbidden},
		"a user that is not there is not found, whatever the scopes": {admin, "laptop", "all", func(h *harness) {
			h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(nil, errNoUser)
		}, errNoUser},
		"users cannot be read": {admin, "laptop", "api", func(h *harness) {
			h.users.EXPECT().Find(gomock.Any(), domain.UserID(5)).Return(nil, errDown)
		}, errDown},
		"an unknown scope makes no token": {
			admin, "laptop", "all", findsSam, domain.Invalid("scopes", "can only contain available scopes"),
		},
		"a blank name makes no token": {admin, " ", "api", generates, domain.Invalid("name", "can't be blank")},
		"the token cannot be stored": {admin, "laptop", "api", func(h *harness) {
			generates(h)
			h.tokens.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.PersonalAccessTokenID(0), errDown)
		}, errDown},
		"the token cannot be read": {admin, "laptop", "api", func(h *harness) {
			generates(h)
			h.tokens.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.PersonalAccessTokenID(15), nil)
			h.tokens.EXPECT().Find(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			created, err := application.NewUsers(h.Ports).CreateToken(t.Context(), application.CreateToken{
				Actor: test.actor, User: 5, Name: test.title, Scopes: []string{test.scope},
			})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, created)
		})
	}
}

func TestShowTokenShowsTheOneInUse(t *testing.T) {
	t.Parallel()
	for _, test := range []application.TokenView{
		{Token: aToken(), Active: true}, {Token: aToken(expired), Active: false}, {Token: aToken(revoked), Active: false},
	} {
		h := newHarness(t)
		h.tokens.EXPECT().Find(gomock.Any(), sam.Token).Return(test.Token, nil)
		shown, err := application.NewUsers(h.Ports).ShowToken(t.Context(), sam)
		require.NoError(t, err)
		assert.Equal(t, test, shown)
	}
}

func TestShowTokenPassesOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.tokens.EXPECT().Find(gomock.Any(), sam.Token).Return(nil, errDown)
	shown, err := application.NewUsers(h.Ports).ShowToken(t.Context(), sam)
	require.ErrorIs(t, err, errDown)
	assert.Zero(t, shown)
}
