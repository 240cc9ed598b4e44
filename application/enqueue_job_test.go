package application_test

import (
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

var errNoJob = domain.NotFound("Job")

// aSpec asks for a job that can be made.
func aSpec(changes ...func(s *domain.JobSpec)) domain.JobSpec {
	spec := domain.JobSpec{Name: "build", Definition: domain.JobDefinition{Script: []string{"make"}}}
	for _, change := range changes {
		change(&spec)
	}
	return spec
}

// samsQueue is where Sam, a Developer, puts jobs of project 4.
func samsQueue(t *testing.T, h *harness) *application.JobQueue {
	t.Helper()
	h.onProject(aProject(), domain.Developer)
	queue, err := application.NewJobs(h.Ports).QueueOf(t.Context(), sam, aProjectRef)
	require.NoError(t, err)
	return queue
}

func TestEnqueueAloneMakesAPipelineOfTheCommit(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	var planned ports.Enqueued
	enqueue := h.jobs.EXPECT().Enqueue(gomock.Any(), domain.ProjectID(4), domain.PipelineID(0), gomock.Any()).
		DoAndReturn(enqueueing(domain.Pipeline{}, nil, &planned))
	h.jobs.EXPECT().Find(gomock.Any(), domain.ProjectID(4), domain.JobID(9)).Return(aJob(), nil).After(enqueue)
	h.announcesJobs([]domain.JobID{9}, domain.QueuedJob{Job: 9})
	commit := &domain.Commit{ID: "0123456789abcdef"}
	view, err := samsQueue(t, h).Enqueue(t.Context(), aSpec(func(s *domain.JobSpec) {
		s.Commit, s.Ref, s.Tag = commit, "v1", true
	}), 0)
	require.NoError(t, err)
	assert.Equal(t, application.JobView{JobDetails: aJob(), At: noon}, view)
	assert.Equal(t, domain.Pipeline{
		Project: 4, SHA: "0123456789abcdef", Ref: "v1", Tag: true, Status: domain.JobCreated, CreatedAt: noon, UpdatedAt: noon,
	}, planned.Pipeline)
	assert.Equal(t, commit, planned.Commit)
	job := planned.Job.State()
	assert.Equal(t, domain.ProjectID(4), job.Project)
	assert.Equal(t, sam.User, job.User)
	assert.Equal(t, "v1", job.Ref)
	assert.True(t, job.Tag)
	assert.Equal(t, domain.JobPending, job.Status)
	assert.Equal(t, int64(3600), job.Timeout, "the project's")
	assert.Equal(t, noon, job.CreatedAt)
	assert.Equal(t, noon, job.QueuedAt)
}

func TestEnqueueAloneIsOnTheDefaultBranchWithoutACommit(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	var planned ports.Enqueued
	h.jobs.EXPECT().Enqueue(gomock.Any(), domain.ProjectID(4), domain.PipelineID(0), gomock.Any()).
		DoAndReturn(enqueueing(domain.Pipeline{}, nil, &planned))
	h.jobs.EXPECT().Find(gomock.Any(), domain.ProjectID(4), domain.JobID(9)).Return(aJob(), nil)
	h.announcesJobs([]domain.JobID{9}, domain.QueuedJob{Job: 9})
	_, err := samsQueue(t, h).Enqueue(t.Context(), aSpec(), 0)
	require.NoError(t, err)
	assert.Equal(t, domain.NoSHA, planned.Pipeline.SHA)
	assert.Equal(t, "main", planned.Pipeline.Ref)
	assert.Equal(t, "main", planned.Job.State().Ref)
	assert.Nil(t, planned.Commit)
}

func TestEnqueueJoinsAPipelineAndWaitsForWhatItNeeds(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	joined := domain.Pipeline{ID: 2, Project: 4, SHA: "fedcba", Ref: "v2", Tag: true, Status: domain.JobRunning}
	siblings := []domain.JobSibling{{ID: 8, JobOutcome: domain.JobOutcome{Status: domain.JobRunning}}}
	var planned ports.Enqueued
	h.jobs.EXPECT().Enqueue(gomock.Any(), domain.ProjectID(4), domain.PipelineID(2), gomock.Any()).
		DoAndReturn(enqueueing(joined, siblings, &planned))
	h.jobs.EXPECT().Find(gomock.Any(), domain.ProjectID(4), domain.JobID(9)).Return(aJob(), nil)
	h.announcesJobs([]domain.JobID{9}) // it does not wait for a runner
	_, err := samsQueue(t, h).Enqueue(t.Context(), aSpec(func(s *domain.JobSpec) {
		s.Needs, s.Commit = []domain.JobID{8}, &domain.Commit{ID: "0123456789abcdef"}
	}), 2)
	require.NoError(t, err)
	assert.Equal(t, joined, planned.Pipeline, "the pipeline is as it was")
	assert.Nil(t, planned.Commit, "and so is its commit")
	assert.Equal(t, "v2", planned.Job.State().Ref, "that of the pipeline")
	assert.True(t, planned.Job.State().Tag)
	assert.Equal(t, domain.JobCreated, planned.Job.State().Status)
}

func TestEnqueueRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spec    domain.JobSpec
		failure error // of the repository; nil: it runs the plan
		want    error
	}{
		"a job without a name is refused": {
			aSpec(func(s *domain.JobSpec) { s.Name = "" }), nil, domain.Invalid("name", "can't be blank"),
		},
		"a job that needs one of another pipeline is refused": {
			aSpec(func(s *domain.JobSpec) { s.Needs, s.Dependencies = []domain.JobID{1}, []domain.JobID{} }), nil,
			domain.Invalid("needs", "must be jobs of the same pipeline"),
		},
		"a pipeline that is not there is not found": {aSpec(), domain.NotFound("Pipeline"), domain.NotFound("Pipeline")},
		"the job cannot be stored":                  {aSpec(), errDown, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			enqueue := h.jobs.EXPECT().Enqueue(gomock.Any(), domain.ProjectID(4), domain.PipelineID(2), gomock.Any())
			if test.failure != nil {
				enqueue.Return(domain.JobID(0), test.failure)
			} else {
				enqueue.DoAndReturn(enqueueing(domain.Pipeline{ID: 2, Project: 4, Ref: "main"}, nil, &ports.Enqueued{}))
			}
			view, err := samsQueue(t, h).Enqueue(t.Context(), test.spec, 2)
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, view)
		})
	}
}

func TestEnqueuePassesOnThatTheJobCannotBeShown(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.jobs.EXPECT().Enqueue(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(domain.JobID(9), nil)
	h.announcesJobs([]domain.JobID{9}, domain.QueuedJob{Job: 9})
	h.jobs.EXPECT().Find(gomock.Any(), gomock.Any(), gomock.Any()).Return(ports.JobDetails{}, errDown)
	_, err := samsQueue(t, h).Enqueue(t.Context(), aSpec(), 0)
	assert.ErrorIs(t, err, errDown)
}
