package application

import (
	"context"
	"slices"

	"runyard/domain"
	"runyard/ports"
)

// handOver is one job on its way to the agent that asked for work.
type handOver struct {
	agents *Agents
	runner *domain.Runner
	token  domain.Secret // of the job
	digest domain.Digest // of the token
	job    ports.JobDetails
}

// search hands the first job over that the runner may have; nil: there is none.
// Jobs that cannot go on fail on the way.
func (a *Agents) search(ctx context.Context, runner *domain.Runner, cmd *RequestJob) (*OfferedJob, error) {
	if !runner.State().Active {
		return nil, nil
	}
	for {
		var h *handOver
		var err error
		onOwnStack(func() { h, err = a.claim(ctx, runner, cmd) })
		if h == nil || err != nil {
			return nil, err
		}
		offered, reason, err := h.complete(ctx)
		if err == nil {
			err = ctx.Err() // the agent may have gone at the last moment
		}
		if err == nil && offered == nil {
			err = h.fail(ctx, reason)
		}
		if err != nil {
			h.takeBack(ctx)
			return nil, err
		}
		if offered != nil {
			a.p.telemetry().HandedOver(runner.State().Type)
			return offered, nil
		}
	}
}

// claim makes a job the agent's; nil: there is none. A connection that is gone
// gets none.
func (a *Agents) claim(ctx context.Context, runner *domain.Runner, cmd *RequestJob) (*handOver, error) {
	h := &handOver{agents: a, runner: runner, token: a.p.Generator.JobToken()}
	h.digest = a.p.Vault.Digest(h.token)
	now := a.p.Clock.Now()
	job, ok, err := a.p.Jobs.Claim(ctx, runner, func(j *domain.Job) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return j.HandOver(domain.HandOver{
			Runner: runner, SystemID: cmd.SystemID, Token: h.digest, Graceful: cmd.Graceful, At: now,
		})
	})
	if err != nil || !ok {
		return nil, err
	}
	h.job = job
	h.job.Runner = runner
	return h, nil
}

// complete adds what the agent needs beside the job; nil: the job cannot run, for
// that reason.
func (h *handOver) complete(ctx context.Context) (*OfferedJob, domain.FailureReason, error) {
	if user := h.job.User; user != nil && !user.Active() {
		return nil, domain.UserWasBlocked, nil
	}
	dependencies, ok, err := h.dependencies(ctx)
	if err != nil || !ok {
		return nil, domain.MissingDependency, err
	}
	surroundings := domain.JobContext{
		Job: h.job.Job, Pipeline: h.job.Pipeline, Commit: h.job.Commit, Project: h.job.Project, User: h.job.User,
		Runner: h.runner, JobToken: h.token, Server: h.agents.server, Version: h.agents.version,
	}
	return &OfferedJob{
		JobDetails: h.job, Token: h.token, Revision: surroundings.Revision(),
		Variables: surroundings.Environment(), Dependencies: dependencies,
	}, "", nil
}

// dependencies finds the archives that the job gets; ok is false if one is gone
// that was there.
func (h *handOver) dependencies(ctx context.Context) (dependencies []OfferedDependency, ok bool, err error) {
	p, now := h.agents.p, h.agents.p.Clock.Now()
	expiry := h.agents.limits.ArtifactExpiry
	ids := h.job.Job.State().Dependencies
	archives, err := p.archives(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	for _, id := range ids {
		job, err := p.Jobs.Load(ctx, id)
		if domain.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, false, err
		}
		dependency := OfferedDependency{Job: id, Name: job.State().Name}
		archive, kept := archives[id]
		switch {
		case kept && archive.Gone(now), !kept && job.LostArchive(expiry, now):
			return nil, false, nil
		case kept:
			dependency.Archive = &archive
		}
		dependencies = append(dependencies, dependency)
	}
	return dependencies, true, nil
}

// fail ends a job that cannot run.
func (h *handOver) fail(ctx context.Context, reason domain.FailureReason) error {
	now := h.agents.p.Clock.Now()
	released, err := h.agents.p.Jobs.Update(ctx, h.job.Job.ID(), now, func(j *domain.Job) error {
		if j.HasToken(h.digest) {
			j.Fail(reason, now)
		}
		return nil
	})
	if err == nil {
		h.agents.p.announceJobs(ctx, released...)
	}
	return err
}

// takeBack lets the job wait again: the agent never learned of it. If that fails
// too, the job is given up later because nobody speaks of it.
func (h *handOver) takeBack(ctx context.Context) {
	ctx, cancel := finishing(ctx)
	defer cancel()
	p, id := h.agents.p, h.job.Job.ID()
	now := p.Clock.Now()
	queued, err := p.Jobs.Update(ctx, id, now, func(j *domain.Job) error {
		j.TakeBack(h.digest, now)
		return nil
	})
	if err != nil {
		p.fault(ctx, "take back a job that its agent did not get", err)
		return
	}
	if !slices.Contains(queued, id) {
		queued = append(queued, id)
	}
	p.announceJobs(ctx, queued...)
}
