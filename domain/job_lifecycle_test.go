package domain_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

// aJob is job 9, pending since yesterday.
func aJob(changes ...func(s *domain.JobState)) *domain.Job {
	s := domain.JobState{
		ID: 9, Project: 4, Pipeline: 2, Name: "compile", Stage: "build", Status: domain.JobPending, Ref: "main",
		Tags: domain.Tags{}, Timeout: 3600, CreatedAt: yesterday, QueuedAt: yesterday,
	}
	for _, change := range changes {
		change(&s)
	}
	return domain.RestoreJob(s)
}

// handedOver makes the job one that runner 7 got an hour before noon and that
// it spoke of a minute later.
func handedOver(s *domain.JobState) {
	s.Status, s.Runner, s.Token, s.RunTimeout = domain.JobRunning, 7, "token digest", 3600
	s.StartedAt = noon.Add(-time.Hour)
	s.AcknowledgedAt = s.StartedAt.Add(time.Minute)
	s.TouchedAt = s.AcknowledgedAt
}

func graceful(s *domain.JobState) { s.Graceful = true }

func inStatus(status domain.JobStatus) func(s *domain.JobState) {
	return func(s *domain.JobState) { s.Status = status }
}

// after is the state of the job after the change; anything else must be as it was.
func after(j *domain.Job, change func(s *domain.JobState)) domain.JobState {
	s := j.State()
	change(&s)
	return s
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		runners *int64
		want    int64
	}{
		"without a timeout of the runner the job's counts": {nil, 3600},
		"a shorter timeout of the runner counts":           {new(int64(600)), 600},
		"a longer timeout of the runner does not":          {new(int64(7200)), 3600},
		"zero is no timeout":                               {new(int64(0)), 3600},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := aJob()
			want := after(job, func(s *domain.JobState) {
				s.Status, s.Runner, s.SystemID, s.Token, s.Graceful = domain.JobRunning, 7, "s_1", "digest", true
				s.RunTimeout, s.StartedAt, s.TouchedAt = test.want, noon, noon
			})
			runner := aRunner(func(s *domain.RunnerState) { s.MaximumTimeout = test.runners })
			require.NoError(t, job.HandOver(domain.HandOver{
				Runner: runner, SystemID: "s_1", Token: "digest", Graceful: true, At: noon,
			}))
			assert.Empty(t, cmp.Diff(want, job.State()))
		})
	}
}

func TestOnlyPendingJobsAreHandedOver(t *testing.T) {
	t.Parallel()
	for _, status := range append(allStatuses(), domain.JobCanceling) {
		job := aJob(inStatus(status))
		before := job.State()
		err := job.HandOver(domain.HandOver{Runner: aRunner(), Token: "digest", At: noon})
		if status == domain.JobPending {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, domain.ErrNotPending, status)
		assert.Empty(t, cmp.Diff(before, job.State()), status)
	}
}

// allStatuses are the statuses by which jobs can be filtered.
func allStatuses() []domain.JobStatus {
	var statuses []domain.JobStatus
	for _, name := range domain.JobStatuses() {
		statuses = append(statuses, domain.JobStatus(name))
	}
	return statuses
}

func TestTakeBackMakesTheJobWaitAgain(t *testing.T) {
	t.Parallel()
	job := aJob()
	before := job.State()
	require.NoError(t, job.HandOver(domain.HandOver{
		Runner: aRunner(), SystemID: "s_1", Token: "digest", Graceful: true, At: noon,
	}))
	given := job.State()

	job.TakeBack("another digest", noon)
	assert.Empty(t, cmp.Diff(given, job.State()), "it went to somebody else meanwhile")
	job.TakeBack("digest", noon)
	assert.Empty(t, cmp.Diff(before, job.State()))
}

func TestTakeBackCancelsWhatIsBeingCanceled(t *testing.T) {
	t.Parallel()
	job := aJob(handedOver, inStatus(domain.JobCanceling))
	want := after(job, func(s *domain.JobState) { s.Status, s.FinishedAt = domain.JobCanceled, noon })
	job.TakeBack("token digest", noon)
	assert.Empty(t, cmp.Diff(want, job.State()))

	job.TakeBack("token digest", noon.Add(time.Second))
	assert.Empty(t, cmp.Diff(want, job.State()), "what is over stays as it is")
}

func TestHasToken(t *testing.T) {
	t.Parallel()
	assert.True(t, aJob(handedOver).HasToken("token digest"))
	assert.False(t, aJob(handedOver).HasToken("another digest"))
	assert.False(t, aJob().HasToken(""), "a job without a token belongs to nobody")
}

func TestAJobThatIsCanceledBeforeItsAgentBeginsHasNothingToEndGracefully(t *testing.T) {
	t.Parallel()
	untouched := func(s *domain.JobState) {
		s.Status, s.Graceful, s.AcknowledgedAt, s.Trace = domain.JobCanceling, true, time.Time{}, domain.Trace{}
	}
	job := aJob(handedOver, untouched)
	require.NoError(t, job.Acknowledge(noon))
	require.Equal(t, domain.JobCanceling, job.State().Status, "the agent may still report the end")
	require.False(t, job.State().Graceful)
	require.NoError(t, job.Finish(domain.JobResult{}, noon))
	require.Equal(t, domain.JobCanceled, job.State().Status)

	for name, change := range map[string]func(s *domain.JobState){
		"it printed something":         func(s *domain.JobState) { s.Trace.Size = 1 },
		"it printed something damaged": func(s *domain.JobState) { s.Trace.Repaired = true },
		"it was acknowledged before":   func(s *domain.JobState) { s.AcknowledgedAt = yesterday },
		"nobody cancels it":            func(s *domain.JobState) { s.Status = domain.JobRunning },
	} {
		job := aJob(handedOver, untouched, change)
		require.NoError(t, job.Acknowledge(noon))
		require.True(t, job.State().Graceful, name)
	}
}

func TestAcknowledgeKeepsTheFirstMoment(t *testing.T) {
	t.Parallel()
	job := aJob(handedOver, func(s *domain.JobState) { s.AcknowledgedAt = time.Time{} })
	want := after(job, func(s *domain.JobState) { s.AcknowledgedAt, s.TouchedAt = noon, noon })
	require.NoError(t, job.Acknowledge(noon))
	assert.Empty(t, cmp.Diff(want, job.State()))

	later := noon.Add(time.Minute)
	want.TouchedAt = later
	require.NoError(t, job.Acknowledge(later))
	assert.Empty(t, cmp.Diff(want, job.State()))
}

func TestFinish(t *testing.T) {
	t.Parallel()
	failure := domain.JobResult{Reason: domain.ScriptFailure, ExitCode: new(int64(7))}
	for name, test := range map[string]struct {
		status domain.JobStatus
		result domain.JobResult
		want   func(s *domain.JobState)
	}{
		"success": {domain.JobRunning, domain.JobResult{Success: true}, inStatus(domain.JobSuccess)},
		"a failure has a reason and an exit code": {domain.JobRunning, failure, func(s *domain.JobState) {
			s.Status, s.FailureReason, s.ExitCode = domain.JobFailed, "script_failure", new(int64(7))
		}},
		"a failure without an exit code": {
			domain.JobRunning, domain.JobResult{Reason: domain.JobExecutionTimeout}, func(s *domain.JobState) {
				s.Status, s.FailureReason = domain.JobFailed, "job_execution_timeout"
			},
		},
		"a large exit code is cut": {
			domain.JobRunning,
			domain.JobResult{Reason: domain.ScriptFailure, ExitCode: new(int64(3221225786))},
			func(s *domain.JobState) {
				s.Status, s.FailureReason, s.ExitCode = domain.JobFailed, "script_failure", new(int64(32767))
			},
		},
		"a failure of a job that was being canceled is a cancel": {domain.JobCanceling, failure, inStatus(domain.JobCanceled)},
		"and so is a success": {
			domain.JobCanceling, domain.JobResult{Success: true}, inStatus(domain.JobCanceled),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := aJob(handedOver, inStatus(test.status))
			want := after(job, func(s *domain.JobState) {
				test.want(s)
				s.FinishedAt, s.TouchedAt = noon, noon
			})
			require.NoError(t, job.Finish(test.result, noon))
			assert.Empty(t, cmp.Diff(want, job.State()))
		})
	}
}

func TestAgentsAreRefusedOnceTheJobIsNotTheirs(t *testing.T) {
	t.Parallel()
	notRunning := domain.Forbidden("Job is not running")
	for _, status := range append(allStatuses(), domain.JobCanceling) {
		job := aJob(handedOver, inStatus(status))
		before := job.State()
		if status == domain.JobRunning || status == domain.JobCanceling {
			assert.True(t, job.AtAgent())
			assert.NoError(t, job.MustBeAtAgent())
			continue
		}
		assert.False(t, job.AtAgent(), status)
		require.ErrorIs(t, job.MustBeAtAgent(), notRunning, status)
		require.ErrorIs(t, job.Acknowledge(noon), notRunning, status)
		require.ErrorIs(t, job.Finish(domain.JobResult{Success: true}, noon), notRunning, status)
		require.ErrorIs(t, job.AppendTrace(0, []byte("x"), noon), notRunning, status)
		assert.Empty(t, cmp.Diff(before, job.State()), status)
	}
}

func TestFail(t *testing.T) {
	t.Parallel()
	for status, want := range map[domain.JobStatus]domain.JobStatus{
		domain.JobPending: domain.JobFailed, domain.JobRunning: domain.JobFailed, domain.JobCanceling: domain.JobCanceled,
	} {
		job := aJob(handedOver, inStatus(status))
		expected := after(job, func(s *domain.JobState) {
			s.Status, s.FailureReason, s.FinishedAt = want, "no_updates_running", noon
		})
		job.Fail(domain.NoUpdatesRunning, noon)
		assert.Empty(t, cmp.Diff(expected, job.State()), status)
		job.Fail(domain.MissingDependency, noon.Add(time.Hour))
		assert.Empty(t, cmp.Diff(expected, job.State()), "what is over stays as it is")
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ended := func(s *domain.JobState) { s.Status, s.FinishedAt = domain.JobCanceled, noon }
	unchanged := func(*domain.JobState) {}
	for name, test := range map[string]struct {
		job  *domain.Job
		want func(s *domain.JobState)
	}{
		"a pending job is canceled at once":            {aJob(), ended},
		"and so is one that waits for others":          {aJob(inStatus(domain.JobCreated)), ended},
		"and one that waits for a person":              {aJob(inStatus(domain.JobManual)), ended},
		"and one whose agent knows no better":          {aJob(handedOver), ended},
		"an agent that can is asked to stop":           {aJob(handedOver, graceful), inStatus(domain.JobCanceling)},
		"who is stopping already is not asked again":   {aJob(handedOver, graceful, inStatus(domain.JobCanceling)), unchanged},
		"what succeeded stays a success":               {aJob(handedOver, inStatus(domain.JobSuccess)), unchanged},
		"what was skipped stays skipped":               {aJob(inStatus(domain.JobSkipped)), unchanged},
		"what is pending can be graceful but need not": {aJob(graceful), ended},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := after(test.job, test.want)
			test.job.Cancel(noon)
			assert.Empty(t, cmp.Diff(want, test.job.State()))
		})
	}
}

func TestAwait(t *testing.T) {
	t.Parallel()
	needs := func(s *domain.JobState) {
		s.Status, s.Needs, s.QueuedAt = domain.JobCreated, []domain.JobID{2}, time.Time{}
	}
	for name, test := range map[string]struct {
		job    *domain.Job
		needed domain.JobStatus
		want   func(s *domain.JobState)
	}{
		"it goes into the queue when what it needs succeeded": {aJob(needs), domain.JobSuccess, func(s *domain.JobState) {
			s.Status, s.QueuedAt = domain.JobPending, noon
		}},
		"it is skipped when what it needs failed": {aJob(needs), domain.JobFailed, func(s *domain.JobState) {
			s.Status, s.FinishedAt = domain.JobSkipped, noon
		}},
		"it goes on waiting while what it needs runs": {aJob(needs), domain.JobRunning, func(*domain.JobState) {}},
		"who does not wait for others is left alone":  {aJob(needs, inStatus(domain.JobManual)), domain.JobSuccess, func(*domain.JobState) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := after(test.job, test.want)
			test.job.Await([]domain.JobSibling{sibling(2, test.needed, false)}, noon)
			assert.Empty(t, cmp.Diff(want, test.job.State()))
		})
	}
}

// finished is a job that left traces everywhere.
func finished(status domain.JobStatus) *domain.Job {
	return aJob(handedOver, graceful, func(s *domain.JobState) {
		s.Status, s.FailureReason, s.ExitCode, s.Coverage = status, "script_failure", new(int64(7)), new(81.5)
		s.SystemID, s.FinishedAt, s.User = "s_1", noon.Add(-time.Minute), 5
		s.Trace = domain.Trace{Size: 3, CRC: 4, Repaired: true}
		s.Needs, s.Dependencies = []domain.JobID{2}, []domain.JobID{2}
		s.Definition.Script = []string{"make"}
	})
}

func TestRetryDoesTheSameOnceMore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status, needed domain.JobStatus
		want           func(s *domain.JobState)
	}{
		"after a success":             {domain.JobSuccess, domain.JobSuccess, func(s *domain.JobState) { s.Status, s.QueuedAt = domain.JobPending, noon }},
		"after a failure":             {domain.JobFailed, domain.JobSuccess, func(s *domain.JobState) { s.Status, s.QueuedAt = domain.JobPending, noon }},
		"after a cancel":              {domain.JobCanceled, domain.JobSuccess, func(s *domain.JobState) { s.Status, s.QueuedAt = domain.JobPending, noon }},
		"it waits for what it needs":  {domain.JobFailed, domain.JobRunning, inStatus(domain.JobCreated)},
		"it is skipped if that fails": {domain.JobFailed, domain.JobFailed, func(s *domain.JobState) { s.Status, s.FinishedAt = domain.JobSkipped, noon }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := finished(test.status)
			before := job.State()
			again, err := job.Retry(6, []domain.JobSibling{sibling(2, test.needed, false)}, noon)
			require.NoError(t, err)
			want := domain.JobState{
				Project: 4, Pipeline: 2, Name: "compile", Stage: "build", Ref: "main", Tags: domain.Tags{}, Timeout: 3600,
				Needs: []domain.JobID{2}, Dependencies: []domain.JobID{2},
				Definition: domain.JobDefinition{Script: []string{"make"}}, User: 6, CreatedAt: noon,
			}
			test.want(&want)
			assert.Empty(t, cmp.Diff(want, again.State()))
			assert.Empty(t, cmp.Diff(before, job.State()), "the old job stays")
		})
	}
}

func TestOnlyWhatRanOrWasStoppedCanBeRetried(t *testing.T) {
	t.Parallel()
	for _, status := range []domain.JobStatus{
		domain.JobCreated, domain.JobManual, domain.JobPending, domain.JobRunning, domain.JobCanceling, domain.JobSkipped,
	} {
		again, err := finished(status).Retry(6, nil, noon)
		require.ErrorIs(t, err, domain.Forbidden("Job is not retryable"), status)
		assert.Nil(t, again)
	}
}

func TestJobsHideTheDigestOfTheirToken(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.Equal(t, "job 9", fmt.Sprintf(verb, aJob(handedOver)))
	}
}
