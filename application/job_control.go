package application

import (
	"context"
	"errors"
	"io"

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

// Cancel stops a job.
func (c *JobControl) Cancel(context.Context, domain.JobID) (JobView, error) {
	return JobView{}, errors.ErrUnsupported
}

// Retry does once more what a job did.
func (c *JobControl) Retry(context.Context, domain.JobID) (JobView, error) {
	return JobView{}, errors.ErrUnsupported
}

// Trace reads the trace of a job as far as it is stored.
func (j *ProjectJobs) Trace(context.Context, domain.JobID) (io.ReadCloser, error) {
	return nil, errors.ErrUnsupported
}

// Archive reads the archive that a job left.
func (j *ProjectJobs) Archive(context.Context, domain.JobID) (ArtifactFile, error) {
	return ArtifactFile{}, errors.ErrUnsupported
}
