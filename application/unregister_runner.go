package application

import (
	"context"
	"time"

	"runyard/domain"
)

// Unregister deletes the runner of the token, no matter how many projects it
// has, unless it was changed after unmodifiedSince (zero: do not ask). The call
// counts as a contact even if it is refused (Runners API reference 3.8, 4.13).
func (s *Runners) Unregister(ctx context.Context, call RunnerCall, unmodifiedSince time.Time) error {
	runner, err := s.p.contact(ctx, call)
	if err != nil {
		return err
	}
	err = s.p.Runners.Delete(ctx, runner.ID(), func(r *domain.Runner) error {
		return domain.MustBeUnmodified(r.State().UpdatedAt, unmodifiedSince)
	})
	if err != nil {
		return wrongToken(err)
	}
	s.p.announceRunner(ctx, runner.ID())
	return nil
}
