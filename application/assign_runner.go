package application

import (
	"context"
	"time"

	"runyard/domain"
)

// AssignedRunner is a runner as an assignment left it.
type AssignedRunner struct {
	Runner *domain.Runner
	At     time.Time // the moment for which status and online are meant
}

// Assign enables a runner in the project (Runners API reference 4.9).
func (s *ProjectRunners) Assign(ctx context.Context, runner domain.RunnerID) (AssignedRunner, error) {
	access, err := s.p.runnerAccess(ctx, s.actor, runner)
	if err != nil {
		return AssignedRunner{}, err
	}
	now := s.p.Clock.Now()
	var assigned *domain.Runner
	err = s.p.Runners.UpdateAssignment(ctx, runner, s.project, func(a *domain.Assignment) error {
		if err := a.Assign(access, now); err != nil {
			return err
		}
		assigned = a.Runner
		return nil
	})
	if err != nil {
		return AssignedRunner{}, err
	}
	s.p.announceRunner(ctx, runner)
	return AssignedRunner{Runner: assigned, At: now}, nil
}
