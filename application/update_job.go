package application

import (
	"context"
	"time"

	"runyard/domain"
)

// UpdateJob is an agent's report on a job.
type UpdateJob struct {
	AgentCall
	State         string // running, success or failed
	FailureReason string
	ExitCode      *int64
	Checksum      string // of the trace; empty: not said
	Bytesize      int64  // of the trace; negative: not said
}

var (
	// ErrTraceDamaged asks the agent to send the whole trace again.
	ErrTraceDamaged = &domain.Error{Kind: domain.KindPreconditionFailed}

	errUnknownState = domain.BadRequest("400 Bad request - Unknown state")
)

// Update notes the report. An agent that reports the end is asked once to send
// the trace again if ours is not the same as its own; the job goes on until then
// (runner protocol, 4.8).
func (a *Agents) Update(ctx context.Context, cmd UpdateJob) (AgentReply, error) {
	var damaged bool
	reply, err := a.changeJob(ctx, cmd.AgentCall, func(j *domain.Job, now time.Time) error {
		switch cmd.State {
		case "running":
			return j.Acknowledge(now)
		case "success", "failed":
			damaged = !j.TraceIntact(cmd.Checksum, cmd.Bytesize) && j.RepairTrace(now)
			if damaged {
				return nil
			}
			return j.Finish(cmd.result(), now)
		}
		return errUnknownState
	})
	if err == nil && damaged {
		err = ErrTraceDamaged
	}
	return reply, err
}

func (cmd UpdateJob) result() domain.JobResult {
	return domain.JobResult{
		Success: cmd.State == "success", Reason: domain.ParseFailureReason(cmd.FailureReason), ExitCode: cmd.ExitCode,
	}
}
