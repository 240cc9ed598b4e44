package domain

import (
	"reflect"
	"slices"
	"time"
)

// RunnerChange is what PUT may change of a runner; absent fields stay as they
// are (Runners API reference 4.4).
type RunnerChange struct {
	Description     Field[*string]
	Active          Field[bool] // false pauses, true resumes
	Tags            Field[Tags] // replaces all tags
	RunUntagged     Field[bool]
	Locked          Field[bool]
	AccessLevel     Field[RunnerAccessLevel] // empty is refused: can't be blank
	MaximumTimeout  Field[*int64]            // seconds; nil: none
	MaintenanceNote Field[*string]
}

// Update applies the change whole or, if the result would break a rule, not at
// all. UpdatedAt moves only if something is different afterwards.
func (r *Runner) Update(c RunnerChange, now time.Time) error {
	next := Runner{s: r.s.clone()}
	c.Description.into(&next.s.Description)
	c.Active.into(&next.s.Active)
	c.RunUntagged.into(&next.s.RunUntagged)
	c.Locked.into(&next.s.Locked)
	c.AccessLevel.into(&next.s.AccessLevel)
	c.MaximumTimeout.into(&next.s.MaximumTimeout)
	c.MaintenanceNote.into(&next.s.MaintenanceNote)
	tags := NewTags(c.Tags.Value)
	tagsChange := c.Tags.Present && !slices.Equal(tags, r.s.Tags)
	if tagsChange {
		next.s.Tags = tags
	}
	if err := next.validate(tagsChange); err != nil {
		return err
	}
	if !reflect.DeepEqual(r.s, next.s) {
		next.s.UpdatedAt = now
	}
	r.s = next.s
	return nil
}
