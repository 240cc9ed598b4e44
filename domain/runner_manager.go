package domain

import (
	"strings"
	"time"
)

// SystemID is how a machine names itself among those that share the token of
// one runner.
type SystemID string

// LegacySystemID stands for all machines whose agent is too old to name itself.
const LegacySystemID SystemID = "<legacy>"

// maxSystemID is how many characters a system id may have. Agents send 14.
const maxSystemID = 64

// RunnerManagerID identifies a runner manager.
type RunnerManagerID int64

// RunnerManager is one machine that works with the token of a runner: what it
// last said, and from where.
type RunnerManager struct {
	ID       RunnerManagerID
	SystemID SystemID
	RunnerMetadata
	IPAddress   *string
	CreatedAt   time.Time // of the record: the first contact
	ContactedAt time.Time // zero: never
}

// ManagerStatus is what a runner manager looks like from outside at some
// moment. It has newer names than RunnerStatus, which old clients know.
type ManagerStatus string

// The statuses of a runner manager, in the order in which they are tried.
const (
	ManagerStale          ManagerStatus = "stale" // neither made nor heard of for a week
	ManagerNeverContacted ManagerStatus = "never_contacted"
	ManagerOnline         ManagerStatus = "online"
	ManagerOffline        ManagerStatus = "offline"
)

// StaleWindow is how long after it was last heard of a runner manager counts as
// stale (Runners API reference 5.2).
const StaleWindow = 7 * 24 * time.Hour

// Status is the manager's status at that moment.
func (m RunnerManager) Status(now time.Time) ManagerStatus {
	limit := now.Add(-StaleWindow)
	switch {
	case m.CreatedAt.Before(limit) && m.ContactedAt.Before(limit):
		return ManagerStale
	case m.ContactedAt.IsZero():
		return ManagerNeverContacted
	case m.ContactedAt.After(onlineLimit(now)):
		return ManagerOnline
	}
	return ManagerOffline
}

// RunnerContact is a sign of life of an agent.
type RunnerContact struct {
	At        time.Time
	IPAddress string
	Metadata  RunnerMetadata // nil and blank fields leave what is known
	SystemID  SystemID       // blank: the agent is too old to have one
}

// Machine is under which name the contact is filed.
func (c RunnerContact) Machine() SystemID {
	if strings.TrimSpace(string(c.SystemID)) == "" {
		return LegacySystemID
	}
	return c.SystemID
}

// Then is what two contacts tell together, of which the newer one may know less.
func (c RunnerContact) Then(newer RunnerContact) RunnerContact {
	metadata := c.Metadata
	metadata.learn(newer.Metadata)
	newer.Metadata = metadata
	return newer
}

// RunnerMachine is one machine of one runner.
type RunnerMachine struct {
	Runner   RunnerID
	SystemID SystemID
}

// Check refuses a system id that no agent would make up.
func (c RunnerContact) Check() error {
	name := string(c.SystemID)
	if longerThan(&name, maxSystemID) {
		return Invalid("system_id", tooLong(maxSystemID))
	}
	return nil
}
