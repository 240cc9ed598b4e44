//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=system.go -destination=mocks/system.go -package=mocks

package ports

import (
	"context"
	"time"

	"runyard/domain"
)

// Clock tells the time.
type Clock interface {
	// Now is the present moment in UTC, with microseconds.
	Now() time.Time
}

// TokenGenerator makes tokens that nobody can guess: at least 100 random bits,
// of characters that need no escaping in a URL, a header or a shell.
type TokenGenerator interface {
	// RunnerToken is a new authentication token of a runner that registered; it
	// does not start with "glrt-".
	RunnerToken() domain.Secret
	// UserRunnerToken is a new authentication token of a runner that a user
	// made; it starts with "glrt-", by which agents know.
	UserRunnerToken() domain.Secret
	// JobToken is a new token of a job at an agent; it starts with "glcbt-".
	JobToken() domain.Secret
	// PersonalAccessToken is a new token of a user; it starts with "glpat-".
	PersonalAccessToken() domain.Secret
	// InstanceRegistrationToken is a new registration token of the instance.
	InstanceRegistrationToken() domain.Secret
	// RegistrationSeed is a new seed of a group's or project's registration
	// token; it is no secret by itself.
	RegistrationSeed() string
	// SecretKey is a new key for a TokenVault.
	SecretKey() domain.Secret
	// Nonce is 32 random hexadecimal digits in lower case. It is no secret.
	Nonce() string
}

// FaultLog takes the errors that nobody waits for.
type FaultLog interface {
	// Note tells the people who run the server that something failed, and what
	// was being done ("publish an event"). ctx tells on whose behalf.
	Note(ctx context.Context, doing string, err error)
}

// TokenVault turns tokens into what may be stored. It holds the secret key.
type TokenVault interface {
	// Digest is the same for the same token, and tells nothing about it to
	// whoever lacks the key.
	Digest(token domain.Secret) domain.Digest
	// RegistrationToken derives the registration token of a seed: the same one
	// every time.
	RegistrationToken(seed string) domain.Secret
}
