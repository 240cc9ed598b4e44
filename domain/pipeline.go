package domain

import "time"

// PipelineID identifies a pipeline.
type PipelineID int64

// Pipeline holds the jobs that were made for one commit of a project.
type Pipeline struct {
	ID        PipelineID
	Project   ProjectID
	SHA       string
	Ref       string
	Tag       bool
	Status    JobStatus
	CreatedAt time.Time
	UpdatedAt time.Time
}

// NewPipeline makes the pipeline of a job that joins none.
func NewPipeline(spec JobSpec, p *Project, now time.Time) Pipeline {
	pipeline := Pipeline{
		Project: p.ID(), SHA: NoSHA, Ref: spec.Ref, Tag: spec.Tag,
		Status: JobCreated, CreatedAt: now, UpdatedAt: now,
	}
	if pipeline.Ref == "" {
		pipeline.Ref = p.s.DefaultBranch
	}
	if spec.Commit != nil {
		pipeline.SHA = spec.Commit.ID
	}
	return pipeline
}

// Joining is what is asked for in a job that joins the pipeline: a job that
// names no ref has the pipeline's.
func (spec JobSpec) Joining(p Pipeline) JobSpec {
	if spec.Ref == "" {
		spec.Ref, spec.Tag = p.Ref, p.Tag
	}
	return spec
}

// JobOutcome is what a pipeline needs to know of each of its jobs.
type JobOutcome struct {
	Status       JobStatus
	AllowFailure bool
}

// PipelineStatus sums up the jobs of a pipeline: what still moves outweighs
// what is over, and of what is over a failure outweighs a success. A failure
// that is allowed counts as a success, a manual job that may fail as skipped.
func PipelineStatus(jobs []JobOutcome) JobStatus {
	has := make(map[JobStatus]bool)
	for _, job := range jobs {
		status := job.Status
		if job.AllowFailure {
			switch status {
			case JobFailed, JobCanceled:
				status = JobSuccess
			case JobManual:
				status = JobSkipped
			default:
			}
		}
		has[status] = true
	}
	started := has[JobSuccess] || has[JobFailed] || has[JobCanceled]
	switch {
	case has[JobRunning] || has[JobCanceling]:
		return JobRunning
	case has[JobPending] && started, has[JobCreated] && started:
		return JobRunning
	case has[JobWaitingForResource]:
		return JobWaitingForResource
	case has[JobPreparing]:
		return JobPreparing
	case has[JobPending]:
		return JobPending
	case has[JobScheduled]:
		return JobScheduled
	case has[JobManual]:
		return JobManual
	case has[JobCreated]:
		return JobCreated
	case has[JobFailed]:
		return JobFailed
	case has[JobCanceled]:
		return JobCanceled
	case has[JobSuccess]:
		return JobSuccess
	case has[JobSkipped]:
		return JobSkipped
	}
	return JobCreated
}
