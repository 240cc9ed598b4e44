package application

import (
	"context"
	"time"

	"runyard/domain"
)

// contactOf notes the contact of a runner, of which storage knew one at the
// moment stored (zero: none, or it does not matter). The first one is stored at
// once, so that it shows.
func (a *Agents) contactOf(ctx context.Context, runner domain.RunnerID, stored time.Time, call *RunnerCall) error {
	contact := call.contact(a.p.Clock.Now())
	if err := contact.Check(); err != nil {
		return err
	}
	machine := domain.RunnerMachine{Runner: runner, SystemID: contact.Machine()}
	if !a.heartbeats.first(machine, contact, stored) {
		a.heartbeats.note(machine, contact, stored)
		return nil
	}
	err := a.p.Runners.RecordContact(ctx, machine.Runner, contact)
	if err != nil {
		a.heartbeats.forget(machine)
	}
	return wrongToken(err)
}

// contactFor notes the contact of the machine that a call for a job comes from,
// unless its runner is gone.
func (a *Agents) contactFor(job domain.JobState, call AgentCall, now time.Time) {
	if job.Runner == 0 {
		return
	}
	contact := domain.RunnerContact{At: now, IPAddress: call.IPAddress, Metadata: call.Metadata, SystemID: job.SystemID}
	machine := domain.RunnerMachine{Runner: job.Runner, SystemID: contact.Machine()}
	a.heartbeats.note(machine, contact, time.Time{})
}

// flush stores the contacts that are due.
func (a *Agents) flush(ctx context.Context) error {
	return a.store(ctx, a.heartbeats.take(a.p.Clock.Now()))
}

func (a *Agents) store(ctx context.Context, contacts map[domain.RunnerMachine]domain.RunnerContact) error {
	if len(contacts) == 0 {
		return nil
	}
	err := a.p.Runners.RecordContacts(ctx, contacts)
	if err != nil {
		a.heartbeats.putBack(contacts)
		return err
	}
	a.p.telemetry().StoredContacts(len(contacts))
	return nil
}
