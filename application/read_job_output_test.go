package application_test

import (
	"io"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
)

// finds makes the job the one of project 4 with its id.
func (h *harness) finds(j *domain.Job) {
	h.jobs.EXPECT().Find(gomock.Any(), domain.ProjectID(4), j.ID()).Return(ports.JobDetails{
		Job: j, Pipeline: domain.Pipeline{ID: 2, Project: 4},
	}, nil)
}

func TestTheTraceIsReadAsFarAsItCounts(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.finds(atAgent(traced("hello")))
	h.announces(ports.QueueEvent{Watched: 9})
	h.traceStore.EXPECT().Open(gomock.Any(), ports.TraceID{Job: 9}, int64(5)).Return(content(), nil)
	trace, err := samsJobs(t, h).Trace(t.Context(), 9)
	require.NoError(t, err)
	text, err := io.ReadAll(trace)
	require.NoError(t, err)
	assert.Equal(t, "bytes", string(text))
	require.NoError(t, trace.Close())
}

func TestAJobWithoutATraceHasAnEmptyOne(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.finds(atAgent(inStatus(domain.JobSuccess))) // so that nobody waits for more
	trace, err := samsJobs(t, h).Trace(t.Context(), 9)
	require.NoError(t, err)
	text, err := io.ReadAll(trace)
	require.NoError(t, err)
	assert.Empty(t, text)
	require.NoError(t, trace.Close())
}

func TestTheArchiveOfAJobIsRead(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.finds(atAgent())
	h.leftArtifacts(anArchive())
	bytes := content()
	h.artifactStore.EXPECT().Open(gomock.Any(), "9/key").Return(bytes, nil)
	file, err := samsJobs(t, h).Archive(t.Context(), 9)
	require.NoError(t, err)
	assert.Equal(t, anArchive(), file.Artifact)
	assert.Equal(t, bytes, file.Content)
}

func TestTheOutputOfAJobThatIsNotThere(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.jobs.EXPECT().Find(gomock.Any(), domain.ProjectID(4), domain.JobID(9)).Return(ports.JobDetails{}, errNoJob).Times(2)
	jobs := samsJobs(t, h)
	_, err := jobs.Trace(t.Context(), 9)
	require.ErrorIs(t, err, errNoJob)
	_, err = jobs.Archive(t.Context(), 9)
	require.ErrorIs(t, err, errNoJob)
}
