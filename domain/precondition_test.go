package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestMustBeUnmodified(t *testing.T) {
	t.Parallel()
	failed := &domain.Error{Kind: domain.KindPreconditionFailed}
	for name, test := range map[string]struct {
		updatedAt, since time.Time
		want             error
	}{
		"a later change is refused":                              {noon.Add(time.Hour), noon, failed},
		"a change later in the same second is refused":           {noon.Add(time.Millisecond), noon, failed},
		"a change at that very moment is known":                  {noon, noon, nil},
		"an earlier change is known":                             {noon.Add(-1), noon, nil},
		"moments are compared, not clocks of places":             {noon, noon.In(time.FixedZone("", -6*3600)), nil},
		"who names no moment is not refused":                     {noon, time.Time{}, nil},
		"a link without a timestamp, in old data, is no refusal": {time.Time{}, noon, nil},
		"not even by a moment before all time":                   {time.Time{}, time.Time{}.AddDate(-1, 0, 0), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := domain.MustBeUnmodified(test.updatedAt, test.since)
			if test.want == nil {
				assert.NoError(t, err)
				return
			}
			assert.ErrorIs(t, err, test.want)
		})
	}
}
