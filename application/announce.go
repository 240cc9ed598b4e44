package application

import (
	"context"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// finishTimeout bounds what is done after the answer to a caller is certain.
const finishTimeout = 10 * time.Second

// finishing is for what must be done though the caller may be gone.
func finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
}

// announceJobs tells all nodes of jobs that may have come into the queue. What
// was changed is stored by then, so the caller is not told of a failure: runners
// that did not hear of a job look for it themselves within a minute.
func (p Ports) announceJobs(ctx context.Context, ids ...domain.JobID) {
	if len(ids) == 0 {
		return
	}
	ctx, cancel := finishing(ctx)
	defer cancel()
	jobs, err := p.Jobs.Queued(ctx, ids)
	if err == nil && len(jobs) > 0 {
		err = p.Signals.Publish(ctx, ports.QueueEvent{Queued: jobs})
	}
	p.fault(ctx, "tell runners of new jobs", err)
}

// announceWaiting tells all nodes of the jobs of a project that wait, because
// more runners may have them now; as announceJobs. If they are many, everything
// may have changed.
func (p Ports) announceWaiting(ctx context.Context, project domain.ProjectID) {
	ctx, cancel := finishing(ctx)
	defer cancel()
	jobs, total, err := p.Jobs.List(ctx, ports.JobQuery{
		Project: project, Statuses: []domain.JobStatus{domain.JobPending}, Ascending: true,
	}, ports.Page{Number: 1, Size: manyWaiting})
	if err != nil || total > len(jobs) {
		p.fault(ctx, "look for jobs that wait", err)
		p.announce(ctx, ports.QueueEvent{Everything: true})
		return
	}
	p.announceJobs(ctx, idsOf(jobs)...)
}

// manyWaiting is how many jobs are announced one by one at most.
const manyWaiting = 100

func idsOf(jobs []ports.ListedJob) []domain.JobID {
	ids := make([]domain.JobID, len(jobs))
	for i, job := range jobs {
		ids[i] = job.Job.ID
	}
	return ids
}

// announceRunner tells all nodes that what they know of a runner is out of date;
// as announceJobs.
func (p Ports) announceRunner(ctx context.Context, id domain.RunnerID) {
	p.announce(ctx, ports.QueueEvent{Runners: []domain.RunnerID{id}})
}

func (p Ports) announce(ctx context.Context, e ports.QueueEvent) {
	ctx, cancel := finishing(ctx)
	defer cancel()
	p.fault(ctx, "tell nodes of a change", p.Signals.Publish(ctx, e))
}

// fault notes an error that no caller is told of; nil is none.
func (p Ports) fault(ctx context.Context, doing string, err error) {
	if err != nil && p.Faults != nil {
		p.Faults.Note(ctx, doing, err)
	}
}
