package application

import (
	"context"
	"time"

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
	Pause  time.Duration    // how long the agent may wait with its next news; zero: not at all
}

// authorize refuses a call that does not show the job's token, and one for a
// job that is not at an agent. The status is told once the token is right.
func (a *Agents) authorize(j *domain.Job, call AgentCall) (AgentReply, error) {
	if !j.HasToken(a.p.Vault.Digest(call.Token)) {
		return AgentReply{}, errWrongToken
	}
	return AgentReply{Status: j.State().Status, Pause: a.pause(j, a.p.Clock.Now())}, j.MustBeAtAgent()
}

// jobOf loads the job of a call that may be made for it.
func (a *Agents) jobOf(ctx context.Context, call AgentCall) (*domain.Job, AgentReply, error) {
	job, err := a.p.Jobs.Load(ctx, call.Job)
	if err != nil {
		return nil, AgentReply{}, wrongToken(err)
	}
	reply, err := a.authorize(job, call)
	return job, reply, err
}

// jobChange changes a job at that moment.
type jobChange func(j *domain.Job, now time.Time) error

// changeJob changes the job of a call that may be made for it, and tells runners
// of what that releases. The reply is as the change left the job; of an error it
// tells nothing new.
func (a *Agents) changeJob(ctx context.Context, call AgentCall, change jobChange) (AgentReply, error) {
	var reply AgentReply
	var job domain.JobState
	now := a.p.Clock.Now()
	released, err := a.p.Jobs.Update(ctx, call.Job, now, func(j *domain.Job) error {
		var err error
		if reply, err = a.authorize(j, call); err != nil {
			return err
		}
		if err := change(j, now); err != nil {
			return err
		}
		job = j.State()
		reply.Status, reply.Pause = job.Status, a.pause(j, now)
		return nil
	})
	if err != nil {
		return reply, wrongToken(err)
	}
	a.contactFor(job, call, now)
	a.p.announceJobs(ctx, released...)
	return reply, nil
}
