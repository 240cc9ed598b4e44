//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=tokens.go -destination=mocks/tokens.go -package=mocks

package ports

import (
	"context"

	"runyard/domain"
)

// TokenRepository keeps personal access tokens, as digests.
type TokenRepository interface {
	// Add stores a new token and returns the id it was given. A digest that is
	// in use is a conflict; an unknown user is not found.
	Add(ctx context.Context, t *domain.PersonalAccessToken) (domain.PersonalAccessTokenID, error)
	// Find returns the token; the resource is a "Personal Access Token".
	Find(ctx context.Context, id domain.PersonalAccessTokenID) (*domain.PersonalAccessToken, error)
	// Authenticate returns the token with that digest, good or not, and its
	// user. It is asked on every request.
	Authenticate(ctx context.Context, token domain.Digest) (*domain.PersonalAccessToken, *domain.User, error)
	// Update runs change while nobody else can change the token, then stores
	// the result (also another digest); like RunnerRepository.Update. A digest
	// that is in use is a conflict.
	Update(ctx context.Context, id domain.PersonalAccessTokenID, change func(t *domain.PersonalAccessToken) error) error
}
