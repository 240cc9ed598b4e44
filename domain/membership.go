package domain

import "time"

// Membership gives a user a level on one group or project. What it gives on
// groups and projects below is computed, not stored.
type Membership struct{ s MembershipState }

// MembershipState is a membership as stored and shown: every fact, no rule.
type MembershipState struct {
	User      UserID
	Level     AccessLevel
	ExpiresAt time.Time // the beginning of that day, UTC; zero: never
	CreatedAt time.Time
}

// NewMembership checks the level. A date in the past is accepted: such a
// membership counts as none (service reference, section 4).
func NewMembership(spec MembershipState, now time.Time) (*Membership, error) {
	if !spec.Level.Known() {
		return nil, Invalid("access_level", "is not included in the list")
	}
	spec.CreatedAt = now
	return &Membership{s: spec}, nil
}

// RestoreMembership rebuilds a stored membership and checks nothing.
func RestoreMembership(s MembershipState) *Membership { return &Membership{s: s} }

// State is a copy of all that the membership knows.
func (m *Membership) State() MembershipState { return m.s }

// MembershipChange is what PUT changes of a membership: the level always, the
// date unless it is absent.
type MembershipChange struct {
	Level     AccessLevel
	ExpiresAt Field[time.Time]
}

// Update applies the change, or nothing of it.
func (m *Membership) Update(c MembershipChange) error {
	if !c.Level.Known() {
		return Invalid("access_level", "is not included in the list")
	}
	m.s.Level = c.Level
	c.ExpiresAt.into(&m.s.ExpiresAt)
	return nil
}
