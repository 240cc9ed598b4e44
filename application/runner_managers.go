package application

import (
	"context"
	"time"

	"runyard/domain"
)

// RunnerManagers are the machines that work with the token of one runner.
type RunnerManagers struct {
	Managers []domain.RunnerManager
	At       time.Time // the moment for which their status is meant
}

// ListManagers lists the machines of a runner to those who may read it (Runners
// API reference 5.6).
func (s *Runners) ListManagers(ctx context.Context, actor domain.Actor, id domain.RunnerID) (RunnerManagers, error) {
	if _, _, err := s.readable(ctx, actor, id); err != nil {
		return RunnerManagers{}, err
	}
	managers, err := s.p.Managers.List(ctx, id)
	if err != nil {
		return RunnerManagers{}, err
	}
	return RunnerManagers{Managers: managers, At: s.p.Clock.Now()}, nil
}

// RemoveManager forgets one machine of the runner of the token, with the contacts
// of it that were not stored yet; the runner and its token stay. It is no contact
// (reference 5.6, protocol 4.4 and 12).
func (a *Agents) RemoveManager(ctx context.Context, token domain.Secret, machine domain.SystemID) error {
	runner, err := a.p.runnerOfToken(ctx, token)
	if err != nil {
		return err
	}
	a.heartbeats.forget(domain.RunnerMachine{Runner: runner.ID(), SystemID: machine})
	err = a.p.Managers.Delete(ctx, runner.ID(), machine)
	if domain.IsNotFound(err) {
		return domain.NotFound("Runner manager not found") // which the wire says twice
	}
	return err
}
