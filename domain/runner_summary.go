package domain

import "time"

// RunnerSummary is what is shown of a runner that is one of many.
type RunnerSummary struct {
	ID          RunnerID
	Type        RunnerType
	Description *string
	Name        *string
	Active      bool // false: paused
	IPAddress   *string
	ContactedAt time.Time // zero: never
}

// Summary is what is shown of the runner among others.
func (r *Runner) Summary() RunnerSummary {
	return RunnerSummary{
		ID: r.s.ID, Type: r.s.Type, Description: r.s.Description, Name: r.s.Name, Active: r.s.Active,
		IPAddress: r.s.IPAddress, ContactedAt: r.s.ContactedAt,
	}
}
