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

// CreatedToken is a new token and the only sight of its secret.
type CreatedToken struct {
	Token  *domain.PersonalAccessToken
	Secret domain.Secret
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
	secret := s.p.Generator.PersonalAccessToken()
	token, err := domain.NewPersonalAccessToken(domain.PersonalAccessTokenState{
		User: cmd.User, Name: cmd.Name, Scopes: scopes,
		Digest: s.p.Vault.Digest(secret), ExpiresAt: cmd.ExpiresAt,
	}, s.p.Clock.Now())
	if err != nil {
		return CreatedToken{}, err
	}
	id, err := s.p.Tokens.Add(ctx, token)
	if err != nil {
		return CreatedToken{}, err
	}
	state := token.State()
	state.ID = id
	return CreatedToken{Token: domain.RestorePersonalAccessToken(state), Secret: secret}, nil
}
