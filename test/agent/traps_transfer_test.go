package agent_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"runyard/test/apitest"
)

// zeros is endless.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestUploadsAreChunkedWithoutLengthAndLimitedWhileReading(t *testing.T) {
	const limit = 3 << 20
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue(`, "artifacts": {"paths": ["out/"]}`)
		job := a.MustAsk()
		query := url.Values{"artifact_type": {"archive"}, "artifact_format": {"zip"}, "expire_in": {"1 week"}}
		exactly, err := job.Upload(query, "artifacts.zip", io.LimitReader(zeros{}, limit))
		require.NoError(t, err)
		assert.Equal(t, http.StatusCreated, exactly.Status, exactly.Body)
		for _, size := range []int64{limit + 1, 40 << 20} {
			tooMuch, err := job.Upload(query, "artifacts.zip", io.LimitReader(zeros{}, size))
			require.NoError(t, err, "413 must be a clean answer")
			assert.Equal(t, http.StatusRequestEntityTooLarge, tooMuch.Status)
			assert.Equal(t, "413 Request Entity Too Large", messageOf(t, tooMuch.Body))
		}
		assert.EqualValues(t, limit, l.job(job.ID).ArtifactsFile.Size, "what was there stays")
		assert.Equal(t, http.StatusOK, job.Finish("failed", map[string]any{"failure_reason": "script_failure", "exit_code": 1}).Status)
	}, func(c *apitest.Config) { c.Limits.Artifact = limit })
}

func TestAnUploadThatIsCutOffHalfWayStoresNothing(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		job := a.MustAsk()
		cut := errors.New("the agent was killed")
		_, err := job.Upload(nil, "artifacts.zip", io.MultiReader(io.LimitReader(zeros{}, 1<<19), iotest.ErrReader(cut)))
		require.ErrorIs(t, err, cut)
		assert.Nil(t, l.job(job.ID).ArtifactsFile)
		l.rootDo(http.StatusNotFound, http.MethodGet, l.jobPath(job.ID)+"/artifacts")
		answer, err := job.Upload(nil, "artifacts.zip", strings.NewReader("whole"))
		require.NoError(t, err)
		assert.Equal(t, http.StatusCreated, answer.Status, "the agent may try again")
	})
}

func TestAnUploadWithoutAFileOrARightToItIsRefused(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		job := a.MustAsk()
		for name, form := range map[string]apitest.Part{
			"no form":          apitest.JSON(`{}`),
			"an empty form":    apitest.Multipart(),
			"a field, no file": apitest.Multipart("file", "text"),
		} {
			answer := l.Do(http.MethodPost, "jobs/1/artifacts", form, apitest.Header("JOB-TOKEN", job.Token))
			assert.Equal(t, http.StatusBadRequest, answer.Status, "%s: %s", name, answer.Body)
		}
		job.Succeed("")
		late, err := job.Upload(nil, "artifacts.zip", strings.NewReader("late"))
		require.NoError(t, err)
		assert.Equal(t, http.StatusForbidden, late.Status, "the job is over")
		assert.Nil(t, l.job(job.ID).ArtifactsFile)
	})
}

func TestAPieceOfATraceIsBoundedAndNotReadAsParameters(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		job := a.MustAsk()
		bytesNotText := []byte("\x1b[0Ktoken=wrong&\xff\x00\r")
		require.Equal(t, http.StatusAccepted, job.Patch(0, bytesNotText, "").Status)
		assert.Equal(t, string(bytesNotText), l.trace(job.ID))
		size := len(bytesNotText)
		assert.Equal(t, http.StatusRequestEntityTooLarge, job.Patch(size, bytes.Repeat([]byte("x"), 1<<20+1), "").Status)
		assert.Equal(t, http.StatusAccepted, job.Patch(size, bytes.Repeat([]byte("x"), 1<<20), "").Status)
	}, func(c *apitest.Config) { c.Limits.Trace = 4 << 20 })
}

func TestCheckTheRequestContextBeforeAssigningToAHeldPoll(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		arrived, over := make(chan struct{}, 1), make(chan struct{}, 1)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			arrived <- struct{}{}
			l.Handler().ServeHTTP(w, r)
			over <- struct{}{}
		}))
		t.Cleanup(server.Close)
		a := l.agent()
		l.requireNothing(a)
		a.URL = server.URL
		ctx, leave := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() {
			_, _, err := a.AskUntil(ctx)
			gone <- err
		}()
		<-arrived
		leave()
		require.ErrorIs(t, <-gone, context.Canceled)
		<-over
		job := l.enqueue("")
		assert.Equal(t, "pending", l.job(job).Status)
	}, holding)
}

func TestNoTokenIsLogged(t *testing.T) {
	log, lines := observer.New(zap.DebugLevel)
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		job := a.MustAsk()
		_, err := job.Upload(url.Values{"token": {job.Token}}, "artifacts.zip", strings.NewReader("PK"))
		require.NoError(t, err)
		job.Succeed("hi\n")
		job.Report("success", nil)
		require.NotZero(t, lines.Len())
		for _, line := range lines.All() {
			for _, secret := range []string{a.Token, job.Token, apitest.RegistrationToken} {
				assert.NotContains(t, line.Message, secret)
				for name, value := range line.ContextMap() {
					assert.NotContains(t, fmt.Sprint(value), secret, name)
				}
			}
		}
	}, func(c *apitest.Config) { c.Log = zap.New(log) })
}
