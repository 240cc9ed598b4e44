package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// JobQueue is where a Developer puts jobs of a project.
type JobQueue struct {
	p       Ports
	actor   domain.Actor
	project *domain.Project
}

// QueueOf opens the queue of a project to its Developers.
func (s *Jobs) QueueOf(ctx context.Context, actor domain.Actor, ref ports.ProjectRef) (*JobQueue, error) {
	access, err := s.p.projectAccess(ctx, actor, ref, domain.Developer)
	if err != nil {
		return nil, err
	}
	return &JobQueue{p: s.p, actor: actor, project: access.Project}, nil
}

// Enqueue puts one job in the queue: in the pipeline with that id or, if it is
// zero, in a pipeline of its own (service reference, section 5).
func (q *JobQueue) Enqueue(ctx context.Context, spec domain.JobSpec, pipeline domain.PipelineID) (JobView, error) {
	now := q.p.Clock.Now()
	id, err := q.p.Jobs.Enqueue(ctx, q.project.ID(), pipeline,
		func(joined domain.Pipeline, siblings []domain.JobSibling) (ports.Enqueued, error) {
			planned := ports.Enqueued{Pipeline: joined}
			if joined.ID == 0 {
				planned.Pipeline = domain.NewPipeline(spec, q.project, now)
				planned.Commit = spec.Commit
			}
			var err error
			planned.Job, err = domain.NewJob(spec.Joining(planned.Pipeline), q.project, q.actor.User, siblings, now)
			return planned, err
		})
	if err != nil {
		return JobView{}, err
	}
	q.p.announceJobs(ctx, id)
	return q.p.showNewJob(ctx, q.project.ID(), id)
}
