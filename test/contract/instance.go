package contract

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

// InstanceRepository checks what ports.InstanceRepository promises.
func InstanceRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, instancePromises, updatePromises("Update", countInInstance))
}

var instancePromises = map[string]promise{
	"Find gives the zero value before the first Update": func(t *testing.T, w *fixture.World) {
		got, err := w.Instance.Find(w.Context())
		require.NoError(t, err)
		assertEqual(t, domain.Instance{}, got)
	},
	"Find gives back every field": func(t *testing.T, w *fixture.World) {
		want := domain.Instance{
			RegistrationToken: "digest", RootToken: w.AddToken(w.AddUser()),
			SecretKey: "key in the clear", SecretKeyCheck: "check",
		}
		for range 2 {
			require.NoError(t, w.Instance.Update(w.Context(), func(i *domain.Instance) error { *i = want; return nil }))
			got, err := w.Instance.Find(w.Context())
			require.NoError(t, err)
			assertEqual(t, want, got)
			want = domain.Instance{SecretKeyCheck: "another check"}
		}
	},
}

// countInInstance counts in the length of a text.
func countInInstance(w *fixture.World) counter {
	return counter{
		add: func(ctx context.Context, finish func() error) error {
			return w.Instance.Update(ctx, func(i *domain.Instance) error {
				i.SecretKeyCheck += "x"
				return finish()
			})
		},
		count: func() int {
			i, err := w.Instance.Find(w.Context())
			if err != nil {
				return -1
			}
			return len(i.SecretKeyCheck)
		},
	}
}
