package application

import (
	"context"
	"io"
	"slices"

	"runyard/domain"
)

// ArtifactFile is an artifact with its bytes; the caller closes Content.
type ArtifactFile struct {
	domain.Artifact
	Content io.ReadCloser
}

// DownloadArtifact gives the archive of the job that the call names to a job
// at an agent that depends on it, whose token the call shows (runner protocol,
// 4.11).
func (a *Agents) DownloadArtifact(ctx context.Context, call AgentCall) (ArtifactFile, error) {
	if call.Token == "" {
		return ArtifactFile{}, errWrongToken
	}
	job, err := a.p.Jobs.FindByToken(ctx, a.p.Vault.Digest(call.Token))
	if err != nil {
		return ArtifactFile{}, wrongToken(err)
	}
	if err := job.MustBeAtAgent(); err != nil {
		return ArtifactFile{}, err
	}
	if !slices.Contains(job.State().Dependencies, call.Job) {
		return ArtifactFile{}, errWrongToken
	}
	return a.p.openArchive(ctx, call.Job)
}
