package domain

import "time"

// Assignment is the link between a runner and a project, whether it is there
// or not. It is read and changed while nobody else can change the runner, so
// that the rule of the last project cannot be outrun.
type Assignment struct {
	Runner  *Runner
	Project ProjectID
	// AssignedAt is since when the runner is assigned; zero: it is not.
	AssignedAt time.Time
}

// Assigned tells whether the link is there.
func (a *Assignment) Assigned() bool { return !a.AssignedAt.IsZero() }

// ErrLastProject refuses to take a runner from the only project it has.
var ErrLastProject = Forbidden("Only one project associated with the runner. Please remove the runner instead")

// Assign attaches the runner to the project, on behalf of somebody who
// administers the project. The order of the checks is the reference's (4.9).
// An instance runner becomes a project runner for good.
func (a *Assignment) Assign(by RunnerAccess, now time.Time) error {
	if err := by.mustAssign(a.Runner); err != nil {
		return err
	}
	if a.Assigned() {
		return Invalid("assign_to", "Validation failed: Runner has already been taken")
	}
	r := &a.Runner.s
	if r.Type == InstanceRunner {
		r.Type = ProjectRunner
		r.UpdatedAt = now
	}
	r.ProjectCount = min(r.ProjectCount+1, SeveralProjects)
	a.AssignedAt = now
	return nil
}

// Unassign takes the runner from the project, but never from its last one, no
// matter who asks (reference 3.10). How many projects are left is not counted:
// the runner has to be read again.
func (a *Assignment) Unassign() error {
	if !a.Assigned() {
		return NotFound("Runner")
	}
	if a.Runner.s.ProjectCount < SeveralProjects {
		return ErrLastProject
	}
	a.AssignedAt = time.Time{}
	return nil
}
