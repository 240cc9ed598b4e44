package application

import (
	"context"
	"time"

	"runyard/domain"
)

// contactOf notes the contact of a runner that asks for work. The first one of
// its life is stored at once, so that it shows.
func (a *Agents) contactOf(ctx context.Context, s *seat, call RunnerCall) error {
	contact := domain.RunnerContact{At: a.p.Clock.Now(), IPAddress: call.IPAddress, Metadata: call.Metadata}
	runner := s.runner.ID()
	if !a.heartbeats.first(runner, contact, s.contacted) {
		a.heartbeats.note(runner, contact, s.contacted)
		return nil
	}
	err := a.p.Runners.RecordContact(ctx, runner, contact)
	if err != nil {
		a.heartbeats.forget(runner)
	}
	return wrongToken(err)
}

// contactFor notes the contact of the runner that a call for a job comes from;
// zero: it is gone.
func (a *Agents) contactFor(runner domain.RunnerID, call AgentCall, now time.Time) {
	if runner != 0 {
		contact := domain.RunnerContact{At: now, IPAddress: call.IPAddress, Metadata: call.Metadata}
		a.heartbeats.note(runner, contact, time.Time{})
	}
}

// flush stores the contacts that are due.
func (a *Agents) flush(ctx context.Context) error {
	return a.store(ctx, a.heartbeats.take(a.p.Clock.Now()))
}

func (a *Agents) store(ctx context.Context, contacts map[domain.RunnerID]domain.RunnerContact) error {
	if len(contacts) == 0 {
		return nil
	}
	err := a.p.Runners.RecordContacts(ctx, contacts)
	if err != nil {
		a.heartbeats.putBack(contacts)
	}
	return err
}
