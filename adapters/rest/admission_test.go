package rest

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

func TestACrowdWaitsWhereOthersAreRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAdmission(Limits{Requests: 1})
		first, err := a.enter(t.Context(), false)
		require.NoError(t, err)
		var waiting errgroup.Group
		wait := func(crowd bool) {
			waiting.Go(func() error {
				p, err := a.enter(t.Context(), crowd)
				if err == nil {
					p.leave()
				}
				return err
			})
			synctest.Wait()
		}
		wait(false)
		_, err = a.enter(t.Context(), false)
		require.ErrorIs(t, err, errOverloaded, "one waits already")
		for range 100 {
			wait(true)
		}
		first.leave()
		require.NoError(t, waiting.Wait())
	})
}

func TestNobodyWaitsForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAdmission(Limits{Requests: 1})
		first, err := a.enter(t.Context(), false)
		require.NoError(t, err)
		defer first.leave()
		for _, crowd := range []bool{false, true} {
			_, err := a.enter(t.Context(), crowd)
			require.ErrorIs(t, err, errOverloaded)
		}
	})
}
