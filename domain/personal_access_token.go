package domain

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// PersonalAccessTokenID identifies a personal access token.
type PersonalAccessTokenID int64

// PersonalAccessToken lets whoever holds it act as its user.
type PersonalAccessToken struct{ s PersonalAccessTokenState }

// PersonalAccessTokenState is a token as stored and shown: every fact, no rule.
type PersonalAccessTokenState struct {
	ID        PersonalAccessTokenID
	User      UserID
	Name      string
	Scopes    Scopes
	Digest    Digest
	Revoked   bool
	ExpiresAt time.Time // the beginning of that day, UTC; zero: never
	CreatedAt time.Time
}

// NewPersonalAccessToken checks the name; the scopes are as ParseScopes gave
// them. A date in the past is accepted and means expired (service reference,
// section 4).
func NewPersonalAccessToken(spec PersonalAccessTokenState, now time.Time) (*PersonalAccessToken, error) {
	if strings.TrimSpace(spec.Name) == "" {
		return nil, Invalid("name", "can't be blank")
	}
	spec.Revoked = false
	spec.CreatedAt = now
	return &PersonalAccessToken{s: spec.clone()}, nil
}

// RestorePersonalAccessToken rebuilds a stored token and checks nothing.
func RestorePersonalAccessToken(s PersonalAccessTokenState) *PersonalAccessToken {
	return &PersonalAccessToken{s: s.clone()}
}

// State is a copy of all that the token knows, scopes included.
func (t *PersonalAccessToken) State() PersonalAccessTokenState { return t.s.clone() }

// Format names the token, and keeps its digest out of fmt.
func (t *PersonalAccessToken) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "personal access token %d", t.s.ID)
}

func (s PersonalAccessTokenState) clone() PersonalAccessTokenState {
	s.Scopes = slices.Clone(s.Scopes)
	return s
}

// Active tells whether the token is good at that moment.
func (t *PersonalAccessToken) Active(now time.Time) bool { return t.MustBeActive(now) == nil }

// MustBeActive refuses a revoked or expired token (Runners API reference 1.7).
func (t *PersonalAccessToken) MustBeActive(now time.Time) error {
	if !t.s.ExpiresAt.IsZero() && !now.Before(t.s.ExpiresAt) {
		return &Error{Kind: KindTokenRejected, Reason: "Token is expired. You can either do re-authorization or token refresh."}
	}
	if t.s.Revoked {
		return &Error{Kind: KindTokenRejected, Reason: "Token was revoked. You have to re-authorize from the user."}
	}
	return nil
}

// MustBeRevocableBy lets administrators and the token's own user revoke it.
// Nobody else learns that the token exists.
func (t *PersonalAccessToken) MustBeRevocableBy(actor Actor) error {
	if actor.Admin || actor.Is(t.s.User) {
		return nil
	}
	return NotFound("Personal Access Token")
}

// Revoke makes the token unusable, until it is replaced.
func (t *PersonalAccessToken) Revoke() { t.s.Revoked = true }

// Replace makes it a good token with another secret; the old one is dead.
func (t *PersonalAccessToken) Replace(digest Digest) {
	t.s.Digest = digest
	t.s.Revoked = false
	t.s.ExpiresAt = time.Time{}
}
