package domain

import (
	"fmt"
	"slices"
	"time"
)

// RunnerID identifies a runner.
type RunnerID int64

// Runner runs jobs. It changes only through its methods.
type Runner struct{ s RunnerState }

// RunnerState is a runner as stored and shown: every fact, no rule. A nil text
// or number means that there is none.
type RunnerState struct {
	ID              RunnerID
	Type            RunnerType
	Group           GroupID   // of a group runner, else zero
	Token           Digest    // of the authentication token
	TokenExpiresAt  time.Time // zero: never
	MadeByUser      bool      // not registered by a registration token; its own tokens say so
	Description     *string
	Name            *string
	Active          bool // false: paused
	Locked          bool // only administrators assign it to further projects
	RunUntagged     bool
	AccessLevel     RunnerAccessLevel
	MaximumTimeout  *int64 // seconds
	MaintenanceNote *string
	Tags            Tags
	// ProjectCount is how many projects the runner is assigned to, counted no
	// further than SeveralProjects: the rules ask for none, one or several.
	ProjectCount int
	RunnerMetadata
	IPAddress   *string
	ContactedAt time.Time // zero: never
	CreatedAt   time.Time
	UpdatedAt   time.Time // of the last change by a person; a contact is none
}

// SeveralProjects is the count at which a runner's projects are "several".
const SeveralProjects = 2

// RunnerMetadata is what the agent says of itself. Nil: it never said.
type RunnerMetadata struct {
	Version      *string
	Revision     *string
	Platform     *string
	Architecture *string
}

// learn overwrites what the newer metadata knows; a blank text knows nothing.
func (m *RunnerMetadata) learn(newer RunnerMetadata) {
	for _, pair := range []struct{ known, newer **string }{
		{&m.Version, &newer.Version},
		{&m.Revision, &newer.Revision},
		{&m.Platform, &newer.Platform},
		{&m.Architecture, &newer.Architecture},
	} {
		if newer := unlessBlank(*pair.newer); newer != nil {
			*pair.known = newer
		}
	}
}

// Knows tells whether newer metadata says nothing that is not known.
func (m RunnerMetadata) Knows(newer RunnerMetadata) bool {
	then := m
	then.learn(newer)
	return orEmpty(then.Version) == orEmpty(m.Version) && orEmpty(then.Revision) == orEmpty(m.Revision) &&
		orEmpty(then.Platform) == orEmpty(m.Platform) && orEmpty(then.Architecture) == orEmpty(m.Architecture)
}

// RestoreRunner rebuilds a stored runner. It checks nothing: a rule made
// stricter since must not make old rows unreadable.
func RestoreRunner(s RunnerState) *Runner { return &Runner{s: s.clone()} }

// State is a copy of all that the runner knows, tags included.
func (r *Runner) State() RunnerState { return r.s.clone() }

// ID is the runner's identity.
func (r *Runner) ID() RunnerID { return r.s.ID }

// Format names the runner, and keeps the digest of its token out of fmt.
func (r *Runner) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "runner %d", r.s.ID) }

func (s RunnerState) clone() RunnerState {
	s.Tags = slices.Clone(s.Tags)
	return s
}

// Contact records a sign of life of the agent at that moment. It is no change
// by a person: nothing is validated and UpdatedAt stays (reference 3.8).
func (r *Runner) Contact(c RunnerContact) {
	r.s.ContactedAt = c.At
	r.s.IPAddress = &c.IPAddress
	r.s.learn(c.Metadata)
}
