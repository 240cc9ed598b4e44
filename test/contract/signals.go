package contract

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// QueueSignals checks what ports.QueueSignals promises.
func QueueSignals(t *testing.T, open Open) {
	t.Helper()
	check(t, open, signalPromises)
}

var signalPromises = map[string]promise{
	"Listen hears of every event on every node, in order": func(t *testing.T, w *fixture.World) {
		heard := []<-chan ports.QueueEvent{listen(t, w.Store), listen(t, w.Store)}
		if !w.OneWriter {
			heard = append(heard, listen(t, w.Again(t)))
		}
		events := []ports.QueueEvent{
			{Queued: []domain.QueuedJob{{
				Job: 1, Project: 2, Groups: []domain.GroupID{3, 4}, Status: domain.JobPending, Tags: domain.Tags{"a", "ü'\\\x00"},
				Protected: true, SharedRunnersEnabled: true, GroupRunnersEnabled: true,
			}}},
			{Runners: []domain.RunnerID{5, 6}},
			{Everything: true},
		}
		for _, e := range events {
			require.NoError(t, w.Signals.Publish(w.Context(), e))
		}
		for _, of := range heard {
			for _, want := range events {
				assertEqual(t, want, next(t, of))
			}
		}
	},
	"A large event arrives, in pieces or as Everything": func(t *testing.T, w *fixture.World) {
		heard := listen(t, w.Store)
		var large ports.QueueEvent
		want := make(map[int64]bool)
		for i := range int64(1000) {
			large.Queued = append(large.Queued, domain.QueuedJob{Job: domain.JobID(i), Tags: domain.Tags{"a tag of some length"}})
			large.Runners = append(large.Runners, domain.RunnerID(-i-1))
			want[i], want[-i-1] = true, true
		}
		require.NoError(t, w.Signals.Publish(w.Context(), large))
		for len(want) > 0 {
			e := next(t, heard)
			for _, job := range e.Queued {
				delete(want, int64(job.Job))
			}
			for _, runner := range e.Runners {
				delete(want, int64(runner))
			}
			if e.Everything {
				clear(want)
			}
		}
		huge := ports.QueueEvent{Queued: []domain.QueuedJob{{Job: 7, Tags: domain.Tags{strings.Repeat("x", 20_000)}}}}
		require.NoError(t, w.Signals.Publish(w.Context(), huge))
		e := next(t, heard)
		assert.True(t, e.Everything || len(e.Queued) == 1)
	},
	"Listen ends without an error when its context does": func(t *testing.T, w *fixture.World) {
		ctx, cancel := context.WithCancel(w.Context())
		require.NoError(t, w.Signals.Listen(ctx, func(ports.QueueEvent) { cancel() }))
		require.NoError(t, w.Signals.Publish(w.Context(), ports.QueueEvent{Everything: true}), "with nobody there")
	},
	"Publish fails when its context has ended": func(t *testing.T, w *fixture.World) {
		ctx, cancel := context.WithCancel(w.Context())
		cancel()
		require.Error(t, w.Signals.Publish(ctx, ports.QueueEvent{Everything: true}))
	},
	"Listen says Everything after events may have been missed": func(t *testing.T, w *fixture.World) {
		if w.OneWriter {
			return // inside the process nothing gets lost
		}
		heard := listen(t, w.Store)
		w.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
			"WHERE datname = current_database() AND query LIKE 'LISTEN %'")
		assertEqual(t, ports.QueueEvent{Everything: true}, next(t, heard))
		want := ports.QueueEvent{Runners: []domain.RunnerID{7}}
		require.NoError(t, w.Signals.Publish(w.Context(), want))
		assertEqual(t, want, next(t, heard))
	},
}

// listen listens until the test ends. It returns once nothing is missed.
func listen(t *testing.T, store fixture.Store) <-chan ports.QueueEvent {
	t.Helper()
	heard := make(chan ports.QueueEvent, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- store.Signals.Listen(ctx, func(e ports.QueueEvent) { heard <- e }) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-done)
	})
	assertEqual(t, ports.QueueEvent{Everything: true}, next(t, heard))
	return heard
}

func next(t *testing.T, heard <-chan ports.QueueEvent) ports.QueueEvent {
	t.Helper()
	select {
	case e := <-heard:
		return e
	case <-time.After(30 * time.Second):
		require.Fail(t, "nothing was heard")
		return ports.QueueEvent{}
	}
}
