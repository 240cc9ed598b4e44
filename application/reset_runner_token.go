package application

import (
	"context"
	"time"

	"runyard/domain"
)

// ResetRunnerToken asks for another token of a runner.
type ResetRunnerToken struct {
	Actor  domain.Actor
	Runner domain.RunnerID
}

// ResetToken gives a runner another token, for those who may change it. The old
// one is dead at once (Runners API reference 5.7).
func (s *Runners) ResetToken(ctx context.Context, cmd ResetRunnerToken) (IssuedToken, error) {
	runner, err := s.p.Runners.Find(ctx, cmd.Runner)
	if err != nil {
		return IssuedToken{}, err
	}
	access, err := s.p.runnerAccess(ctx, cmd.Actor, cmd.Runner)
	if err != nil {
		return IssuedToken{}, err
	}
	if err := access.MustUpdate(runner); err != nil {
		return IssuedToken{}, err
	}
	return s.resetToken(ctx, runner, s.p.Clock.Now(), access.MustUpdate)
}

// RotateToken gives a runner another token because its agent asks for one. The
// old one is dead at once. The call counts as a contact of the runner; it does
// not say which machine it comes from (reference 5.7, protocol 4.5 and 12).
func (s *Runners) RotateToken(ctx context.Context, call RunnerCall) (IssuedToken, error) {
	runner, err := s.p.runnerOfToken(ctx, call.Token)
	if err != nil {
		return IssuedToken{}, err
	}
	digest, now := s.p.Vault.Digest(call.Token), s.p.Clock.Now()
	issued, err := s.resetToken(ctx, runner, now, func(r *domain.Runner) error {
		// Of two who show the same token at the same moment one is late.
		if err := r.MustAccept(digest, now); err != nil {
			return err
		}
		r.Contact(call.contact(now))
		return nil
	})
	return issued, wrongToken(err)
}

// resetToken replaces the token of a runner. check runs before, while nobody
// else can change the runner.
func (s *Runners) resetToken(ctx context.Context, runner *domain.Runner, now time.Time,
	check func(r *domain.Runner) error,
) (IssuedToken, error) {
	lifetime, err := s.p.Lifetimes.Of(ctx, runner.ID())
	if err != nil {
		return IssuedToken{}, err
	}
	issued := s.p.issueToken(runner.State().MadeByUser, lifetime, now)
	digest := s.p.Vault.Digest(issued.Token)
	err = s.p.Runners.Update(ctx, runner.ID(), func(r *domain.Runner) error {
		if err := check(r); err != nil {
			return err
		}
		r.ResetToken(digest, issued.ExpiresAt, now)
		return nil
	})
	if err != nil {
		return IssuedToken{}, err
	}
	s.p.announceRunner(ctx, runner.ID())
	return issued, nil
}
