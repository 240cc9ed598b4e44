package application

import (
	"context"
	"strconv"

	"runyard/domain"
)

// Authentication turns tokens into actors.
type Authentication struct{ p Ports }

// NewAuthentication makes the use case of signing in.
func NewAuthentication(p Ports) *Authentication { return &Authentication{p} }

// SignIn is a request by somebody who shows a token.
type SignIn struct {
	Token  domain.Secret  // empty: none was shown
	Scopes []domain.Scope // the token must have one of these; nil: any token will do
	Also   []domain.Scope // would do as well, though no refusal says so
	Sudo   string         // id or username of whom to act as; empty: oneself
}

var errUnauthenticated = &domain.Error{Kind: domain.KindUnauthenticated}

// SignIn checks the token, its scopes, the state of the account, and sudo, in
// this order (Runners API reference 1.7).
func (s *Authentication) SignIn(ctx context.Context, in SignIn) (domain.Actor, error) {
	if in.Token == "" {
		return domain.Actor{}, errUnauthenticated
	}
	token, user, err := s.p.Tokens.Authenticate(ctx, s.p.Vault.Digest(in.Token))
	if domain.IsNotFound(err) {
		return domain.Actor{}, errUnauthenticated
	}
	if err != nil {
		return domain.Actor{}, err
	}
	if err := token.MustBeActive(s.p.Clock.Now()); err != nil {
		return domain.Actor{}, err
	}
	scopes := token.State().Scopes
	if in.Scopes != nil && !scopes.HasAny(in.Also...) {
		if err := scopes.MustAllowAny(in.Scopes...); err != nil {
			return domain.Actor{}, err
		}
	}
	if err := user.MustBeActive(); err != nil {
		return domain.Actor{}, err
	}
	actor := domain.Actor{User: user.ID(), Admin: user.State().Admin, Scopes: scopes, Token: token.State().ID}
	if in.Sudo == "" {
		return actor, nil
	}
	return s.sudo(ctx, actor, in.Sudo)
}

// sudo makes an administrator act as somebody else.
func (s *Authentication) sudo(ctx context.Context, actor domain.Actor, as string) (domain.Actor, error) {
	if !actor.Admin {
		return domain.Actor{}, domain.Forbidden("Must be admin to use sudo")
	}
	if err := actor.Scopes.MustAllowAny(domain.ScopeSudo); err != nil {
		return domain.Actor{}, err
	}
	user, err := s.userCalled(ctx, as)
	if domain.IsNotFound(err) {
		return domain.Actor{}, domain.NotFound("User with ID or username '" + as + "'")
	}
	if err != nil {
		return domain.Actor{}, err
	}
	if err := user.MustBeActive(); err != nil {
		return domain.Actor{}, err
	}
	actor.User, actor.Admin = user.ID(), user.State().Admin
	return actor, nil
}

func (s *Authentication) userCalled(ctx context.Context, as string) (*domain.User, error) {
	if id, err := strconv.ParseInt(as, 10, 64); err == nil {
		return s.p.Users.Find(ctx, domain.UserID(id))
	}
	return s.p.Users.FindByUsername(ctx, as)
}
