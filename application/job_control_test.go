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

// samsControl is what Sam, a Developer, may do with the jobs of project 4.
func samsControl(t *testing.T, h *harness) *application.JobControl {
	t.Helper()
	h.onProject(aProject(), domain.Developer)
	control, err := application.NewJobs(h.Ports).ControlOf(t.Context(), sam, aProjectRef)
	require.NoError(t, err)
	return control
}

func TestJobControlIsForDevelopers(t *testing.T) {
	t.Parallel()
	for _, level := range everyLevel {
		h := newHarness(t)
		h.onProject(aProject(), level)
		control, err := application.NewJobs(h.Ports).ControlOf(t.Context(), sam, aProjectRef)
		switch {
		case level == domain.NoAccess:
			require.ErrorIs(t, err, errNoProject)
		case level < domain.Developer:
			require.ErrorIs(t, err, errForbidden)
		default:
			require.NoError(t, err)
			assert.NotNil(t, control)
			continue
		}
		assert.Nil(t, control)
	}
}

func TestCancelJob(t *testing.T) {
	t.Parallel()
	graceful := func(s *domain.JobState) { s.Graceful = true }
	for name, test := range map[string]struct {
		job  *domain.Job
		want domain.JobStatus
	}{
		"an agent that can is asked to stop":    {atAgent(graceful), domain.JobCanceling},
		"from others the job is taken":          {atAgent(), domain.JobCanceled},
		"a job that waits is canceled":          {atAgent(inStatus(domain.JobPending)), domain.JobCanceled},
		"a job that succeeded stays a success":  {atAgent(inStatus(domain.JobSuccess)), domain.JobSuccess},
		"a cancel may be asked for twice":       {atAgent(graceful, inStatus(domain.JobCanceling)), domain.JobCanceling},
		"a job that waits for a person is over": {atAgent(inStatus(domain.JobManual)), domain.JobCanceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.finds(test.job)
			h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).DoAndReturn(changingJob(test.job, 10))
			h.announcesJobs([]domain.JobID{10}, queued(10))
			h.finds(test.job)
			h.leftArtifacts()
			view, err := samsControl(t, h).Cancel(t.Context(), 9)
			require.NoError(t, err)
			assert.Equal(t, test.want, view.Job.State().Status)
			assert.Equal(t, noon, view.At)
		})
	}
}

func TestCancelJobFailures(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	control := samsControl(t, h)
	h.jobs.EXPECT().Find(gomock.Any(), domain.ProjectID(4), domain.JobID(9)).Return(ports.JobDetails{}, errNoJob)
	view, err := control.Cancel(t.Context(), 9)
	require.ErrorIs(t, err, errNoJob, "a job of another project is left alone")
	assert.Zero(t, view)

	h.finds(atAgent())
	h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).Return(nil, errDown)
	view, err = control.Cancel(t.Context(), 9)
	require.ErrorIs(t, err, errDown)
	assert.Zero(t, view)

	job := atAgent()
	h.finds(job)
	h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).DoAndReturn(changingJob(job))
	h.jobs.EXPECT().Find(gomock.Any(), domain.ProjectID(4), domain.JobID(9)).Return(ports.JobDetails{}, errDown)
	view, err = control.Cancel(t.Context(), 9)
	require.ErrorIs(t, err, errDown)
	assert.Zero(t, view)
}

func TestRetryJobMakesANewJobOfThePipeline(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	old := atAgent(inStatus(domain.JobFailed), func(s *domain.JobState) {
		s.ID, s.Name, s.Needs, s.User = 8, "build", []domain.JobID{7}, 1
	})
	joined := domain.Pipeline{ID: 2, Project: 4, Ref: "main"}
	siblings := []domain.JobSibling{{ID: 7, JobOutcome: domain.JobOutcome{Status: domain.JobSuccess}}}
	var planned ports.Enqueued
	h.finds(old)
	h.jobs.EXPECT().Enqueue(gomock.Any(), domain.ProjectID(4), domain.PipelineID(2), gomock.Any()).
		DoAndReturn(enqueueing(joined, siblings, &planned))
	h.announcesJobs([]domain.JobID{9}, queued(9))
	h.finds(atAgent())
	view, err := samsControl(t, h).Retry(t.Context(), 8)
	require.NoError(t, err)
	assert.Equal(t, domain.JobID(9), view.Job.ID())
	assert.Nil(t, view.Archive)
	assert.Equal(t, joined, planned.Pipeline)
	job := planned.Job.State()
	assert.Equal(t, "build", job.Name)
	assert.Equal(t, domain.JobPending, job.Status)
	assert.Equal(t, sam.User, job.User)
	assert.Zero(t, job.Runner)
}

func TestRetryJobRefusals(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	control := samsControl(t, h)
	h.jobs.EXPECT().Find(gomock.Any(), domain.ProjectID(4), domain.JobID(9)).Return(ports.JobDetails{}, errNoJob)
	view, err := control.Retry(t.Context(), 9)
	require.ErrorIs(t, err, errNoJob)
	assert.Zero(t, view)

	h.finds(atAgent())
	h.jobs.EXPECT().Enqueue(gomock.Any(), domain.ProjectID(4), domain.PipelineID(2), gomock.Any()).
		DoAndReturn(enqueueing(domain.Pipeline{ID: 2}, nil, &ports.Enqueued{}))
	view, err = control.Retry(t.Context(), 9)
	require.ErrorIs(t, err, domain.Forbidden("Job is not retryable"))
	assert.Zero(t, view)
}
