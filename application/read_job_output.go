package application

import (
	"context"
	"io"
	"strings"

	"runyard/domain"
	"runyard/ports"
)

// Trace reads the trace of a job as far as it is stored. The caller closes it.
// All nodes are told that somebody watches the job.
func (j *ProjectJobs) Trace(ctx context.Context, id domain.JobID) (io.ReadCloser, error) {
	job, err := j.p.Jobs.Find(ctx, j.project.ID(), id)
	if err != nil {
		return nil, err
	}
	if job.Job.MustBeAtAgent() == nil {
		j.p.announce(ctx, ports.QueueEvent{Watched: id})
	}
	size := job.Job.State().Trace.Size
	if size == 0 {
		return io.NopCloser(strings.NewReader("")), nil
	}
	return j.p.TraceStore.Open(ctx, traceOf(job.Job), size)
}

// Archive reads the archive that a job left.
func (j *ProjectJobs) Archive(ctx context.Context, id domain.JobID) (ArtifactFile, error) {
	if _, err := j.p.Jobs.Find(ctx, j.project.ID(), id); err != nil {
		return ArtifactFile{}, err
	}
	return j.p.openArchive(ctx, id)
}
