//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=users.go -destination=mocks/users.go -package=mocks

package ports

import (
	"context"

	"runyard/domain"
)

// UserQuery selects users.
type UserQuery struct {
	Username string // exactly, without regard to case; empty: all
	Search   string // part of name, username, or the whole e-mail; empty: all
}

// UserRepository keeps users, each with a personal namespace of its username.
type UserRepository interface {
	// Add stores a new user with a personal namespace and returns the id it
	// was given; a zero id is chosen by the repository. A username or path
	// that is in use is ErrUsernameTaken, an e-mail ErrEmailTaken, both
	// without regard to case.
	Add(ctx context.Context, u *domain.User) (domain.UserID, error)
	// Find returns the user.
	Find(ctx context.Context, id domain.UserID) (*domain.User, error)
	// FindByUsername returns the user with that name, without regard to case.
	FindByUsername(ctx context.Context, username string) (*domain.User, error)
	// List returns one page of users, and how many there are up to CountLimit.
	List(ctx context.Context, q UserQuery, p Page) ([]*domain.User, int, error)
	// Update runs change while nobody else can change the user, then stores
	// the result; like RunnerRepository.Update.
	Update(ctx context.Context, id domain.UserID, change func(u *domain.User) error) error
	// Delete deletes the user with tokens, memberships and personal projects.
	// Jobs that the user put in other projects stay without a user.
	Delete(ctx context.Context, id domain.UserID) error
}

// The conflicts of UserRepository.Add, in the words of the wire.
var (
	ErrUsernameTaken = domain.Conflict("Username has already been taken")
	ErrEmailTaken    = domain.Conflict("Email has already been taken")
)
