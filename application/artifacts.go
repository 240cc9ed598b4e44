package application

import (
	"context"
	"errors"
	"io"

	"runyard/domain"
)

// UploadArtifact is a file that a job leaves behind.
type UploadArtifact struct {
	AgentCall
	Type     string // empty: archive
	Format   string // empty: zip
	ExpireIn string // in words; empty: the default
	Filename string
	Content  io.Reader
}

// UploadArtifact stores the file.
func (a *Agents) UploadArtifact(context.Context, UploadArtifact) (AgentReply, error) {
	return AgentReply{}, errors.ErrUnsupported
}

// ArtifactFile is an artifact with its bytes; the caller closes Content.
type ArtifactFile struct {
	domain.Artifact
	Content io.ReadCloser
}

// DownloadArtifact gives the archive of the job that the call names to a job
// that depends on it, whose token the call shows.
func (a *Agents) DownloadArtifact(context.Context, AgentCall) (ArtifactFile, error) {
	return ArtifactFile{}, errors.ErrUnsupported
}
