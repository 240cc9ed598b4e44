package contract

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

var enqueuePromises = map[string]promise{
	"Enqueue makes a new pipeline for a zero one": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		enqueued := map[domain.PipelineID]bool{}
		for range 2 {
			id, err := w.Jobs.Enqueue(w.Context(), project, 0, func(p domain.Pipeline, siblings []domain.JobSibling) (ports.Enqueued, error) {
				assertEqual(t, domain.Pipeline{}, p)
				assert.Empty(t, siblings)
				return planned(project, p), nil
			})
			require.NoError(t, err)
			details := w.Job(project, id)
			assert.Equal(t, details.Pipeline.ID, details.Job.State().Pipeline)
			assert.Equal(t, domain.JobPending, details.Pipeline.Status)
			enqueued[details.Pipeline.ID] = true
		}
		assert.Len(t, enqueued, 2)
	},
	"Enqueue gives plan the pipeline and all its jobs": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		first := w.AddJob(project, func(s *domain.JobState) { s.Status, s.AllowFailure = domain.JobFailed, true })
		w.AddJob(project) // of another pipeline
		pipeline := w.Job(project, first).Pipeline
		want := []domain.JobSibling{{ID: first, JobOutcome: domain.JobOutcome{Status: domain.JobFailed, AllowFailure: true}}}
		for range 3 {
			id, err := w.Jobs.Enqueue(w.Context(), project, pipeline.ID, func(p domain.Pipeline, siblings []domain.JobSibling) (ports.Enqueued, error) {
				assertEqual(t, pipeline, p)
				assertEqual(t, want, siblings)
				return planned(project, p), nil
			})
			require.NoError(t, err)
			details := w.Job(project, id)
			assert.Equal(t, pipeline.ID, details.Pipeline.ID)
			pipeline = details.Pipeline
			want = append(want, domain.JobSibling{ID: id, JobOutcome: domain.JobOutcome{Status: domain.JobPending}})
		}
	},
	"Enqueue sets the pipeline's status to that of all its jobs": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		first := w.AddJob(project, func(s *domain.JobState) { s.Status = domain.JobSuccess })
		pipeline := w.Job(project, first).Pipeline
		outcomes := []domain.JobOutcome{{Status: domain.JobSuccess}}
		assert.Equal(t, domain.PipelineStatus(outcomes), pipeline.Status)
		for _, status := range []domain.JobStatus{domain.JobManual, domain.JobCreated, domain.JobPending, domain.JobRunning, domain.JobFailed} {
			id, err := w.Jobs.Enqueue(w.Context(), project, pipeline.ID, func(p domain.Pipeline, _ []domain.JobSibling) (ports.Enqueued, error) {
				return planned(project, p, func(s *domain.JobState) { s.Status = status }), nil
			})
			require.NoError(t, err)
			outcomes = append(outcomes, domain.JobOutcome{Status: status})
			assert.Equal(t, domain.PipelineStatus(outcomes), w.Job(project, id).Pipeline.Status)
			assert.Equal(t, domain.PipelineStatus(outcomes), w.Job(project, first).Pipeline.Status)
		}
	},
	"Enqueue stores needs by what plan saw": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		first := w.AddJob(project)
		id, err := w.Jobs.Enqueue(w.Context(), project, w.Job(project, first).Pipeline.ID, func(p domain.Pipeline, siblings []domain.JobSibling) (ports.Enqueued, error) {
			job, err := domain.NewJob(domain.JobSpec{
				Name: "second", Needs: []domain.JobID{first}, Definition: domain.JobDefinition{Script: []string{"make"}},
			}, w.Project(project), w.Founder(), siblings, now)
			return ports.Enqueued{Job: job, Pipeline: p}, err
		})
		require.NoError(t, err)
		got := w.Job(project, id).Job.State()
		assert.Equal(t, []domain.JobID{first}, got.Needs)
		assert.Equal(t, []domain.JobID{first}, got.Dependencies)
		assert.Equal(t, domain.JobCreated, got.Status)
	},
	"Enqueue stores nothing after an error and returns that very error": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		first := w.AddJob(project, func(s *domain.JobState) { s.Status = domain.JobSuccess })
		for _, pipeline := range []domain.PipelineID{0, w.Job(project, first).Pipeline.ID} {
			_, err := w.Jobs.Enqueue(w.Context(), project, pipeline, func(p domain.Pipeline, _ []domain.JobSibling) (ports.Enqueued, error) {
				return planned(project, p), errRefused
			})
			require.ErrorIs(t, err, errRefused)
		}
		ids, total := jobIDs(t, w, ports.JobQuery{Project: project}, everything)
		assert.Equal(t, []domain.JobID{first}, ids)
		assert.Equal(t, 1, total)
		assert.Equal(t, domain.JobSuccess, w.Job(project, first).Pipeline.Status)
	},
	"Enqueue finds no pipeline of another project, and runs no plan": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		project, other := w.AddProject(group), w.AddProject(group)
		of := w.Job(other, w.AddJob(other)).Pipeline.ID
		for _, pipeline := range []domain.PipelineID{of, missing} {
			_, err := w.Jobs.Enqueue(w.Context(), project, pipeline, func(domain.Pipeline, []domain.JobSibling) (ports.Enqueued, error) {
				t.Error("plan was called")
				return ports.Enqueued{}, errRefused
			})
			require.Error(t, err)
			assert.True(t, domain.IsNotFound(err), err)
		}
	},
	"Enqueue finds no unknown project": func(t *testing.T, w *fixture.World) {
		_, err := w.Jobs.Enqueue(w.Context(), missing, 0, func(p domain.Pipeline, _ []domain.JobSibling) (ports.Enqueued, error) {
			return planned(missing, p), nil
		})
		assertNotFound(t, "Project", err)
	},
	"Enqueue lets one at a time add to a pipeline": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		first := w.AddJob(project)
		pipeline := w.Job(project, first).Pipeline.ID
		const writers, rounds = 8, 4
		errs := concurrently(writers, func(int) error {
			var all error
			for range rounds {
				all = errors.Join(all, enqueueCounted(w.Context(), w, project, pipeline))
			}
			return all
		})
		require.NoError(t, errors.Join(errs...))
		names := map[string]bool{}
		list, _, err := w.Jobs.List(w.Context(), ports.JobQuery{Project: project}, everything)
		require.NoError(t, err)
		for _, details := range list {
			names[details.Job.Name] = true
		}
		assert.Len(t, names, writers*rounds+1, "two plans saw the same siblings")
	},
}

// enqueueCounted names the job for the number of jobs before it.
func enqueueCounted(ctx context.Context, w *fixture.World, project domain.ProjectID, pipeline domain.PipelineID) error {
	_, err := w.Jobs.Enqueue(ctx, project, pipeline, func(p domain.Pipeline, siblings []domain.JobSibling) (ports.Enqueued, error) {
		return planned(project, p, func(s *domain.JobState) { s.Name = fmt.Sprint("after ", len(siblings)) }), nil
	})
	return err
}

// planned is a pending job that joins the pipeline, or a new one if that is zero.
func planned(project domain.ProjectID, p domain.Pipeline, changes ...func(s *domain.JobState)) ports.Enqueued {
	if p.ID == 0 {
		p = domain.Pipeline{Project: project, SHA: domain.NoSHA, Ref: "main", Status: domain.JobCreated, CreatedAt: now, UpdatedAt: now}
	}
	job := fixture.Job(append([]func(s *domain.JobState){func(s *domain.JobState) { s.Project = project }}, changes...)...)
	return ports.Enqueued{Job: job, Pipeline: p}
}
