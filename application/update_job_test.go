package application_test

import (
	"fmt"
	"hash/crc32"
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

var errNotRunning = domain.Forbidden("Job is not running")

// aReport is a call for job 9 with its token.
var aReport = application.AgentCall{Job: 9, Token: "glcbt-9"}

// atAgent is job 9, which runner 7 runs since yesterday.
func atAgent(changes ...func(s *domain.JobState)) *domain.Job {
	s := domain.JobState{
		ID: 9, Project: 4, Status: domain.JobRunning, Runner: 7, Token: digestOf("glcbt-9"), Timeout: 3600, RunTimeout: 3600,
		QueuedAt: yesterday, StartedAt: noon.Add(-time.Second), TouchedAt: yesterday,
	}
	for _, change := range changes {
		change(&s)
	}
	return domain.RestoreJob(s)
}

func inStatus(status domain.JobStatus) func(s *domain.JobState) {
	return func(s *domain.JobState) { s.Status = status }
}

// traced gives the job a trace.
func traced(text string) func(s *domain.JobState) {
	return func(s *domain.JobState) {
		s.Trace.Size, s.Trace.CRC = int64(len(text)), crc32.ChecksumIEEE([]byte(text))
	}
}

// newReports is the use cases of agents at noon.
func newReports(h *harness, limits application.AgentLimits) *application.Agents {
	return application.NewAgents(h.Ports, limits, nil, "")
}

func TestUpdateJob(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		job    *domain.Job
		report application.UpdateJob
		want   func(s *domain.JobState)
		status domain.JobStatus
		err    error
	}{
		"the agent has it": {
			atAgent(),
			application.UpdateJob{State: "running"},
			func(s *domain.JobState) { s.AcknowledgedAt, s.TouchedAt = noon, noon }, domain.JobRunning, nil,
		},
		"the agent is told that it shall stop": {
			atAgent(inStatus(domain.JobCanceling)),
			application.UpdateJob{State: "running"},
			func(s *domain.JobState) { s.AcknowledgedAt, s.TouchedAt = noon, noon }, domain.JobCanceling, nil,
		},
		"success": {
			atAgent(),
			application.UpdateJob{State: "success", Bytesize: -1},
			func(s *domain.JobState) { s.Status, s.FinishedAt, s.TouchedAt = domain.JobSuccess, noon, noon },
			domain.JobSuccess, nil,
		},
		"a failure": {
			atAgent(),
			application.UpdateJob{State: "failed", FailureReason: "script_failure", ExitCode: new(int64(7)), Bytesize: -1},
			func(s *domain.JobState) {
				s.Status, s.FinishedAt, s.TouchedAt = domain.JobFailed, noon, noon
				s.FailureReason, s.ExitCode = "script_failure", new(int64(7))
			}, domain.JobFailed, nil,
		},
		"a failure that nobody knows": {
			atAgent(),
			application.UpdateJob{State: "failed", FailureReason: "asteroid", Bytesize: -1},
			func(s *domain.JobState) {
				s.Status, s.FinishedAt, s.TouchedAt, s.FailureReason = domain.JobFailed, noon, noon, "unknown_failure"
			}, domain.JobFailed, nil,
		},
		"a failure of a canceled job": {
			atAgent(inStatus(domain.JobCanceling)),
			application.UpdateJob{State: "failed", Bytesize: -1},
			func(s *domain.JobState) { s.Status, s.FinishedAt, s.TouchedAt = domain.JobCanceled, noon, noon },
			domain.JobCanceled, nil,
		},
		"the traces are the same": {
			atAgent(traced("hello")),
			application.UpdateJob{State: "success", Checksum: crcOf("hello"), Bytesize: 5},
			func(s *domain.JobState) { s.Status, s.FinishedAt, s.TouchedAt = domain.JobSuccess, noon, noon },
			domain.JobSuccess, nil,
		},
		"the traces are not the same": {
			atAgent(traced("hello")),
			application.UpdateJob{State: "success", Checksum: crcOf("hallo"), Bytesize: 5},
			func(s *domain.JobState) { s.Trace, s.TouchedAt = domain.Trace{Repaired: true}, noon },
			domain.JobRunning, application.ErrTraceDamaged,
		},
		"the traces are not the same for the second time": {
			atAgent(traced("hello"), func(s *domain.JobState) { s.Trace.Repaired = true }),
			application.UpdateJob{State: "success", Checksum: crcOf("hallo"), Bytesize: 5},
			func(s *domain.JobState) { s.Status, s.FinishedAt, s.TouchedAt = domain.JobSuccess, noon, noon },
			domain.JobSuccess, nil,
		},
		"what is over is over": {
			atAgent(inStatus(domain.JobSuccess)),
			application.UpdateJob{State: "failed"},
			func(*domain.JobState) {}, domain.JobSuccess, errNotRunning,
		},
		"what is over is the first thing said": {
			atAgent(inStatus(domain.JobFailed)),
			application.UpdateJob{State: "asleep"},
			func(*domain.JobState) {}, domain.JobFailed, errNotRunning,
		},
		"an unknown state": {
			atAgent(),
			application.UpdateJob{State: "asleep"},
			func(*domain.JobState) {}, domain.JobRunning, domain.BadRequest("400 Bad request - Unknown state"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			want := test.job.State()
			test.want(&want)
			h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).DoAndReturn(changingJob(test.job))
			test.report.AgentCall = aReport
			reply, err := newReports(h, application.AgentLimits{}).Update(t.Context(), test.report)
			check(t, test.err, err)
			assert.Equal(t, test.status, reply.Status)
			assert.Equal(t, want, test.job.State())
		})
	}
}

func crcOf(text string) string { return fmt.Sprintf("crc32:%08x", crc32.ChecksumIEEE([]byte(text))) }

func TestTheEndOfAJobReleasesOthers(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).DoAndReturn(changingJob(atAgent(), 10, 11))
	h.announcesJobs([]domain.JobID{10, 11}, queued(10), queued(11))
	_, err := newReports(h, application.AgentLimits{}).Update(t.Context(), application.UpdateJob{
		AgentCall: aReport, State: "success", Bytesize: -1,
	})
	require.NoError(t, err)
}

func TestReportsOfWhomWeDoNotKnowAreRefusedWithoutAWord(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		job     *domain.Job
		token   domain.Secret
		failure error
		want    error
	}{
		"an unknown job":          {nil, "glcbt-9", errNoJob, errForbidden},
		"another job's token":     {atAgent(), "glcbt-8", nil, errForbidden},
		"no token":                {atAgent(), "", nil, errForbidden},
		"a token of nothing":      {atAgent(func(s *domain.JobState) { s.Token = "" }), "", nil, errForbidden},
		"a job that is over":      {atAgent(inStatus(domain.JobSuccess)), "glcbt-8", nil, errForbidden},
		"storage that is no help": {nil, "glcbt-9", errDown, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			update := h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any())
			load := h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Times(2)
			if test.job == nil {
				update.Return(nil, test.failure)
				load.Return(nil, test.failure)
			} else {
				update.DoAndReturn(changingJob(test.job))
				load.Return(test.job, nil)
			}
			agents := newReports(h, application.AgentLimits{})
			call := application.AgentCall{Job: 9, Token: test.token}
			reply, err := agents.Update(t.Context(), application.UpdateJob{AgentCall: call, State: "running"})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, reply)
			trace, err := agents.AppendTrace(t.Context(), application.AppendTrace{AgentCall: call})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, trace)
			reply, err = agents.UploadArtifact(t.Context(), application.UploadArtifact{AgentCall: call})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, reply)
		})
	}
}

func TestAJobWhoseRunnerIsGoneMakesNoContact(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		stop := h.run(t)
		job := atAgent(func(s *domain.JobState) { s.Runner = 0 })
		h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), gomock.Any(), gomock.Any()).DoAndReturn(changingJob(job))
		_, err := h.agents.Update(t.Context(), application.UpdateJob{AgentCall: aReport, State: "running"})
		require.NoError(t, err)
		time.Sleep(10 * time.Second) // storing a contact would fail the test
		require.NoError(t, stop())
	})
}
