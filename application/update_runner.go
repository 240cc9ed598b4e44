package application

import (
	"context"

	"runyard/domain"
)

// UpdateRunner asks to change a runner.
type UpdateRunner struct {
	Actor           domain.Actor
	Runner          domain.RunnerID
	Change          domain.RunnerChange
	WithoutProjects bool // saves loading them for the answer
}

// Update changes a runner, which is also how it is paused and resumed, and
// shows the result (Runners API reference 4.4 and 4.5).
func (s *Runners) Update(ctx context.Context, cmd UpdateRunner) (RunnerDetails, error) {
	access, err := s.p.runnerAccess(ctx, cmd.Actor, cmd.Runner)
	if err != nil {
		return RunnerDetails{}, err
	}
	now := s.p.Clock.Now()
	var updated *domain.Runner
	err = s.p.Runners.Update(ctx, cmd.Runner, func(r *domain.Runner) error {
		if err := access.MustUpdate(r); err != nil {
			return err
		}
		if err := r.Update(cmd.Change, now); err != nil {
			return err
		}
		updated = r
		return nil
	})
	if err != nil {
		return RunnerDetails{}, err
	}
	s.p.announceRunner(ctx, cmd.Runner)
	return s.details(ctx, updated, access, cmd.WithoutProjects)
}
