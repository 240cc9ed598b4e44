package application

import (
	"context"
	"time"

	"runyard/domain"
)

// DeleteRunner asks to delete a runner, unless it was changed after
// UnmodifiedSince (zero: do not ask).
type DeleteRunner struct {
	Actor           domain.Actor
	Runner          domain.RunnerID
	UnmodifiedSince time.Time
}

// Delete deletes a runner (Runners API reference 4.6).
func (s *Runners) Delete(ctx context.Context, cmd DeleteRunner) error {
	access, err := s.p.runnerAccess(ctx, cmd.Actor, cmd.Runner)
	if err != nil {
		return err
	}
	err = s.p.Runners.Delete(ctx, cmd.Runner, func(r *domain.Runner) error {
		if err := access.MustDelete(r); err != nil {
			return err
		}
		return domain.MustBeUnmodified(r.State().UpdatedAt, cmd.UnmodifiedSince)
	})
	if err != nil {
		return err
	}
	s.p.announceRunner(ctx, cmd.Runner)
	return nil
}
