package application

import (
	"sync"
	"time"

	"runyard/domain"
)

const (
	// contactInterval is how often the contacts of a machine are stored at most.
	contactInterval = time.Minute
	// flushInterval is how often contacts that are due are stored, all at once.
	flushInterval = 5 * time.Second
)

// heartbeats keeps the last contact of every machine that is at work until it is
// stored.
type heartbeats struct {
	mu    sync.Mutex
	beats map[domain.RunnerMachine]*beat
}

type beat struct {
	contact domain.RunnerContact
	fresh   bool      // not stored yet
	stored  time.Time // when one was stored last; zero: not known
}

func newHeartbeats() *heartbeats { return &heartbeats{beats: make(map[domain.RunnerMachine]*beat)} }

// first tells whether this is the first contact that anybody knows of; then the
// caller stores it. stored is when one was stored as far as storage knows.
func (h *heartbeats) first(machine domain.RunnerMachine, c domain.RunnerContact, stored time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !stored.IsZero() || h.beats[machine] != nil {
		return false
	}
	h.beats[machine] = &beat{contact: c, stored: c.At}
	return true
}

// note keeps a contact for later. stored is as for first; zero: not known. What
// the agent says of itself for the first time, or says anew, is due at once.
func (h *heartbeats) note(machine domain.RunnerMachine, c domain.RunnerContact, stored time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := h.beats[machine]
	if b == nil {
		b = &beat{stored: stored}
		h.beats[machine] = b
	}
	if !b.contact.Metadata.Knows(c.Metadata) {
		b.stored = time.Time{}
	}
	b.contact, b.fresh = b.contact.Then(c), true
}

// news keeps a contact for later if it tells nothing but that the machine still
// lives, and that was stored not long ago. Else the caller stores it.
func (h *heartbeats) news(machine domain.RunnerMachine, c domain.RunnerContact) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := h.beats[machine]
	if b == nil {
		h.beats[machine] = &beat{contact: c, stored: c.At}
		return true
	}
	age := c.At.Sub(b.stored)
	old := age < 0 || age >= contactInterval // negative: the clock was put back
	told := old || b.contact.IPAddress != c.IPAddress || !b.contact.Metadata.Knows(c.Metadata)
	b.contact = b.contact.Then(c)
	if told {
		b.stored = c.At
	} else {
		b.fresh = true
	}
	return told
}

// forget drops what is known of the machine.
func (h *heartbeats) forget(machine domain.RunnerMachine) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.beats, machine)
}

// take hands out the contacts that are due, as stored at that moment, and drops
// the machines that fell silent.
func (h *heartbeats) take(now time.Time) map[domain.RunnerMachine]domain.RunnerContact {
	return h.takeIf(now, func(b *beat) bool {
		age := now.Sub(b.stored)
		return age < 0 || age >= contactInterval // negative: the clock was put back
	})
}

// takeAll is take for the end of the program.
func (h *heartbeats) takeAll(now time.Time) map[domain.RunnerMachine]domain.RunnerContact {
	return h.takeIf(now, func(*beat) bool { return true })
}

func (h *heartbeats) takeIf(now time.Time, due func(b *beat) bool) map[domain.RunnerMachine]domain.RunnerContact {
	h.mu.Lock()
	defer h.mu.Unlock()
	contacts := make(map[domain.RunnerMachine]domain.RunnerContact)
	for machine, b := range h.beats {
		switch {
		case !due(b):
		case b.fresh:
			contacts[machine] = b.contact
			b.fresh, b.stored = false, now
		default:
			delete(h.beats, machine)
		}
	}
	return contacts
}

// putBack keeps contacts that could not be stored, for another try.
func (h *heartbeats) putBack(contacts map[domain.RunnerMachine]domain.RunnerContact) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for machine, c := range contacts {
		b := h.beats[machine]
		if b == nil {
			b = &beat{contact: c}
			h.beats[machine] = b
		}
		b.contact = c.Then(b.contact)
		b.fresh, b.stored = true, time.Time{}
	}
}
