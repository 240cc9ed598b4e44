package application

import (
	"context"

	"runyard/domain"
)

// archives finds the archives that jobs left, expired ones included.
func (p Ports) archives(ctx context.Context, jobs []domain.JobID) (map[domain.JobID]domain.Artifact, error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	artifacts, err := p.Artifacts.OfJobs(ctx, jobs)
	if err != nil {
		return nil, err
	}
	archives := make(map[domain.JobID]domain.Artifact)
	for _, artifact := range artifacts {
		if artifact.Type == domain.ArchiveArtifact {
			archives[artifact.Job] = artifact
		}
	}
	return archives, nil
}

// keptArchives finds the archives that jobs left and that have not expired.
func (p Ports) keptArchives(ctx context.Context, jobs ...domain.JobID) (map[domain.JobID]domain.Artifact, error) {
	archives, err := p.archives(ctx, jobs)
	now := p.Clock.Now()
	for job, archive := range archives {
		if archive.Gone(now) {
			delete(archives, job)
		}
	}
	return archives, err
}

// openArchive reads the archive that the job left.
func (p Ports) openArchive(ctx context.Context, job domain.JobID) (ArtifactFile, error) {
	archives, err := p.keptArchives(ctx, job)
	if err != nil {
		return ArtifactFile{}, err
	}
	archive, ok := archives[job]
	if !ok {
		return ArtifactFile{}, domain.NotFound("Artifacts")
	}
	content, err := p.ArtifactStore.Open(ctx, archive.Key)
	if err != nil {
		return ArtifactFile{}, err
	}
	return ArtifactFile{Artifact: archive, Content: content}, nil
}
