//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=artifacts.go -destination=mocks/artifacts.go -package=mocks

package ports

import (
	"context"
	"time"

	"runyard/domain"
)

// ArtifactRepository keeps what is known of artifacts; their bytes are in an
// ArtifactStore.
type ArtifactRepository interface {
	// Add stores a new artifact and returns the id it was given. One of the same
	// job and type is replaced, and becomes discarded output.
	Add(ctx context.Context, a domain.Artifact) (domain.ArtifactID, error)
	// OfJobs returns the artifacts of the jobs, expired ones included.
	OfJobs(ctx context.Context, jobs []domain.JobID) ([]domain.Artifact, error)
	// Expired returns up to limit artifacts that expired before that moment.
	Expired(ctx context.Context, before time.Time, limit int) ([]domain.Artifact, error)
	// Delete forgets the artifact; one that is not there is no error.
	Delete(ctx context.Context, id domain.ArtifactID) error
}
