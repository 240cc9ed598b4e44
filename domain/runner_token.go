package domain

import "time"

// RunnerPolicy is what the operator decides about the tokens of runners. The
// zero value lets everybody who has a registration token register, and lets no
// token expire.
type RunnerPolicy struct {
	// TokenLifetime is how long the token of any runner is good; zero: for ever.
	TokenLifetime time.Duration
	// RegistrationClosed switches registration tokens off: runners are made by
	// users only.
	RegistrationClosed bool
}

// MustAllowRegistration refuses to make a runner for a registration token if
// those are switched off (Runners API reference 5.5).
func (p RunnerPolicy) MustAllowRegistration() error {
	if p.RegistrationClosed {
		return &Error{Kind: KindGone, Reason: "runner registration disallowed"}
	}
	return nil
}

// MustAllowRegistrationTokens refuses to make registration tokens if they are
// switched off (reference 5.7).
func (p RunnerPolicy) MustAllowRegistrationTokens() error {
	if p.RegistrationClosed {
		return Forbidden("")
	}
	return nil
}

// TokenExpiry is when a token that is made now expires; zero: never. Of the
// operator's lifetime and the one that groups and projects set (zero: none
// does) the shorter one counts.
func (p RunnerPolicy) TokenExpiry(now time.Time, local time.Duration) time.Time {
	lifetime := p.TokenLifetime
	if lifetime == 0 || local != 0 && local < lifetime {
		lifetime = local
	}
	if lifetime == 0 {
		return time.Time{}
	}
	return now.Add(lifetime)
}

// MustAccept refuses an agent that shows a token which is not the runner's, not
// any more, or expired. An agent learns no more than that.
func (r *Runner) MustAccept(token Digest, now time.Time) error {
	expired := !r.s.TokenExpiresAt.IsZero() && !now.Before(r.s.TokenExpiresAt)
	if !r.s.Token.Equals(token) || expired {
		return Forbidden("")
	}
	return nil
}

// ResetToken gives the runner another token, good until it expires (zero: for
// ever). The old one is dead.
func (r *Runner) ResetToken(token Digest, expiresAt, now time.Time) {
	r.s.Token = token
	r.s.TokenExpiresAt = expiresAt
	r.s.UpdatedAt = now
}

// maxTokenExpirationInterval bounds how long a group or project may let runner
// tokens live: a hundred years, in seconds. There is no lower bound but one
// second, so that expiry can be tried out.
const maxTokenExpirationInterval = 100 * 365 * 24 * 60 * 60

// checkTokenExpirationInterval checks what a group or project sets.
func checkTokenExpirationInterval(seconds *int64, broken *violations) {
	if seconds != nil && (*seconds < 1 || *seconds > maxTokenExpirationInterval) {
		broken.add("runner_token_expiration_interval", "needs to be between 1 second and 100 years")
	}
}
