package contract

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// JobRepository checks what ports.JobRepository promises.
func JobRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, jobPromises, enqueuePromises, jobListPromises,
		claimPromises, claimRulePromises, claimRacePromises, jobUpdatePromises, jobSweepPromises, updatePromises("Update", countInJob))
}

var jobPromises = map[string]promise{
	"Find gives back the job with everything beside it": func(t *testing.T, w *fixture.World) {
		job, pipeline, commit := addFullJob(t, w)
		details := w.Job(job.Project, job.ID)
		assertEqual(t, job, details.Job.State())
		assertEqual(t, pipeline, details.Pipeline)
		assertEqual(t, &commit, details.Commit)
		assertEqual(t, w.Project(job.Project).State(), details.Project.State())
		assertEqual(t, w.User(job.User).State(), details.User.State())
		assertEqual(t, w.Runner(job.Runner).State(), details.Runner.State())
		s := details.Job.State()
		assertUTC(t, s.CreatedAt, s.QueuedAt, s.StartedAt, s.FinishedAt, details.Pipeline.CreatedAt, details.Pipeline.UpdatedAt)

		listed, _, err := w.Jobs.List(w.Context(), ports.JobQuery{Runner: job.Runner}, everything)
		require.NoError(t, err)
		require.Len(t, listed, 1)
		assertEqual(t, details.Listed(), listed[0], asStates)
	},
	"Find gives back a commit's moments with the offset that it was made with": func(t *testing.T, w *fixture.World) {
		job, _, commit := addFullJob(t, w)
		got := w.Job(job.Project, job.ID).Commit
		for _, pair := range [][2]time.Time{
			{commit.AuthoredDate, got.AuthoredDate}, {commit.CommittedDate, got.CommittedDate}, {commit.CreatedAt, got.CreatedAt},
		} {
			assert.Equal(t, pair[0].Format(time.RFC3339Nano), pair[1].Format(time.RFC3339Nano))
		}
	},
	"Find gives back what is not there as not there": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		want := domain.JobState{
			Project: project, Name: "bare", Stage: "test", Status: domain.JobCreated, Ref: "main", Tags: domain.Tags{},
			CreatedAt: now,
		}
		id, err := w.Jobs.Enqueue(w.Context(), project, 0, func(domain.Pipeline, []domain.JobSibling) (ports.Enqueued, error) {
			return ports.Enqueued{
				Job:      domain.RestoreJob(want),
				Pipeline: domain.Pipeline{Project: project, SHA: domain.NoSHA, Ref: "main", CreatedAt: now, UpdatedAt: now},
			}, nil
		})
		require.NoError(t, err)
		details := w.Job(project, id)
		want.ID, want.Pipeline = id, details.Pipeline.ID
		assertEqual(t, want, details.Job.State(), cmpopts.EquateEmpty())
		assert.Nil(t, details.Commit)
		assert.Nil(t, details.User)
		assert.Nil(t, details.Runner)
	},
	"Find gives back a commit of which little is known": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		commit := domain.Commit{ID: "abc", ParentIDs: []string{}}
		id, err := w.Jobs.Enqueue(w.Context(), project, 0, func(domain.Pipeline, []domain.JobSibling) (ports.Enqueued, error) {
			return ports.Enqueued{
				Job:      fixture.Job(func(s *domain.JobState) { s.Project = project }),
				Pipeline: domain.Pipeline{Project: project, SHA: "abc", Ref: "main", CreatedAt: now, UpdatedAt: now}, Commit: &commit,
			}, nil
		})
		require.NoError(t, err)
		assertEqual(t, &commit, w.Job(project, id).Commit)
	},
	"Find finds no job of another project": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		project, other := w.AddProject(group), w.AddProject(group)
		job := w.AddJob(project)
		for _, test := range []struct {
			project domain.ProjectID
			job     domain.JobID
		}{{other, job}, {project, missing}, {missing, job}} {
			_, err := w.Jobs.Find(w.Context(), test.project, test.job)
			assertNotFound(t, "Job", err)
		}
	},
}

// asStates compares what details point to by its state.
var asStates = cmp.Options{
	byState((*domain.Job).State), byState((*domain.Project).State), byState((*domain.User).State), byState((*domain.Runner).State),
}

func byState[E, S any](state func(e *E) S) cmp.Option {
	return cmp.Transformer("state", func(e *E) *S {
		if e == nil {
			return nil
		}
		s := state(e)
		return &s
	})
}

// addFullJob adds a job with a value in every field.
func addFullJob(t *testing.T, w *fixture.World) (domain.JobState, domain.Pipeline, domain.Commit) {
	t.Helper()
	project := w.AddProject(w.AddGroup(0), fullProject)
	first := w.AddJob(project, func(s *domain.JobState) { s.Status = domain.JobSuccess })
	pipelineID := w.Job(project, first).Pipeline.ID
	user := w.AddUser()
	runner := w.AddProjectRunner(project, func(s *domain.RunnerState) { s.Tags = domain.Tags{"b", "a"} })
	west := time.FixedZone("", -6*60*60)
	commit := domain.Commit{
		ID: domain.NoSHA[1:] + "1", ShortID: "00000000", Title: "Title – with a dash", Message: "Title\n\nBody",
		ParentIDs: []string{"parent", "another"}, AuthorName: "Ann", AuthorEmail: "ann@example.com",
		AuthoredDate: now.In(west), CommitterName: "Bob", CommitterEmail: "bob@example.com",
		CommittedDate: now.Add(time.Hour).In(time.FixedZone("", 5*60*60+30*60)), CreatedAt: now.Add(2 * time.Hour),
	}
	s := domain.JobState{
		Project: project, Name: "full", Stage: "deploy", Status: domain.JobFailed, FailureReason: "script_failure",
		Ref: "v1", Tag: true, Protected: true, AllowFailure: true, Tags: domain.Tags{"z", "a"}, Timeout: 77,
		Coverage: fixture.To(98.25), Needs: []domain.JobID{first}, Dependencies: []domain.JobID{first},
		Definition: domain.JobDefinition{
			Script: []string{"make", "make 'install'"}, BeforeScript: []string{"before"}, AfterScript: []string{"after"},
			Variables: []domain.JobVariable{{Key: "A", Value: "ünï\n", Public: true, Masked: true, File: true}, {Key: "B"}},
			Image:     &domain.JobImage{Name: "golang", Alias: "go", Entrypoint: []string{"/bin/sh"}, Command: []string{"-c"}},
			Services:  []domain.JobImage{{Name: "postgres", Alias: "db", Entrypoint: []string{"a"}, Command: []string{"b"}}},
			Artifacts: []domain.JobArtifacts{{
				Name: "all", Paths: []string{"bin/"}, Exclude: []string{"*.o"}, Untracked: true, When: "always", ExpireIn: "1 week",
			}},
		},
		User: user, Runner: runner, CreatedAt: now.Add(time.Microsecond), QueuedAt: now.Add(2 * time.Microsecond),
		StartedAt: now.Add(3 * time.Microsecond), FinishedAt: now.Add(4 * time.Microsecond),
	}
	pipeline := domain.Pipeline{
		Project: project, SHA: commit.ID, Ref: "v1", Tag: true,
		CreatedAt: now.Add(5 * time.Microsecond), UpdatedAt: now.Add(6 * time.Microsecond),
	}
	id, err := w.Jobs.Enqueue(w.Context(), project, 0, func(domain.Pipeline, []domain.JobSibling) (ports.Enqueued, error) {
		return ports.Enqueued{Job: domain.RestoreJob(s), Pipeline: pipeline, Commit: &commit}, nil
	})
	require.NoError(t, err)
	s.ID, s.Pipeline = id, w.Job(project, id).Pipeline.ID
	assert.NotEqual(t, pipelineID, s.Pipeline)
	pipeline.ID = s.Pipeline
	pipeline.Status = domain.JobSuccess // a failure that is allowed
	return s, pipeline, commit
}
