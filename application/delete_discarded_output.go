package application

import (
	"context"
	"errors"

	"runyard/ports"
)

// discardedBatch is how many pieces of output are deleted before they are
// forgotten together.
const discardedBatch = 100

// deleteDiscarded deletes from the stores what nobody knows of any more, and
// forgets it then. What cannot be deleted keeps nothing else from it; if nothing
// can, the rest waits for the next time. Another node may do the same meanwhile.
func (a *Agents) deleteDiscarded(ctx context.Context) error {
	var failed error
	for after := int64(0); ; {
		some, err := a.p.Discarded.List(ctx, after, discardedBatch)
		if err != nil || len(some) == 0 {
			return errors.Join(err, failed)
		}
		after = some[len(some)-1].ID
		deleted, err := a.deleteOutput(ctx, some)
		if failed == nil {
			failed = err
		}
		if len(deleted) == 0 {
			return failed
		}
		if err := a.p.Discarded.Forget(ctx, deleted); err != nil {
			return err
		}
	}
}

// deleteOutput returns the ids of what it deleted, and the first failure.
func (a *Agents) deleteOutput(ctx context.Context, output []ports.DiscardedOutput) (deleted []int64, failed error) {
	for _, o := range output {
		var err error
		if o.Trace != 0 {
			err = a.p.TraceStore.Delete(ctx, o.Trace)
		} else {
			err = a.p.ArtifactStore.Delete(ctx, o.Key)
		}
		switch {
		case err == nil:
			deleted = append(deleted, o.ID)
		case failed == nil:
			failed = err
		}
	}
	return deleted, failed
}
