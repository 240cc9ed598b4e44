package contract

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/fixture"
)

// counter is something stored that can be counted up: what all Updates promise
// is checked on it.
type counter struct {
	// add counts up by one in an Update whose change ends with finish.
	add func(ctx context.Context, finish func() error) error
	// count is the number stored.
	count func() int
	// addToMissing is add on something that does not exist; nil: there is no such.
	addToMissing func(ctx context.Context, finish func() error) error
	// resource is what the not-found error names.
	resource string
}

// updatePromises are those of every function that takes a change.
func updatePromises(function string, make func(w *fixture.World) counter) map[string]promise {
	return map[string]promise{
		function + " stores what change made": func(t *testing.T, w *fixture.World) {
			c := make(w)
			before := c.count()
			require.NoError(t, c.add(w.Context(), succeed))
			assert.Equal(t, before+1, c.count())
		},
		function + " stores nothing after an error and returns that very error": func(t *testing.T, w *fixture.World) {
			c := make(w)
			before := c.count()
			require.ErrorIs(t, c.add(w.Context(), func() error { return errRefused }), errRefused)
			assert.Equal(t, before, c.count())
		},
		function + " lets one writer in at a time": func(t *testing.T, w *fixture.World) {
			c := make(w)
			before := c.count()
			const writers, rounds = 8, 5
			errs := concurrently(writers, func(int) error {
				var all error
				for range rounds {
					all = errors.Join(all, c.add(w.Context(), succeed))
				}
				return all
			})
			require.NoError(t, errors.Join(errs...))
			assert.Equal(t, before+writers*rounds, c.count(), "updates were lost")
		},
		function + " stores all or nothing when its context ends": func(t *testing.T, w *fixture.World) {
			c := make(w)
			before := c.count()
			ctx, cancel := context.WithCancel(w.Context())
			defer cancel()
			err := c.add(ctx, func() error { cancel(); return nil })
			if err == nil {
				before++
			}
			assert.Equal(t, before, c.count())
		},
		function + " of what does not exist finds nothing and changes nothing": func(t *testing.T, w *fixture.World) {
			c := make(w)
			if c.addToMissing == nil {
				return
			}
			ran := false
			err := c.addToMissing(w.Context(), func() error { ran = true; return nil })
			assertNotFound(t, c.resource, err)
			assert.False(t, ran, "change was called")
		},
	}
}

func succeed() error { return nil }
