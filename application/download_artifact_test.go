package application_test

import (
	"io"
	"strings"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

// content is what is read of an artifact.
func content() io.ReadCloser { return io.NopCloser(strings.NewReader("bytes")) }

// aDownload asks for the archive of job 9 with the token of another one.
var aDownload = application.AgentCall{Job: 9, Token: "glcbt-21"}

func TestDownloadArtifact(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.jobs.EXPECT().FindByToken(gomock.Any(), digestOf("glcbt-21")).Return(atAgent(dependingOn(8, 9)), nil)
	h.leftArtifacts(anArchive(ofType("junit")), anArchive())
	bytes := content()
	h.artifactStore.EXPECT().Open(gomock.Any(), "9/key").Return(bytes, nil)
	file, err := newReports(h, application.AgentLimits{}).DownloadArtifact(t.Context(), aDownload)
	require.NoError(t, err)
	assert.Equal(t, application.ArtifactFile{Artifact: anArchive(), Content: bytes}, file)
}

func TestDownloadArtifactRefusalsAndFailures(t *testing.T) {
	t.Parallel()
	finds := func(h *harness, j *domain.Job, err error) {
		h.jobs.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(j, err)
	}
	for name, test := range map[string]struct {
		token  domain.Secret
		before func(h *harness)
		want   error
	}{
		"no token":                {"", func(*harness) {}, errForbidden},
		"an unknown token":        {"x", func(h *harness) { finds(h, nil, errNoJob) }, errForbidden},
		"a job that is over":      {"x", func(h *harness) { finds(h, atAgent(dependingOn(9), inStatus(domain.JobSuccess)), nil) }, errNotRunning},
		"no dependency of it":     {"x", func(h *harness) { finds(h, atAgent(dependingOn(8)), nil) }, errForbidden},
		"not even its own":        {"x", func(h *harness) { finds(h, atAgent(), nil) }, errForbidden},
		"jobs cannot be read":     {"x", func(h *harness) { finds(h, nil, errDown) }, errDown},
		"it left nothing":         {"x", func(h *harness) { finds(h, atAgent(dependingOn(9)), nil); h.leftArtifacts() }, errNoArtifacts},
		"what it left is expired": {"x", func(h *harness) { finds(h, atAgent(dependingOn(9)), nil); h.leftArtifacts(anArchive(expiring(noon))) }, errNoArtifacts},
		"what it left cannot be found out": {"x", func(h *harness) {
			finds(h, atAgent(dependingOn(9)), nil)
			h.artifacts.EXPECT().OfJobs(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
		"what it left cannot be read": {"x", func(h *harness) {
			finds(h, atAgent(dependingOn(9)), nil)
			h.leftArtifacts(anArchive())
			h.artifactStore.EXPECT().Open(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			file, err := newReports(h, application.AgentLimits{}).DownloadArtifact(t.Context(),
				application.AgentCall{Job: 9, Token: test.token})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, file)
		})
	}
}

var errNoArtifacts = domain.NotFound("Artifacts")
