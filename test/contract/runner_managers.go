package contract

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

// RunnerManagerRepository checks what ports.RunnerManagerRepository promises,
// and what RunnerRepository.RecordContact does for it.
func RunnerManagerRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, runnerManagerPromises, runnerManagerEndPromises)
}

const machine domain.SystemID = "s_0123456789ab"

// contactOf is a contact by a machine that tells everything.
func contactOf(by domain.SystemID, at time.Time) domain.RunnerContact {
	return domain.RunnerContact{
		At: at, IPAddress: "192.0.2.1", Metadata: fullRunner("").RunnerMetadata, SystemID: by,
	}
}

func contact(t *testing.T, w *fixture.World, runner domain.RunnerID, c domain.RunnerContact) {
	t.Helper()
	require.NoError(t, w.Runners.RecordContact(w.Context(), runner, c))
}

func managersOf(t *testing.T, w *fixture.World, runner domain.RunnerID) []domain.RunnerManager {
	t.Helper()
	managers, err := w.Managers.List(w.Context(), runner)
	require.NoError(t, err)
	return managers
}

func systemIDs(managers []domain.RunnerManager) []domain.SystemID {
	ids := []domain.SystemID{}
	for _, m := range managers {
		ids = append(ids, m.SystemID)
	}
	return ids
}

var runnerManagerPromises = map[string]promise{
	"RecordContact makes the machine of a first contact, with all that it says": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		elsewhere := now.In(time.FixedZone("elsewhere", 5*60*60))
		contact(t, w, id, contactOf(machine, elsewhere))
		got := managersOf(t, w, id)
		require.Len(t, got, 1)
		assert.Positive(t, got[0].ID)
		assertUTC(t, got[0].CreatedAt, got[0].ContactedAt)
		assertEqual(t, domain.RunnerManager{
			ID: got[0].ID, SystemID: machine, RunnerMetadata: fullRunner("").RunnerMetadata,
			IPAddress: fixture.To("192.0.2.1"), CreatedAt: now, ContactedAt: now,
		}, got[0])
	},
	"RecordContact changes a machine that it knows, and keeps what it does not say": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		contact(t, w, id, contactOf(machine, now))
		want := managersOf(t, w, id)
		later := now.Add(time.Microsecond)
		contact(t, w, id, domain.RunnerContact{
			At: later, IPAddress: "2001:db8::7", Metadata: domain.RunnerMetadata{Version: fixture.To("19.4.0")}, SystemID: machine,
		})
		want[0].ContactedAt, want[0].IPAddress, want[0].Version = later, fixture.To("2001:db8::7"), fixture.To("19.4.0")
		assertEqual(t, want, managersOf(t, w, id))
	},
	"RecordContact files what names no machine under one name": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		contact(t, w, id, contactOf("", now))
		contact(t, w, id, contactOf("", now.Add(time.Hour)))
		assert.Equal(t, []domain.SystemID{domain.LegacySystemID}, systemIDs(managersOf(t, w, id)))
	},
	"RecordContact keeps the machines apart, and the runner is as the latest of them": func(t *testing.T, w *fixture.World) {
		id, other := w.AddInstanceRunner(), w.AddInstanceRunner()
		contact(t, w, id, contactOf(machine, now))
		contact(t, w, id, domain.RunnerContact{
			At: now.Add(time.Hour), IPAddress: "192.0.2.2", Metadata: domain.RunnerMetadata{Version: fixture.To("17.5.0")}, SystemID: "r_LabManager02",
		})
		contact(t, w, other, contactOf(machine, now))
		got := managersOf(t, w, id)
		assert.Equal(t, []domain.SystemID{machine, "r_LabManager02"}, systemIDs(got), "in the order of ids")
		assertEqual(t, fullRunner("").Version, got[0].Version)
		assertEqual(t, fixture.To("17.5.0"), got[1].Version)
		assert.Nil(t, got[1].Platform)
		runner := w.Runner(id).State()
		assertEqual(t, fixture.To("17.5.0"), runner.Version)
		assertEqual(t, fixture.To("192.0.2.2"), runner.IPAddress)
		assert.Equal(t, now.Add(time.Hour), runner.ContactedAt)
		assert.Len(t, managersOf(t, w, other), 1)
	},
	"RecordContact leaves a machine its id, however often it calls": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		contact(t, w, id, contactOf(machine, now))
		first := managersOf(t, w, id)
		for i := range 3 {
			contact(t, w, id, contactOf(machine, now.Add(time.Duration(i)*time.Minute)))
		}
		again := managersOf(t, w, id)
		require.Len(t, again, 1)
		assert.Equal(t, first[0].ID, again[0].ID)
	},
	"RecordContact makes one machine of eight first contacts at the same moment": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		errs := concurrently(8, func(int) error {
			return w.Runners.RecordContact(w.Context(), id, contactOf(machine, now))
		})
		require.NoError(t, errors.Join(errs...))
		assert.Len(t, managersOf(t, w, id), 1)
	},
	"RecordContact of an unknown runner makes no machine": func(t *testing.T, w *fixture.World) {
		err := w.Runners.RecordContact(w.Context(), missing, contactOf(machine, now))
		assertNotFound(t, "", err)
		assert.Empty(t, managersOf(t, w, missing))
	},
	"List of a runner that nobody worked for, or of none, is empty and not nil": func(t *testing.T, w *fixture.World) {
		for _, id := range []domain.RunnerID{w.AddInstanceRunner(), missing} {
			got := managersOf(t, w, id)
			assert.NotNil(t, got)
			assert.Empty(t, got)
		}
	},
}

var runnerManagerEndPromises = map[string]promise{
	"Delete forgets that machine of that runner and leaves the rest": func(t *testing.T, w *fixture.World) {
		id, other := w.AddInstanceRunner(), w.AddInstanceRunner()
		for _, runner := range []domain.RunnerID{id, other} {
			contact(t, w, runner, contactOf(machine, now))
			contact(t, w, runner, contactOf("", now))
		}
		want := w.Runner(id).State()
		require.NoError(t, w.Managers.Delete(w.Context(), id, machine))
		assert.Equal(t, []domain.SystemID{domain.LegacySystemID}, systemIDs(managersOf(t, w, id)))
		assert.Len(t, managersOf(t, w, other), 2)
		assertEqual(t, want, w.Runner(id).State())
		contact(t, w, id, contactOf(machine, now.Add(time.Hour)))
		assert.Len(t, managersOf(t, w, id), 2, "a machine may come back")
	},
	"Delete finds no machine that is not there": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		contact(t, w, id, contactOf(machine, now))
		assertNotFound(t, "Runner manager", w.Managers.Delete(w.Context(), id, "s_unknown"))
		assertNotFound(t, "Runner manager", w.Managers.Delete(w.Context(), id, ""))
		assertNotFound(t, "Runner manager", w.Managers.Delete(w.Context(), missing, machine))
		assert.Len(t, managersOf(t, w, id), 1)
	},
	"machines end with their runner": func(t *testing.T, w *fixture.World) {
		id := w.AddInstanceRunner()
		contact(t, w, id, contactOf(machine, now))
		require.NoError(t, w.Runners.Delete(w.Context(), id, func(*domain.Runner) error { return nil }))
		assert.Empty(t, managersOf(t, w, id))
	},
	"RecordContact and Delete of the runner do not wait for each other for ever": func(t *testing.T, w *fixture.World) {
		for range 5 {
			id := w.AddInstanceRunner()
			contact(t, w, id, contactOf(machine, now))
			errs := concurrently(8, func(i int) error {
				if i == 0 {
					return w.Runners.Delete(w.Context(), id, func(*domain.Runner) error { return nil })
				}
				// Every second one is a machine that is new.
				by := domain.SystemID(fmt.Sprintf("s_%d", i*(i%2)))
				return w.Runners.RecordContact(w.Context(), id, contactOf(by, now))
			})
			require.NoError(t, errs[0])
			for _, err := range errs[1:] {
				if err != nil {
					assertNotFound(t, "", err)
				}
			}
			assert.Empty(t, managersOf(t, w, id))
		}
	},
}
