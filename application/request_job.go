package application

import (
	"context"
	"errors"

	"runyard/domain"
	"runyard/ports"
)

// RequestJob is an agent that asks for work.
type RequestJob struct {
	RunnerCall
	SystemID   string // of the runner manager; empty: an old agent
	LastUpdate string // what the last answer told; empty: nothing yet
	Graceful   bool   // the agent can cancel gracefully
}

// JobOffer is what an agent that asks for work gets.
type JobOffer struct {
	Job        *OfferedJob // nil: nothing to do
	LastUpdate string      // what to send with the next request; empty: nothing
}

// OfferedJob is a job on its way to an agent, with all that it needs there.
type OfferedJob struct {
	ports.JobDetails
	Token        domain.Secret // of the job: the only sight of it
	Variables    []domain.JobVariable
	Dependencies []OfferedDependency
}

// OfferedDependency is a job whose artifacts the offered one gets.
type OfferedDependency struct {
	Job     domain.JobID
	Name    string
	Archive *domain.Artifact // nil: it left none
}

// Request gives the agent a job, or tells it that there is none.
func (a *Agents) Request(context.Context, RequestJob) (JobOffer, error) {
	return JobOffer{}, errors.ErrUnsupported
}

// Run keeps the queue moving until ctx ends.
func (a *Agents) Run(context.Context) error { return errors.ErrUnsupported }
