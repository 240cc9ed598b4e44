package application_test

import (
	"context"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// anUpload is a file that job 9 leaves.
func anUpload(changes ...func(u *application.UploadArtifact)) application.UploadArtifact {
	u := application.UploadArtifact{AgentCall: aReport, Filename: "pack.zip", Content: strings.NewReader("bytes")}
	for _, change := range changes {
		change(&u)
	}
	return u
}

// storing is Put of an ArtifactStore that reads everything.
func storing(_ context.Context, _ string, content io.Reader, _ int64) (int64, error) {
	return io.Copy(io.Discard, content)
}

func TestUploadArtifact(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limits application.AgentLimits
		upload application.UploadArtifact
		limit  int64
		want   func(a *domain.Artifact)
	}{
		"an archive for ever": {
			application.AgentLimits{}, anUpload(), math.MaxInt64, func(*domain.Artifact) {},
		},
		"as long as everything": {
			application.AgentLimits{Artifact: 9, ArtifactExpiry: time.Hour},
			anUpload(), 9,
			func(a *domain.Artifact) { a.ExpiresAt = noon.Add(time.Hour) },
		},
		"as long as the job says": {
			application.AgentLimits{ArtifactExpiry: time.Hour},
			anUpload(func(u *application.UploadArtifact) { u.Type, u.Format, u.ExpireIn = "junit", "gzip", "1 day" }), math.MaxInt64,
			func(a *domain.Artifact) { a.Type, a.Format, a.ExpiresAt = "junit", "gzip", noon.Add(24*time.Hour) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.generator.EXPECT().Nonce().Return("ab")
			h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(inStatus(domain.JobCanceling)), nil).Times(2)
			h.artifactStore.EXPECT().Put(gomock.Any(), "9/ab", gomock.Any(), test.limit).DoAndReturn(storing)
			want := domain.Artifact{
				Job: 9, Type: "archive", Format: "zip", Filename: "pack.zip", Size: 5, Key: "9/ab", CreatedAt: noon,
			}
			test.want(&want)
			h.artifacts.EXPECT().Add(gomock.Any(), want).Return(domain.ArtifactID(3), nil)
			reply, err := newReports(h, test.limits).UploadArtifact(t.Context(), test.upload)
			require.NoError(t, err)
			assert.Equal(t, application.AgentReply{Status: domain.JobCanceling}, reply)
		})
	}
}

func TestUploadArtifactRefusalsAndFailures(t *testing.T) {
	t.Parallel()
	running := func(h *harness) *gomock.Call {
		return h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(), nil)
	}
	stored := func(h *harness) {
		h.generator.EXPECT().Nonce().Return("ab")
		h.artifactStore.EXPECT().Put(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(storing)
		h.artifactStore.EXPECT().Delete(gomock.Any(), "9/ab").DoAndReturn(func(ctx context.Context, _ string) error {
			return ctx.Err() // also if the client has gone
		})
	}
	for name, test := range map[string]struct {
		upload application.UploadArtifact
		before func(h *harness, leave func())
		status domain.JobStatus
		want   error
	}{
		"the job is over": {anUpload(), func(h *harness, _ func()) {
			h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(inStatus(domain.JobFailed)), nil)
		}, domain.JobFailed, errNotRunning},
		"it is nothing that can be stored": {
			anUpload(func(u *application.UploadArtifact) { u.Format = "rar" }),
			func(h *harness, _ func()) {
				running(h)
				h.generator.EXPECT().Nonce().Return("ab")
			}, domain.JobRunning, domain.BadRequest("artifact_format does not have a valid value"),
		},
		"it is too large": {anUpload(), func(h *harness, _ func()) {
			running(h)
			h.generator.EXPECT().Nonce().Return("ab")
			h.artifactStore.EXPECT().Put(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(int64(0), ports.ErrArtifactTooLarge)
		}, domain.JobRunning, ports.ErrArtifactTooLarge},
		"the job ends meanwhile": {anUpload(), func(h *harness, _ func()) {
			running(h)
			stored(h)
			h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(atAgent(inStatus(domain.JobCanceled)), nil)
		}, domain.JobCanceled, errNotRunning},
		"it cannot be remembered": {anUpload(), func(h *harness, leave func()) {
			running(h).Times(2)
			stored(h)
			h.artifacts.EXPECT().Add(gomock.Any(), gomock.Any()).DoAndReturn(
				func(context.Context, domain.Artifact) (domain.ArtifactID, error) {
					leave()
					return 0, errDown
				})
		}, domain.JobRunning, errDown},
		"neither can its bytes be deleted": {anUpload(), func(h *harness, _ func()) {
			running(h).Times(2)
			h.generator.EXPECT().Nonce().Return("ab")
			h.artifactStore.EXPECT().Put(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(storing)
			h.artifacts.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.ArtifactID(0), errGone)
			h.artifactStore.EXPECT().Delete(gomock.Any(), "9/ab").Return(errDown)
			h.faults.EXPECT().Note(gomock.Any(), "delete an artifact that is not used", errDown)
		}, domain.JobRunning, errGone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			test.before(h, leave)
			reply, err := newReports(h, application.AgentLimits{}).UploadArtifact(ctx, test.upload)
			require.ErrorIs(t, err, test.want)
			assert.Equal(t, application.AgentReply{Status: test.status}, reply)
		})
	}
}
