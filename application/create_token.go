package application

import (
	"context"
	"time"

	"runyard/domain"
)

// CreateToken asks for a personal access token of a user.
type CreateToken struct {
	Actor     domain.Actor
	User      domain.UserID
	Name      string
	Scopes    []string
	ExpiresAt time.Time // the beginning of that day, UTC; zero: never
}

// TokenView is a personal access token at some moment.
type TokenView struct {
	Token  *domain.PersonalAccessToken
	Active bool
}

// CreatedToken is a new token and the only sight of its secret.
type CreatedToken struct {
	TokenView
	Secret domain.Secret
}

// ShowToken shows the token that the actor is using.
func (s *Users) ShowToken(ctx context.Context, actor domain.Actor) (TokenView, error) {
	token, err := s.p.Tokens.Find(ctx, actor.Token)
	if err != nil {
		return TokenView{}, err
	}
	return TokenView{Token: token, Active: token.Active(s.p.Clock.Now())}, nil
}

// CreateToken makes a personal access token. Only administrators may.
func (s *Users) CreateToken(ctx context.Context, cmd CreateToken) (CreatedToken, error) {
	if err := cmd.Actor.MustBeAdmin(); err != nil {
		return CreatedToken{}, err
	}
	if _, err := s.p.Users.Find(ctx, cmd.User); err != nil {
		return CreatedToken{}, err
	}
	scopes, err := domain.ParseScopes(cmd.Scopes)
	if err != nil {
		return CreatedToken{}, err
	}
	now := s.p.Clock.Now()
	secret := s.p.Generator.PersonalAccessToken()
	token, err := domain.NewPersonalAccessToken(domain.PersonalAccessTokenState{
		User: cmd.User, Name: cmd.Name, Scopes: scopes,
		Digest: s.p.Vault.Digest(secret), ExpiresAt: cmd.ExpiresAt,
	}, now)
	if err != nil {
		return CreatedToken{}, err
	}
	id, err := s.p.Tokens.Add(ctx, token)
	if err != nil {
		return CreatedToken{}, err
	}
	token, err = s.p.Tokens.Find(ctx, id)
	if err != nil {
		return CreatedToken{}, err
	}
	return CreatedToken{TokenView{Token: token, Active: token.Active(now)}, secret}, nil
}
