package application_test

import (
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

// reading is what a request demands that only reads.
var reading = []domain.Scope{domain.ScopeAPI, domain.ScopeReadAPI}

// shows expects that Sam's token is looked up, by its digest.
func (h *harness) shows(token *domain.PersonalAccessToken, user *domain.User) {
	h.tokens.EXPECT().Authenticate(gomock.Any(), digestOf("glpat-sam")).Return(token, user, nil)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token  *domain.PersonalAccessToken
		user   *domain.User
		scopes []domain.Scope
		want   domain.Actor
	}{
		"the token makes its user the actor": {
			aToken(), aUser(), reading,
			domain.Actor{User: 5, Token: 15, Scopes: domain.Scopes{domain.ScopeAPI}},
		},
		"an administrator's token makes an administrator": {
			aToken(), aUser(administrator), reading,
			domain.Actor{User: 5, Admin: true, Token: 15, Scopes: domain.Scopes{domain.ScopeAPI}},
		},
		"any of the scopes will do": {
			aToken(withScopes(domain.ScopeReadAPI)), aUser(), reading,
			domain.Actor{User: 5, Token: 15, Scopes: domain.Scopes{domain.ScopeReadAPI}},
		},
		"any token will do where no scope is demanded": {
			aToken(withScopes(domain.ScopeReadRepository)), aUser(), nil,
			domain.Actor{User: 5, Token: 15, Scopes: domain.Scopes{domain.ScopeReadRepository}},
		},
		"a token is good until the day on which it expires": {
			aToken(func(s *domain.PersonalAccessTokenState) { s.ExpiresAt = noon.Add(time.Microsecond) }), aUser(), reading,
			domain.Actor{User: 5, Token: 15, Scopes: domain.Scopes{domain.ScopeAPI}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.shows(test.token, test.user)
			actor, err := application.NewAuthentication(h.Ports).SignIn(t.Context(), application.SignIn{
				Token: "glpat-sam", Scopes: test.scopes,
			})
			require.NoError(t, err)
			assert.Equal(t, test.want, actor)
		})
	}
}

func insufficientScope(wanted ...string) error {
	return &domain.Error{
		Kind: domain.KindInsufficientScope, Scopes: wanted,
		Reason: "The request requires higher privileges than provided by the access token.",
	}
}

func TestSignInRefusals(t *testing.T) {
	t.Parallel()
	unauthenticated := &domain.Error{Kind: domain.KindUnauthenticated}
	isExpired := &domain.Error{
		Kind: domain.KindTokenRejected, Reason: "Token is expired. You can either do re-authorization or token refresh.",
	}
	isRevoked := &domain.Error{
		Kind: domain.KindTokenRejected, Reason: "Token was revoked. You have to re-authorize from the user.",
	}
	isBlocked := domain.Forbidden("Your account has been blocked.")
	readRepository := withScopes(domain.ScopeReadRepository)
	for name, test := range map[string]struct {
		token  domain.Secret
		before func(h *harness)
		want   error
	}{
		"no token is looked up nowhere": {"", func(*harness) {}, unauthenticated},
		"an unknown token": {"glpat-sam", func(h *harness) {
			h.tokens.EXPECT().Authenticate(gomock.Any(), digestOf("glpat-sam")).Return(nil, nil, domain.NotFound("Personal Access Token"))
		}, unauthenticated},
		"tokens cannot be read, which is not the caller's fault": {"glpat-sam", func(h *harness) {
			h.tokens.EXPECT().Authenticate(gomock.Any(), gomock.Any()).Return(nil, nil, errDown)
		}, errDown},
		"an expired token": {"glpat-sam", func(h *harness) { h.shows(aToken(expired), aUser()) }, isExpired},
		"a revoked token":  {"glpat-sam", func(h *harness) { h.shows(aToken(revoked), aUser()) }, isRevoked},
		"a token without any of the scopes": {"glpat-sam", func(h *harness) {
			h.shows(aToken(readRepository), aUser())
		}, insufficientScope("api", "read_api")},
		"a blocked user": {"glpat-sam", func(h *harness) { h.shows(aToken(), aUser(blocked)) }, isBlocked},
		"an expired token comes before its scopes": {"glpat-sam", func(h *harness) {
			h.shows(aToken(expired, readRepository), aUser())
		}, isExpired},
		"missing scopes come before the account": {"glpat-sam", func(h *harness) {
			h.shows(aToken(readRepository), aUser(blocked))
		}, insufficientScope("api", "read_api")},
		"a blocked user cannot try to act as another": {"glpat-sam", func(h *harness) {
			h.shows(aToken(), aUser(administrator, blocked))
		}, isBlocked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			actor, err := application.NewAuthentication(h.Ports).SignIn(t.Context(), application.SignIn{
				Token: test.token, Scopes: reading, Sudo: "jo",
			})
			assert.Equal(t, test.want, err)
			assert.Zero(t, actor)
		})
	}
}

// jo is user 6, as whom somebody acts.
func jo(s *domain.UserState) { s.ID, s.Username = 6, "jo" }

func TestSudo(t *testing.T) {
	t.Parallel()
	scopes := domain.Scopes{domain.ScopeAPI, domain.ScopeSudo}
	for name, test := range map[string]struct {
		as   string
		find func(h *harness) *gomock.Call
		user *domain.User
		want domain.Actor
	}{
		"by id": {
			"6", func(h *harness) *gomock.Call { return h.users.EXPECT().Find(gomock.Any(), domain.UserID(6)) },
			aUser(jo),
			domain.Actor{User: 6, Scopes: scopes, Token: 15},
		},
		"by name": {
			"jo", func(h *harness) *gomock.Call { return h.users.EXPECT().FindByUsername(gomock.Any(), "jo") },
			aUser(jo),
			domain.Actor{User: 6, Scopes: scopes, Token: 15},
		},
		"as another administrator": {
			"jo", func(h *harness) *gomock.Call { return h.users.EXPECT().FindByUsername(gomock.Any(), "jo") },
			aUser(jo, administrator),
			domain.Actor{User: 6, Admin: true, Scopes: scopes, Token: 15},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.shows(aToken(withScopes(scopes...)), aUser(administrator))
			test.find(h).Return(test.user, nil)
			actor, err := application.NewAuthentication(h.Ports).SignIn(t.Context(), application.SignIn{
				Token: "glpat-sam", Scopes: reading, Sudo: test.as,
			})
			require.NoError(t, err)
			assert.Equal(t, test.want, actor)
		})
	}
}

func TestSudoRefusals(t *testing.T) {
	t.Parallel()
	forSudo := aToken(withScopes(domain.ScopeAPI, domain.ScopeSudo))
	for name, test := range map[string]struct {
		before func(h *harness)
		want   error
	}{
		"who is no administrator is told so, with or without the scope": {
			func(h *harness) { h.shows(aToken(), aUser()) }, domain.Forbidden("Must be admin to use sudo"),
		},
		"an administrator needs a token for it": {
			func(h *harness) { h.shows(aToken(), aUser(administrator)) }, insufficientScope("sudo"),
		},
		"nobody has that name": {func(h *harness) {
			h.shows(forSudo, aUser(administrator))
			h.users.EXPECT().FindByUsername(gomock.Any(), "jo").Return(nil, errNoUser)
		}, domain.NotFound("User with ID or username 'jo'")},
		"users cannot be read": {func(h *harness) {
			h.shows(forSudo, aUser(administrator))
			h.users.EXPECT().FindByUsername(gomock.Any(), "jo").Return(nil, errDown)
		}, errDown},
		"nobody acts as a blocked user": {func(h *harness) {
			h.shows(forSudo, aUser(administrator))
			h.users.EXPECT().FindByUsername(gomock.Any(), "jo").Return(aUser(jo, blocked), nil)
		}, domain.Forbidden("Your account has been blocked.")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			actor, err := application.NewAuthentication(h.Ports).SignIn(t.Context(), application.SignIn{
				Token: "glpat-sam", Scopes: reading, Sudo: "jo",
			})
			assert.Equal(t, test.want, err)
			assert.Zero(t, actor)
		})
	}
}
