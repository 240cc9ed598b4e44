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

// aJob is job 9 of project 4.
func aJob() ports.JobDetails {
	return ports.JobDetails{Job: domain.RestoreJob(domain.JobState{ID: 9, Project: 4, Pipeline: 2})}
}

// samsJobs is what Sam, a Reporter, may know of the jobs of project 4.
func samsJobs(t *testing.T, h *harness) *application.ProjectJobs {
	t.Helper()
	h.onProject(aProject(), domain.Reporter)
	jobs, err := application.NewJobs(h.Ports).OfProject(t.Context(), sam, aProjectRef)
	require.NoError(t, err)
	return jobs
}

func TestProjectJobsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	for _, statuses := range [][]domain.JobStatus{nil, {domain.JobPending, domain.JobFailed}} {
		h := newHarness(t)
		h.jobs.EXPECT().List(gomock.Any(), ports.JobQuery{Project: 4, Statuses: statuses}, aPage).
			Return([]ports.ListedJob{aJob().Listed()}, 21, nil)
		h.leftArtifacts()
		list, err := samsJobs(t, h).List(t.Context(), statuses, aPage)
		require.NoError(t, err)
		assert.Equal(t, application.JobList{
			Jobs: []ports.ListedJob{aJob().Listed()}, Total: 21, At: noon, Archives: map[domain.JobID]domain.Artifact{},
		}, list)
	}
}

func TestShowJobOfTheProject(t *testing.T) {
	t.Parallel()
	kept, report := anArchive(), anArchive(ofType("junit"))
	for name, test := range map[string]struct {
		left []domain.Artifact
		want *domain.Artifact
	}{
		"it left nothing":             {nil, nil},
		"its archive is shown":        {[]domain.Artifact{report, kept}, &kept},
		"a report is no archive":      {[]domain.Artifact{report}, nil},
		"an expired archive is none":  {[]domain.Artifact{anArchive(expiring(noon))}, nil},
		"one that will expire is one": {[]domain.Artifact{anArchive(expiring(noon.Add(1)))}, new(anArchive(expiring(noon.Add(1))))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.jobs.EXPECT().Find(gomock.Any(), domain.ProjectID(4), domain.JobID(9)).Return(aJob(), nil)
			h.leftArtifacts(test.left...)
			view, err := samsJobs(t, h).Show(t.Context(), 9)
			require.NoError(t, err)
			assert.Equal(t, application.JobView{JobDetails: aJob(), Archive: test.want, At: noon}, view)
		})
	}
}

func TestProjectJobsPassOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	jobs := samsJobs(t, h)
	h.jobs.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, 0, errDown)
	h.jobs.EXPECT().Find(gomock.Any(), gomock.Any(), gomock.Any()).Return(ports.JobDetails{}, errNoJob)
	_, err := jobs.List(t.Context(), nil, aPage)
	require.ErrorIs(t, err, errDown)
	_, err = jobs.Show(t.Context(), 9)
	require.ErrorIs(t, err, errNoJob)
}
