package accesscache

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// bearer is a token with its user. Requests share both, so nobody may change
// them; changes are made to what an Update loads.
type bearer struct {
	token *domain.PersonalAccessToken
	user  *domain.User
}

type tokens struct {
	ports.TokenRepository
	cache *Cache
}

// Tokens remembers whose tokens are. A token that does not exist is looked for
// each time.
func (c *Cache) Tokens(stored ports.TokenRepository) ports.TokenRepository { return tokens{stored, c} }

// Authenticate implements ports.TokenRepository.
func (r tokens) Authenticate(ctx context.Context, token domain.Digest) (*domain.PersonalAccessToken, *domain.User, error) {
	found, err := r.cache.tokens.get(ctx, token, func(ctx context.Context) (b bearer, err error) {
		b.token, b.user, err = r.TokenRepository.Authenticate(ctx, token)
		return b, err
	})
	if err != nil {
		return nil, nil, err
	}
	return found.token, found.user, nil
}

// Update implements ports.TokenRepository. Also after an error nobody knows
// what is stored, here as below.
func (r tokens) Update(ctx context.Context, id domain.PersonalAccessTokenID, change func(t *domain.PersonalAccessToken) error) error {
	defer r.cache.tokens.forget()
	return r.TokenRepository.Update(ctx, id, change)
}

type users struct {
	ports.UserRepository
	cache *Cache
}

// Users tells the cache of changed users.
func (c *Cache) Users(stored ports.UserRepository) ports.UserRepository { return users{stored, c} }

// Update implements ports.UserRepository.
func (r users) Update(ctx context.Context, id domain.UserID, change func(u *domain.User) error) error {
	defer r.cache.tokens.forget()
	return r.UserRepository.Update(ctx, id, change)
}

// Delete implements ports.UserRepository.
func (r users) Delete(ctx context.Context, id domain.UserID) error {
	defer r.cache.forgetAccess()
	defer r.cache.tokens.forget()
	return r.UserRepository.Delete(ctx, id)
}
