package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// JobControl is what a Developer may do with a project's jobs.
type JobControl struct {
	p       Ports
	actor   domain.Actor
	project *domain.Project
}

// ControlOf opens the jobs of a project to its Developers.
func (s *Jobs) ControlOf(ctx context.Context, actor domain.Actor, ref ports.ProjectRef) (*JobControl, error) {
	access, err := s.p.projectAccess(ctx, actor, ref, domain.Developer)
	if err != nil {
		return nil, err
	}
	return &JobControl{p: s.p, actor: actor, project: access.Project}, nil
}

// Cancel stops a job: at once, or gracefully if its agent can. What is over
// stays as it is (service reference, section 5).
func (c *JobControl) Cancel(ctx context.Context, id domain.JobID) (JobView, error) {
	if _, err := c.p.Jobs.Find(ctx, c.project.ID(), id); err != nil {
		return JobView{}, err
	}
	now := c.p.Clock.Now()
	released, err := c.p.Jobs.Update(ctx, id, now, func(j *domain.Job) error {
		j.Cancel(now)
		return nil
	})
	if err != nil {
		return JobView{}, err
	}
	c.p.announceJobs(ctx, released...)
	return c.p.showJob(ctx, c.project.ID(), id)
}

// Retry makes a new job of the same pipeline that does once more what a job did.
func (c *JobControl) Retry(ctx context.Context, id domain.JobID) (JobView, error) {
	old, err := c.p.Jobs.Find(ctx, c.project.ID(), id)
	if err != nil {
		return JobView{}, err
	}
	now := c.p.Clock.Now()
	again, err := c.p.Jobs.Enqueue(ctx, c.project.ID(), old.Pipeline.ID,
		func(joined domain.Pipeline, siblings []domain.JobSibling) (ports.Enqueued, error) {
			job, err := old.Job.Retry(c.actor.User, siblings, now)
			return ports.Enqueued{Job: job, Pipeline: joined}, err
		})
	if err != nil {
		return JobView{}, err
	}
	c.p.announceJobs(ctx, again)
	return c.p.showNewJob(ctx, c.project.ID(), again)
}
