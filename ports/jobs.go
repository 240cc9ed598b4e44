//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=jobs.go -destination=mocks/jobs.go -package=mocks

package ports

import (
	"context"

	"runyard/domain"
)

// JobDetails is a job with everything that is shown beside it.
type JobDetails struct {
	Job      *domain.Job
	Pipeline domain.Pipeline
	Commit   *domain.Commit // nil: the job was made without one
	Project  *domain.Project
	User     *domain.User   // nil: gone
	Runner   *domain.Runner // nil: none yet, or gone
}

// JobQuery selects jobs.
type JobQuery struct {
	Runner    domain.RunnerID    // handed to that runner; zero: any
	Project   domain.ProjectID   // of that project; zero: any
	Statuses  []domain.JobStatus // any of these; nil: any status
	Ascending bool               // oldest first; else newest first
}

// Enqueued is a job that is about to be stored: it joins Pipeline if that has
// an id, else Pipeline is stored with it.
type Enqueued struct {
	Job      *domain.Job
	Pipeline domain.Pipeline
	Commit   *domain.Commit // of a new pipeline; nil: none
}

// JobRepository keeps jobs, pipelines and commits.
type JobRepository interface {
	// Enqueue runs plan while nobody else can add to the pipeline, and stores
	// what it returns; the pipeline's status is then that of all its jobs. A
	// zero pipeline means a new one, and plan gets a zero Pipeline and no
	// siblings. A pipeline of another project is not found. It returns the new
	// job's id. plan may run again and touches nothing outside.
	Enqueue(ctx context.Context, project domain.ProjectID, pipeline domain.PipelineID,
		plan func(p domain.Pipeline, siblings []domain.JobSibling) (Enqueued, error)) (domain.JobID, error)
	// Find returns a job of a project.
	Find(ctx context.Context, project domain.ProjectID, id domain.JobID) (JobDetails, error)
	// List returns one page of jobs, in the order of ids that the query says,
	// and how many there are up to CountLimit, with a fixed number of statements.
	List(ctx context.Context, q JobQuery, p Page) ([]JobDetails, int, error)
}
