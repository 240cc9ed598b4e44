package domain

// ProjectAccess is what an actor is to a project.
type ProjectAccess struct {
	Standing
	Project *Project
}

// MustSee hides the project from those who may not know of it.
func (a ProjectAccess) MustSee() error {
	if a.Allows(Guest) || a.Project.s.Visibility.openToSignedIn() {
		return nil
	}
	return NotFound("Project")
}

// Must demands a level: who cannot see the project finds nothing, who can see
// it but has a lower level is refused (Runners API reference 2.3).
func (a ProjectAccess) Must(level AccessLevel) error { return a.must(level, a.MustSee()) }
