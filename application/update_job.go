package application

import (
	"context"
	"errors"

	"runyard/domain"
)

// AgentCall is a call that an agent makes for a job that it has.
type AgentCall struct {
	Job       domain.JobID
	Token     domain.Secret // of the job
	IPAddress string
	Metadata  domain.RunnerMetadata // nil fields leave what is known
}

// AgentReply is what every answer to an agent tells, also beside an error.
type AgentReply struct {
	Status domain.JobStatus // empty: tell nothing
}

// UpdateJob is an agent's report on a job.
type UpdateJob struct {
	AgentCall
	State         string // running, success or failed
	FailureReason string
	ExitCode      *int64
	Checksum      string // of the trace; empty: not said
	Bytesize      int64  // of the trace; negative: not said
}

// ErrTraceDamaged asks the agent to send the whole trace again.
var ErrTraceDamaged = &domain.Error{Kind: domain.KindPreconditionFailed}

// Update notes the report.
func (a *Agents) Update(context.Context, UpdateJob) (AgentReply, error) {
	return AgentReply{}, errors.ErrUnsupported
}
