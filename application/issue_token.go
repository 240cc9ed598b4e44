package application

import (
	"time"

	"runyard/domain"
)

// IssuedToken is the only sight of a runner's new token.
type IssuedToken struct {
	Token     domain.Secret
	ExpiresAt time.Time // zero: never
}

// issueToken makes a token for a runner. Agents tell by its prefix whether the
// runner is theirs, so that it stays of the same kind when it is reset. lifetime
// is what groups and projects say.
func (p Ports) issueToken(madeByUser bool, lifetime time.Duration, now time.Time) IssuedToken {
	issued := IssuedToken{ExpiresAt: p.Policy.TokenExpiry(now, lifetime)}
	if madeByUser {
		issued.Token = p.Generator.UserRunnerToken()
	} else {
		issued.Token = p.Generator.RunnerToken()
	}
	return issued
}
