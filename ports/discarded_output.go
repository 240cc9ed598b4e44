//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=discarded_output.go -destination=mocks/discarded_output.go -package=mocks

package ports

import (
	"context"

	"runyard/domain"
)

// DiscardedOutput is what a store still holds though nobody knows of it any
// more: the trace of a job that is gone, or an artifact.
type DiscardedOutput struct {
	ID    int64
	Trace domain.JobID // zero: it is an artifact
	Key   string       // of an artifact, else empty
}

// DiscardedOutputRepository remembers what is to be deleted from the stores. Who
// deletes or replaces jobs and artifacts notes it in the same transaction, so
// that no end of the process leaves bytes behind.
type DiscardedOutputRepository interface {
	// List returns up to limit pieces of output whose ids are greater than
	// after, in their order.
	List(ctx context.Context, after int64, limit int) ([]DiscardedOutput, error)
	// Forget drops what is deleted; what is forgotten already is no error.
	Forget(ctx context.Context, ids []int64) error
}
