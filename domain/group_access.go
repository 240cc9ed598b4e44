package domain

// GroupAccess is what an actor is to a group.
type GroupAccess struct {
	Standing
	Group *Group
	// SeesProject: some project in the group or below it is visible to the
	// actor, which makes the group visible too.
	SeesProject bool
}

// MustSee hides the group from those who may not know of it.
func (a GroupAccess) MustSee() error {
	if a.Allows(Guest) || a.SeesProject || a.Group.s.Visibility.openToSignedIn() {
		return nil
	}
	return NotFound("Group")
}

// Must demands a level: who cannot see the group finds nothing, who can see it
// but has a lower level is refused (Runners API reference 2.3).
func (a GroupAccess) Must(level AccessLevel) error { return a.must(level, a.MustSee()) }
