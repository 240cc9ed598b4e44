package application

import (
	"context"
	"time"

	"runyard/domain"
)

// Unassign disables a runner in the project, unless it is the runner's last
// one or the link is newer than unmodifiedSince (zero: do not ask). A runner
// that does not exist is one that is not assigned (Runners API reference 4.10).
func (s *ProjectRunners) Unassign(ctx context.Context, runner domain.RunnerID, unmodifiedSince time.Time) error {
	err := s.p.Runners.UpdateAssignment(ctx, runner, s.project, func(a *domain.Assignment) error {
		assignedAt := a.AssignedAt
		if err := a.Unassign(); err != nil {
			return err
		}
		return domain.MustBeUnmodified(assignedAt, unmodifiedSince)
	})
	if domain.IsNotFound(err) {
		return domain.NotFound("Runner")
	}
	if err != nil {
		return err
	}
	s.p.announceRunner(ctx, runner)
	return nil
}
