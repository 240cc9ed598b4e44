package application

import (
	"context"
	"time"

	"runyard/domain"
)

// contactOf notes the contact of a runner that asks for work. The first one of
// its life is stored at once, so that it shows.
func (a *Agents) contactOf(ctx context.Context, s *seat, call *RunnerCall) error {
	machine, contact, err := a.contactBy(s, call)
	if err != nil {
		return err
	}
	if !a.heartbeats.first(machine, contact, s.contacted) {
		a.heartbeats.note(machine, contact, s.contacted)
		return nil
	}
	return a.storeContact(ctx, machine, contact)
}

// newsOf notes the contact of a runner that shows who it is. What it tells that
// is new is stored at once, so that it shows.
func (a *Agents) newsOf(ctx context.Context, s *seat, call *RunnerCall) error {
	machine, contact, err := a.contactBy(s, call)
	if err != nil || !a.heartbeats.news(machine, contact) {
		return err
	}
	return a.storeContact(ctx, machine, contact)
}

// contactBy is the contact that the call is, if it can be one, and whose it is.
func (a *Agents) contactBy(s *seat, call *RunnerCall) (domain.RunnerMachine, domain.RunnerContact, error) {
	contact := call.contact(a.p.Clock.Now())
	return domain.RunnerMachine{Runner: s.runner.ID(), SystemID: contact.Machine()}, contact, contact.Check()
}

// storeContact stores one contact at once.
func (a *Agents) storeContact(ctx context.Context, machine domain.RunnerMachine, contact domain.RunnerContact) error {
	var err error
	onOwnStack(func() { err = a.p.Runners.RecordContact(ctx, machine.Runner, contact) })
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
