package application

import (
	"context"
	"fmt"
	"io"
	"math"

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

// UploadArtifact stores the file. It replaces one of the same type. The job must
// be at its agent before and after the bytes have arrived (runner protocol,
// 4.10).
func (a *Agents) UploadArtifact(ctx context.Context, cmd UploadArtifact) (AgentReply, error) {
	_, reply, err := a.jobOf(ctx, cmd.AgentCall)
	if err != nil {
		return reply, err
	}
	artifact, err := domain.NewArtifact(domain.ArtifactSpec{
		Job: cmd.Job, Type: cmd.Type, Format: cmd.Format, Filename: cmd.Filename, ExpireIn: cmd.ExpireIn,
		Key: fmt.Sprintf("%d/%s", cmd.Job, a.p.Generator.Nonce()),
	}, a.limits.ArtifactExpiry, a.p.Clock.Now())
	if err != nil {
		return reply, err
	}
	limit := a.limits.Artifact
	if limit == 0 {
		limit = math.MaxInt64
	}
	artifact.Size, err = a.p.ArtifactStore.Put(ctx, artifact.Key, cmd.Content, limit)
	if err != nil {
		return reply, err
	}
	return a.keep(ctx, cmd.AgentCall, artifact)
}

// keep remembers an artifact whose bytes are stored, or drops them.
func (a *Agents) keep(ctx context.Context, call AgentCall, artifact domain.Artifact) (AgentReply, error) {
	_, reply, err := a.jobOf(ctx, call)
	if err == nil {
		_, err = a.p.Artifacts.Add(ctx, artifact)
	}
	if err != nil {
		ctx, cancel := finishing(ctx)
		defer cancel()
		a.p.fault(ctx, "delete an artifact that is not used", a.p.ArtifactStore.Delete(ctx, artifact.Key))
	}
	return reply, err
}
