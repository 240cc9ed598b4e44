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
		assertEqual(t, want.Summary(), listed[0])
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
	"RecordContacts does for many what RecordContact does for one, and passes over who is gone": func(t *testing.T, w *fixture.World) {
		contacts := map[domain.RunnerMachine]domain.RunnerContact{{Runner: missing, SystemID: "s_1"}: {At: now, SystemID: "s_1"}}
		var want []domain.RunnerState
		for i, known := range []string{"", "1.0", "2.0"} {
			id := w.AddInstanceRunner(func(s *domain.RunnerState) { s.Version = fixture.To(known) })
			contact := domain.RunnerContact{
				At: now.Add(time.Duration(i) * time.Microsecond), IPAddress: "192.0.2.1", SystemID: "s_1",
				Metadata: domain.RunnerMetadata{Platform: fixture.To("linux"), Version: []*string{fixture.To("3.0"), nil, fixture.To(" ")}[i]},
			}
			contacts[domain.RunnerMachine{Runner: id, SystemID: contact.SystemID}] = contact
			runner := w.Runner(id)
			runner.Contact(contact)
			want = append(want, runner.State())
		}
		require.NoError(t, w.Runners.RecordContacts(w.Context(), contacts))
		for _, s := range want {
			assertEqual(t, s, w.Runner(s.ID).State())
		}
		require.NoError(t, w.Runners.RecordContacts(w.Context(), nil))
	},
	"RecordContacts keeps every machine of a runner, and of the runner what came last": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		contacts := make(map[domain.RunnerMachine]domain.RunnerContact)
		for i, machine := range []domain.SystemID{"s_2", "s_3", "s_1"} {
			contacts[domain.RunnerMachine{Runner: id, SystemID: machine}] = domain.RunnerContact{
				At: now.Add(-time.Duration(i) * time.Second), SystemID: machine, IPAddress: string(machine),
			}
		}
		for range 2 {
			require.NoError(t, w.Runners.RecordContacts(w.Context(), contacts))
			managers, err := w.Managers.List(w.Context(), id)
			require.NoError(t, err)
			require.Len(t, managers, 3)
			for _, m := range managers {
				assert.Equal(t, string(m.SystemID), *m.IPAddress)
			}
			assert.Equal(t, "s_2", *w.Runner(id).State().IPAddress)
		}
	},
	"RecordContacts takes a few statements for thousands of runners": func(t *testing.T, w *fixture.World) {
		const n = 2000
		first := w.AddInstanceRunner()
		w.AddCopiesOfRunner(first, n)
		contacts := make(map[domain.RunnerMachine]domain.RunnerContact)
		for i := range domain.RunnerID(n) {
			contacts[domain.RunnerMachine{Runner: first + i, SystemID: domain.LegacySystemID}] = domain.RunnerContact{At: now}
		}
		assert.LessOrEqual(t, w.CountStatements(func() {
			require.NoError(t, w.Runners.RecordContacts(w.Context(), contacts))
		}), 10)
		_, total, err := w.Runners.List(w.Context(), among(), domain.RunnerFilter{ContactedAfter: now.Add(-1)}, everything)
		require.NoError(t, err)
		assert.Equal(t, n, total)
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
