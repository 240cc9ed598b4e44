package application

import (
	"context"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// Jobs holds the use cases around the jobs of a project.
type Jobs struct{ p Ports }

// NewJobs makes the use cases around the jobs of a project.
func NewJobs(p Ports) *Jobs { return &Jobs{p} }

// ProjectJobs is what a Reporter may know of a project's jobs.
type ProjectJobs struct {
	p       Ports
	project *domain.Project
}

// OfProject opens the jobs of a project to its Reporters.
func (s *Jobs) OfProject(ctx context.Context, actor domain.Actor, ref ports.ProjectRef) (*ProjectJobs, error) {
	access, err := s.p.projectAccess(ctx, actor, ref, domain.Reporter)
	if err != nil {
		return nil, err
	}
	return &ProjectJobs{p: s.p, project: access.Project}, nil
}

// List lists the project's jobs of the given statuses (nil: any), newest first.
func (j *ProjectJobs) List(ctx context.Context, statuses []domain.JobStatus, page ports.Page) (JobList, error) {
	list, err := j.p.listJobs(ctx, ports.JobQuery{Project: j.project.ID(), Statuses: statuses}, page)
	if err != nil {
		return JobList{}, err
	}
	list.Archives, err = j.p.keptArchives(ctx, idsOf(list.Jobs)...)
	return list, err
}

// JobView is a job with everything that is shown beside it.
type JobView struct {
	ports.JobDetails
	Archive *domain.Artifact // nil: it left none
	At      time.Time        // the moment for which durations are meant
}

// Show shows one job.
func (j *ProjectJobs) Show(ctx context.Context, id domain.JobID) (JobView, error) {
	return j.p.showJob(ctx, j.project.ID(), id)
}

func (p Ports) showJob(ctx context.Context, project domain.ProjectID, id domain.JobID) (JobView, error) {
	view, err := p.showNewJob(ctx, project, id)
	if err != nil {
		return JobView{}, err
	}
	archives, err := p.keptArchives(ctx, id)
	if archive, ok := archives[id]; ok {
		view.Archive = &archive
	}
	return view, err
}

// showNewJob is showJob for one that left nothing yet.
func (p Ports) showNewJob(ctx context.Context, project domain.ProjectID, id domain.JobID) (JobView, error) {
	job, err := p.Jobs.Find(ctx, project, id)
	return JobView{JobDetails: job, At: p.Clock.Now()}, err
}
