package domain_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"runyard/domain"
)

func TestNewPipeline(t *testing.T) {
	t.Parallel()
	project := domain.RestoreProject(domain.ProjectState{ID: 4, DefaultBranch: "trunk"})
	want := domain.Pipeline{
		Project: 4, SHA: strings.Repeat("0", 40), Ref: "trunk", Status: domain.JobCreated, CreatedAt: noon, UpdatedAt: noon,
	}
	assert.Empty(t, cmp.Diff(want, domain.NewPipeline(aSpec(), project, noon)), "the default branch and forty zeros")

	spec := aSpec()
	spec.Ref, spec.Tag, spec.Commit = "v1", true, &domain.Commit{ID: sha}
	want.Ref, want.Tag, want.SHA = "v1", true, sha
	assert.Empty(t, cmp.Diff(want, domain.NewPipeline(spec, project, noon)))
}

func TestJoiningAPipeline(t *testing.T) {
	t.Parallel()
	pipeline := domain.Pipeline{ID: 6, Ref: "v1", Tag: true}
	joined := aSpec().Joining(pipeline)
	assert.Equal(t, "v1", joined.Ref, "a job that names no ref has the pipeline's")
	assert.True(t, joined.Tag)

	spec := aSpec()
	spec.Ref = "main"
	joined = spec.Joining(pipeline)
	assert.Equal(t, "main", joined.Ref, "a job that names one keeps it")
	assert.False(t, joined.Tag)
}

func TestPipelineStatus(t *testing.T) {
	t.Parallel()
	is := func(statuses ...domain.JobStatus) (jobs []domain.JobOutcome) {
		for _, status := range statuses {
			jobs = append(jobs, domain.JobOutcome{Status: status})
		}
		return jobs
	}
	mayFail := func(status domain.JobStatus) domain.JobOutcome {
		return domain.JobOutcome{Status: status, AllowFailure: true}
	}
	for name, test := range map[string]struct {
		jobs []domain.JobOutcome
		want domain.JobStatus
	}{
		"no jobs":                                     {nil, domain.JobCreated},
		"all succeeded":                               {is("success", "success"), domain.JobSuccess},
		"all skipped":                                 {is("skipped"), domain.JobSkipped},
		"success outweighs skipped":                   {is("skipped", "success"), domain.JobSuccess},
		"a failure outweighs a success":               {is("success", "failed", "skipped"), domain.JobFailed},
		"a failure outweighs a cancelation":           {is("canceled", "failed"), domain.JobFailed},
		"a cancelation outweighs a success":           {is("success", "canceled"), domain.JobCanceled},
		"what still moves outweighs what is over":     {is("failed", "running"), domain.JobRunning},
		"canceling still runs":                        {is("success", "canceling"), domain.JobRunning},
		"pending":                                     {is("pending", "created"), domain.JobPending},
		"pending after something was over is running": {is("pending", "success"), domain.JobRunning},
		"created after something was over is running": {is("created", "failed"), domain.JobRunning},
		"created alone":                               {is("created"), domain.JobCreated},
		"created after only skips did not start":      {is("created", "skipped"), domain.JobCreated},
		"a manual job waits for a person":             {is("success", "manual"), domain.JobManual},
		"scheduled":                                   {is("scheduled", "success"), domain.JobScheduled},
		"preparing":                                   {is("preparing", "success"), domain.JobPreparing},
		"waiting for a resource":                      {is("waiting_for_resource", "preparing"), domain.JobWaitingForResource},
		"a failure that is allowed is a success":      {[]domain.JobOutcome{mayFail("failed")}, domain.JobSuccess},
		"a cancelation that is allowed is a success":  {[]domain.JobOutcome{mayFail("canceled")}, domain.JobSuccess},
		"a manual job that may fail is skipped":       {append(is("success"), mayFail("manual")), domain.JobSuccess},
		"a success that might have failed":            {[]domain.JobOutcome{mayFail("success")}, domain.JobSuccess},
		"statuses nobody knows":                       {is("unheard of"), domain.JobCreated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, domain.PipelineStatus(test.jobs))
		})
	}
}

func TestPipelineStatusIsFinalWhenAllJobsAre(t *testing.T) {
	t.Parallel()
	all := []domain.JobStatus{
		domain.JobCreated, domain.JobPending, domain.JobRunning, domain.JobCanceling, domain.JobSuccess, domain.JobFailed,
		domain.JobCanceled, domain.JobSkipped, domain.JobManual, domain.JobScheduled,
	}
	rapid.Check(t, func(t *rapid.T) {
		jobs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) domain.JobOutcome {
			return domain.JobOutcome{
				Status:       rapid.SampledFrom(all).Draw(t, "status"),
				AllowFailure: rapid.Bool().Draw(t, "allow failure"),
			}
		}), 1, 5).Draw(t, "jobs")
		over := true
		for _, job := range jobs {
			optional := job.Status == domain.JobManual && job.AllowFailure // nobody has to start it
			over = over && (job.Status.Final() || optional)
		}
		assert.Equal(t, over, domain.PipelineStatus(jobs).Final())
		assert.Equal(t, domain.PipelineStatus(jobs), domain.PipelineStatus(rapid.Permutation(jobs).Draw(t, "shuffled")))
	})
}
