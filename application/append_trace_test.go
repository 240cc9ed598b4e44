package application_test

import (
	"hash/crc32"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// aPiece is a piece of the trace of job 9.
func aPiece(first int64, text string) application.AppendTrace {
	return application.AppendTrace{AgentCall: aReport, First: first, Chunk: []byte(text)}
}

func TestAPieceOfATraceIsStoredBeforeItCounts(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	job := atAgent(traced("hel"), inStatus(domain.JobCanceling))
	h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(job, nil)
	write := h.traceStore.EXPECT().Write(gomock.Any(), ports.TraceID{Job: 9}, int64(3), []byte("lo")).Return(nil)
	h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).DoAndReturn(changingJob(job)).After(write)
	reply, err := newReports(h, application.AgentLimits{Trace: 5}).AppendTrace(t.Context(), aPiece(3, "lo"))
	require.NoError(t, err)
	assert.Equal(t, application.TraceReply{AgentReply: application.AgentReply{Status: domain.JobCanceling}, Size: 5}, reply)
	assert.Equal(t, domain.Trace{Size: 5, CRC: crc32.ChecksumIEEE([]byte("hello"))}, job.State().Trace)
	assert.Equal(t, noon, job.State().TouchedAt)
}

func TestAPieceThatDoesNotContinueTheTraceIsNotStored(t *testing.T) {
	t.Parallel()
	for _, first := range []int64{0, 2, 4} {
		h := newHarness(t)
		h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(traced("hel")), nil)
		reply, err := newReports(h, application.AgentLimits{}).AppendTrace(t.Context(), aPiece(first, "lo"))
		var gap *domain.TraceGap
		require.ErrorAs(t, err, &gap)
		assert.Equal(t, int64(3), gap.Size)
		assert.Equal(t, application.TraceReply{AgentReply: application.AgentReply{Status: domain.JobRunning}, Size: 3}, reply)
	}
}

func TestAPieceThatAnotherNodeStoredMeanwhileDoesNotCountTwice(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(), nil)
	h.traceStore.EXPECT().Write(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil)
	h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).DoAndReturn(changingJob(atAgent(traced("hel"))))
	reply, err := newReports(h, application.AgentLimits{}).AppendTrace(t.Context(), aPiece(0, "hel"))
	var gap *domain.TraceGap
	require.ErrorAs(t, err, &gap)
	assert.Equal(t, application.TraceReply{AgentReply: application.AgentReply{Status: domain.JobRunning}, Size: 3}, reply)
}

func TestATraceThatGrowsTooLargeEndsTheJob(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	job := atAgent(traced("hel"))
	h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(job, nil)
	h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).DoAndReturn(changingJob(job, 10))
	h.announcesJobs([]domain.JobID{10}, queued(10))
	reply, err := newReports(h, application.AgentLimits{Trace: 4}).AppendTrace(t.Context(), aPiece(3, "lo"))
	require.ErrorIs(t, err, domain.ErrTraceTooLarge)
	assert.Equal(t, application.TraceReply{AgentReply: application.AgentReply{Status: domain.JobFailed}}, reply)
	assert.Equal(t, "trace_size_exceeded", job.State().FailureReason)
	assert.Equal(t, int64(3), job.State().Trace.Size)
}

func TestAppendTraceRefusalsAndFailures(t *testing.T) {
	t.Parallel()
	stored := func(h *harness, err error) {
		h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(), nil)
		h.traceStore.EXPECT().Write(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(err)
	}
	for name, test := range map[string]struct {
		before func(h *harness)
		limit  int64
		status domain.JobStatus
		want   error
	}{
		"the job is over": {func(h *harness) {
			h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(inStatus(domain.JobCanceled)), nil)
		}, 0, domain.JobCanceled, errNotRunning},
		"the bytes cannot be stored": {func(h *harness) { stored(h, errDown) }, 0, domain.JobRunning, errDown},
		"the job ends meanwhile": {func(h *harness) {
			stored(h, nil)
			h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).
				DoAndReturn(changingJob(atAgent(inStatus(domain.JobFailed))))
			h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(inStatus(domain.JobFailed)), nil)
		}, 0, domain.JobFailed, errNotRunning},
		"the job cannot be failed": {func(h *harness) {
			h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(), nil)
			h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).Return(nil, errDown)
		}, 1, "", errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			reply, err := newReports(h, application.AgentLimits{Trace: test.limit}).AppendTrace(t.Context(), aPiece(0, "hello"))
			require.ErrorIs(t, err, test.want)
			assert.Equal(t, application.TraceReply{AgentReply: application.AgentReply{Status: test.status}}, reply)
		})
	}
}

func TestAPieceOfATraceThatWasAskedForAgainMeanwhileDoesNotCount(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(), nil)
	h.traceStore.EXPECT().Write(gomock.Any(), ports.TraceID{Job: 9}, int64(0), []byte("hel")).Return(nil)
	again := atAgent(func(s *domain.JobState) { s.Trace.Repaired = true })
	h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).DoAndReturn(changingJob(again))
	reports := newReports(h, application.AgentLimits{})
	_, err := reports.AppendTrace(t.Context(), aPiece(0, "hel"))
	var gap *domain.TraceGap
	require.ErrorAs(t, err, &gap)
	assert.Zero(t, again.State().Trace.Size)

	h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(again, nil)
	h.traceStore.EXPECT().Write(gomock.Any(), ports.TraceID{Job: 9, Repaired: true}, int64(0), []byte("hel")).Return(nil)
	h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).DoAndReturn(changingJob(again))
	_, err = reports.AppendTrace(t.Context(), aPiece(0, "hel"))
	require.NoError(t, err)
	assert.EqualValues(t, 3, again.State().Trace.Size)
}

func TestAPieceThatComesAfterTheJobWasDeletedIsNotLeftBehind(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{nil, errDown} {
		h := newHarness(t)
		h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(), nil)
		write := h.traceStore.EXPECT().Write(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil)
		h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), noon, gomock.Any()).Return(nil, errGone).After(write)
		h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(nil, errGone).After(write)
		h.traceStore.EXPECT().Delete(gomock.Any(), domain.JobID(9)).Return(failure).After(write)
		if failure != nil {
			h.faults.EXPECT().Note(gomock.Any(), "delete the trace of a job that is gone", failure)
		}
		_, err := newReports(h, application.AgentLimits{}).AppendTrace(t.Context(), aPiece(0, "hel"))
		require.ErrorIs(t, err, errForbidden)
	}
}
