package contract

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

var claimRacePromises = map[string]promise{
	"Claims on two nodes hand out each job exactly once, and fairly":     emptyQueueOnce,
	"Claims at the same moment find as many jobs as there are":           findThemAll,
	"Claim passes over a job that somebody else is taking, and no other": passOverOne,
	"Claims of runners that are gone spoil no others beside them":        spoilNoOthers,
}

// emptyQueueOnce: the second project comes last, and gets as much as the first.
func emptyQueueOnce(t *testing.T, w *fixture.World) {
	const claimers, runners = 64, 16
	jobs := 1000
	if w.OneWriter {
		jobs = 100 // each claim waits for the disk
	}
	group := w.AddGroup(0)
	projects := []domain.ProjectID{w.AddProject(group), w.AddProject(group)}
	for _, project := range projects {
		w.AddCopiesOfJob(project, w.AddJob(project), jobs-1)
	}
	nodes := []*fixture.World{w, fixture.NewWorld(t, w.Again(t))}
	var known []*domain.Runner
	for range runners {
		known = append(known, w.Runner(w.AddInstanceRunner()))
	}
	var mu sync.Mutex
	var order []domain.ProjectID
	seen := make(map[domain.JobID]int)
	errs := concurrently(claimers, func(i int) error {
		runner := known[i%runners]
		for {
			details, ok, err := nodes[i%2].Jobs.Claim(w.Context(), runner, handOver(runner))
			if err != nil || !ok {
				return err
			}
			mu.Lock()
			order = append(order, details.Project.ID())
			seen[details.Job.ID()]++
			mu.Unlock()
		}
	})
	for _, err := range errs {
		require.NoError(t, err)
	}
	assert.Len(t, seen, 2*jobs)
	assert.Len(t, order, 2*jobs, "a job was handed out twice")
	ahead := 0
	for i, project := range order {
		if ahead++; project == projects[1] {
			ahead -= 2
		}
		// A claim does not see those beside it, and is noted later than made.
		if !assert.LessOrEqual(t, max(ahead, -ahead), claimers, "after %d claims", i) {
			return
		}
	}
}

// findThemAll: as many claims as jobs, all at once, and no claim goes without.
func findThemAll(t *testing.T, w *fixture.World) {
	project := w.AddProject(w.AddGroup(0))
	other := w.AddProject(w.AddGroup(0))
	runner := w.Runner(w.AddInstanceRunner())
	const claimers = 12
	for range 4 {
		for i := range claimers {
			w.AddJob([]domain.ProjectID{project, project, other}[i%3])
		}
		errs := concurrently(claimers, func(int) error {
			_, ok, err := w.Jobs.Claim(w.Context(), runner, handOver(runner))
			if err == nil && !ok {
				err = errRefused
			}
			return err
		})
		assert.Equal(t, slices.Repeat([]error{nil}, claimers), errs)
	}
}

func passOverOne(t *testing.T, w *fixture.World) {
	if w.OneWriter {
		return // nobody else gets so far
	}
	project := w.AddProject(w.AddGroup(0))
	first, second := w.AddJob(project), w.AddJob(project)
	runner := w.Runner(w.AddInstanceRunner())
	other := fixture.NewWorld(t, w.Again(t))
	details, ok, err := w.Jobs.Claim(w.Context(), runner, func(j *domain.Job) error {
		assert.Equal(t, first, j.ID())
		assert.Equal(t, second, claim(t, w, runner.ID()))
		assert.Zero(t, claim(t, w, runner.ID()))
		assert.Zero(t, claim(t, other, runner.ID()))
		return handOver(runner)(j)
	})
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, first, details.Job.ID())
}

func spoilNoOthers(t *testing.T, w *fixture.World) {
	project := w.AddProject(w.AddGroup(0))
	const claimers = 12
	runners := make([]*domain.Runner, claimers)
	for i := range runners {
		w.AddJob(project)
		runners[i] = w.Runner(w.AddInstanceRunner())
		if i%3 == 0 {
			require.NoError(t, w.Runners.Delete(w.Context(), runners[i].ID(), func(*domain.Runner) error { return nil }))
		}
	}
	errs := concurrently(claimers, func(i int) error {
		_, ok, err := w.Jobs.Claim(w.Context(), runners[i], handOver(runners[i]))
		if err == nil && !ok {
			err = errRefused
		}
		return err
	})
	for i, err := range errs {
		if i%3 == 0 {
			assertNotFound(t, "Runner", err)
		} else {
			require.NoError(t, err)
		}
	}
	assert.Len(t, claimAll(t, w, w.AddInstanceRunner()), claimers/3+1, "what those could not have waits on")
}
