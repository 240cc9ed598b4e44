package contract

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

var runnerContactPromises = map[string]promise{
	"RecordContact stores the moment, the address and what the agent says": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		want := w.Runner(id)
		contact := domain.RunnerContact{At: now.Add(time.Microsecond), IPAddress: "192.0.2.1", Metadata: fullRunner("").RunnerMetadata}
		want.Contact(contact)
		require.NoError(t, w.Runners.RecordContact(w.Context(), id, contact))

		got := w.Runner(id).State()
		assertEqual(t, want.State(), got)
		assertUTC(t, got.ContactedAt)
		listed, _, err := w.Runners.List(w.Context(), among(), domain.RunnerFilter{ContactedAfter: now}, everything)
		require.NoError(t, err)
		require.Len(t, listed, 1, "a first contact is visible at once")
		assertEqual(t, want.State(), listed[0].State())
	},
	"RecordContact leaves what the agent does not say": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner(func(s *domain.RunnerState) { s.RunnerMetadata = fullRunner("").RunnerMetadata })
		want := w.Runner(id)
		contact := domain.RunnerContact{At: now, IPAddress: "192.0.2.1", Metadata: domain.RunnerMetadata{Version: fixture.To("15.0")}}
		want.Contact(contact)
		require.NoError(t, w.Runners.RecordContact(w.Context(), id, contact))
		assertEqual(t, want.State(), w.Runner(id).State())
	},
	"RecordContact of an unknown runner finds nothing": func(t *testing.T, w *fixture.World) {
		err := w.Runners.RecordContact(w.Context(), missing, domain.RunnerContact{At: now})
		require.Error(t, err)
		assert.True(t, domain.IsNotFound(err), err)
	},
	"Update leaves a contact that it did not make as it is": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		contact := domain.RunnerContact{At: now, IPAddress: "192.0.2.1", Metadata: domain.RunnerMetadata{Version: fixture.To("15.0")}}
		require.NoError(t, w.Runners.RecordContact(w.Context(), id, contact))
		require.NoError(t, w.Runners.Update(w.Context(), id, func(r *domain.Runner) error {
			return r.Update(domain.RunnerChange{Active: domain.Set(false)}, now)
		}))
		got := w.Runner(id).State()
		assert.Equal(t, now, got.ContactedAt)
		assertEqual(t, fixture.To("15.0"), got.Version)
		assert.False(t, got.Active)
	},
	"RecordContact does not wait for an Update, which does not undo it": recordContactDoesNotWait,
}

func recordContactDoesNotWait(t *testing.T, w *fixture.World) {
	if w.OneWriter {
		return // the database itself makes every writer wait
	}
	id := w.AddInstanceRunner()
	ctx, cancel := context.WithTimeout(w.Context(), 5*time.Second)
	defer cancel()
	require.NoError(t, w.Runners.Update(w.Context(), id, func(r *domain.Runner) error {
		contact := domain.RunnerContact{At: now, IPAddress: "192.0.2.1"}
		if err := w.Runners.RecordContact(ctx, id, contact); err != nil {
			return err
		}
		return r.Update(domain.RunnerChange{Active: domain.Set(false)}, now)
	}))
	got := w.Runner(id).State()
	assert.Equal(t, now, got.ContactedAt)
	assert.False(t, got.Active)
}
