package application

import (
	"context"
	"time"
)

const (
	// artifactInterval is how often expired artifacts are looked for.
	artifactInterval = time.Minute
	// artifactBatch is how many are deleted between two looks.
	artifactBatch = 100
)

// deleteExpired deletes the artifacts that expired: first the bytes, so that
// none are left that nobody knows of.
func (a *Agents) deleteExpired(ctx context.Context) error {
	for {
		expired, err := a.p.Artifacts.Expired(ctx, a.p.Clock.Now(), artifactBatch)
		if err != nil {
			return err
		}
		for _, artifact := range expired {
			if err := a.p.ArtifactStore.Delete(ctx, artifact.Key); err != nil {
				return err
			}
			if err := a.p.Artifacts.Delete(ctx, artifact.ID); err != nil {
				return err
			}
		}
		if len(expired) < artifactBatch {
			return nil
		}
	}
}
