//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=jobs.go -destination=mocks/jobs.go -package=mocks

package ports

import (
	"context"
	"time"

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

// Listed is what lists show of it.
func (d JobDetails) Listed() ListedJob {
	listed := ListedJob{
		Job: d.Job.Summary(), Pipeline: d.Pipeline, Commit: d.Commit, Project: d.Project, User: d.User,
	}
	if d.Runner != nil {
		summary := d.Runner.Summary()
		listed.Runner = &summary
	}
	return listed
}

// ListedJob is a job on a page, with everything that is shown beside it there.
type ListedJob struct {
	Job      domain.JobSummary
	Pipeline domain.Pipeline
	Commit   *domain.Commit // nil: the job was made without one
	Project  *domain.Project
	User     *domain.User          // nil: gone
	Runner   *domain.RunnerSummary // nil: none yet, or gone
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
	List(ctx context.Context, q JobQuery, p Page) ([]ListedJob, int, error)
	// Load returns the job alone, of whatever project.
	Load(ctx context.Context, id domain.JobID) (*domain.Job, error)
	// FindByToken returns the job whose token has the digest, in whatever state
	// it is. The empty digest is never found.
	FindByToken(ctx context.Context, token domain.Digest) (*domain.Job, error)
	// Claim looks for the first job that the runner may have: of those that
	// domain.Runner.Refuses does not refuse, the oldest; for an instance runner
	// one of a project with fewer jobs running on instance runners comes first
	// (runner protocol, section 8). While nobody else can have that job it runs
	// take, which hands it over (domain.Job.HandOver), stores the result, and
	// returns it. An error from take undoes all and comes back as it is; to leave
	// the job as it was made is one too. What another node did at this moment may
	// not count in the order yet, but does in whether there is a job. However many claim at once, on however many nodes, no
	// job is taken twice, and none waits while a claim that could have it finds
	// nothing. ok is false when there is no such job. The cost does not grow with
	// the number of finished jobs, and hardly with that of waiting ones.
	Claim(ctx context.Context, runner *domain.Runner, take func(j *domain.Job) error) (d JobDetails, ok bool, err error)
	// Update runs change while nobody else can change the job, then stores the
	// result; like RunnerRepository.Update. If the status changed, jobs of the
	// pipeline that wait for others are told (domain.Job.Await), until nothing
	// moves any more, and the pipeline's status is that of all its jobs. It
	// returns the ids of the jobs that came into the queue by all this.
	Update(ctx context.Context, id domain.JobID, now time.Time, change func(j *domain.Job) error) ([]domain.JobID, error)
	// Queued returns what the match must know of those of the jobs that wait
	// for a runner.
	Queued(ctx context.Context, ids []domain.JobID) ([]domain.QueuedJob, error)
	// Unfinished returns up to limit jobs with greater ids than after, in the
	// order of ids, whose status is one of these and that have been waiting
	// (QueuedAt of a pending job) or were heard of last (TouchedAt of one at an
	// agent) since before that moment.
	Unfinished(ctx context.Context, statuses []domain.JobStatus, before time.Time, after domain.JobID,
		limit int) ([]*domain.Job, error)
	// Matched tells whether an active runner that made contact after that moment
	// would get the job.
	Matched(ctx context.Context, id domain.JobID, contactedAfter time.Time) (bool, error)
}
