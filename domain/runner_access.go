package domain

// RunnerAccess is what an actor is to a runner. Level is the actor's highest
// level on any project that a project runner is assigned to, or on the group of
// a group runner; an instance runner gives nobody a level.
type RunnerAccess struct{ Standing }

// errNoAccess is the refusal of everything that concerns one runner.
var errNoAccess = Forbidden("No access granted")

// owns tells whether memberships make the runner the actor's own
// (Runners API reference 2.2): Maintainer for a project runner, Owner for a
// group runner. Nobody owns an instance runner.
func (a RunnerAccess) owns(r *Runner) bool {
	switch r.s.Type {
	case ProjectRunner:
		return a.Level >= Maintainer
	case GroupRunner:
		return a.Level >= Owner
	case InstanceRunner:
		return false
	}
	return false
}

// mayChange tells whether the actor may change the runner.
func (a RunnerAccess) mayChange(r *Runner) bool { return a.Actor.Admin || a.owns(r) }

// MustRead lets everybody read instance runners, and Maintainers the runners
// of their projects and groups.
func (a RunnerAccess) MustRead(r *Runner) error {
	if r.s.Type == InstanceRunner || a.Allows(Maintainer) {
		return nil
	}
	return errNoAccess
}

// MustUpdate lets administrators and owners change the runner.
func (a RunnerAccess) MustUpdate(r *Runner) error {
	if !a.mayChange(r) {
		return errNoAccess
	}
	return nil
}

// SeesMaintenanceNote tells whether the note is shown to the actor: only to
// those who may change it (reference 5.1).
func (a RunnerAccess) SeesMaintenanceNote(r *Runner) bool { return a.mayChange(r) }

// MustListJobs lets administrators and owners see what the runner ran.
func (a RunnerAccess) MustListJobs(r *Runner) error { return a.MustUpdate(r) }

// MustDelete lets administrators delete any runner, and owners one that is
// assigned to at most one project. The refusal for several projects comes
// first, even for strangers (reference 4.6).
func (a RunnerAccess) MustDelete(r *Runner) error {
	if !a.Actor.Admin && r.s.ProjectCount >= SeveralProjects {
		return Forbidden("Runner associated with more than one project")
	}
	return a.MustUpdate(r)
}

// mustAssign lets administrators assign anything but group runners, and owners
// what is not locked (reference 3.10).
func (a RunnerAccess) mustAssign(r *Runner) error {
	switch {
	case r.s.Type == GroupRunner:
		return Forbidden("Runner is a group runner")
	case a.Actor.Admin:
		return nil
	case r.s.Locked:
		return Forbidden("Runner is locked")
	case !a.owns(r):
		return errNoAccess
	}
	return nil
}
