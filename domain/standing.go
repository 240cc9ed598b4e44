package domain

// Standing is an actor together with the highest level that their memberships
// give them somewhere, inherited ones included.
type Standing struct {
	Actor Actor
	Level AccessLevel
}

// Allows tells whether the actor has at least that level. Administrators are
// owners everywhere (Runners API reference 2.1).
func (s Standing) Allows(level AccessLevel) bool {
	return s.Actor.Admin || s.Level >= level
}

// must demands a level of somebody who may see the thing: see is the refusal
// to those who may not.
func (s Standing) must(level AccessLevel, see error) error {
	if see != nil {
		return see
	}
	if !s.Allows(level) {
		return Forbidden("")
	}
	return nil
}

// MustGrant refuses to give, change or take away a membership of a higher level
// than one's own, so that nobody lifts themselves up.
func (s Standing) MustGrant(level AccessLevel) error {
	if !s.Allows(level) {
		return Forbidden("")
	}
	return nil
}
