package agent_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/agent"
	"runyard/test/apitest"
)

// The tests of this file and of traps_*_test.go are the checklist of traps
// (runner protocol, section 13), each under its own sentence.

func TestExactStatusCodes201And200And202And204(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := agent.New(t, agent.V19, l.url, "")
		assert.Equal(t, http.StatusCreated, a.Register(apitest.RegistrationToken, nil).Status, "register")
		assert.Equal(t, http.StatusOK, a.Verify().Status, "verify")
		_, idle := a.Ask()
		assert.Equal(t, http.StatusNoContent, idle.Status, "no job")
		l.enqueue("")
		job, offer := a.AskAnew()
		require.Equal(t, http.StatusCreated, offer.Status, "job")
		assert.Equal(t, http.StatusOK, job.Acknowledge().Status, "the first PUT")
		assert.Equal(t, http.StatusAccepted, job.Push("hi\n").Status, "PATCH")
		upload, err := job.Upload(nil, "artifacts.zip", bytes.NewReader([]byte("PK")))
		require.NoError(t, err)
		assert.Equal(t, http.StatusCreated, upload.Status, "upload")
		assert.Equal(t, http.StatusOK, job.KeepAlive().Status, "keep-alive")
		assert.Equal(t, http.StatusOK, job.Finish("success", nil).Status, "the last PUT")
		assert.Equal(t, http.StatusNotImplemented, a.DiscoverRouter().Status, "router discovery")
		assert.Equal(t, http.StatusCreated, a.ResetToken().Status, "reset")
		assert.Equal(t, http.StatusNoContent, a.Unregister().Status, "delete")
	})
}

func TestContentTypeApplicationJSONOnEveryJSONAnswer(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := agent.New(t, agent.V19, l.url, "")
		stranger := agent.New(t, agent.V19, l.url, "nobody's")
		l.enqueue("")
		registered := a.Register(apitest.RegistrationToken, nil)
		job, offer := a.Ask()
		require.NotNil(t, job)
		_, refused := stranger.Ask()
		for name, answer := range map[string]agent.Answer{
			"register": registered, "verify": a.Verify(), "job": offer, "PUT": job.Acknowledge(),
			"a refused request": refused, "416": job.Patch(7, []byte("x"), ""),
			"400": job.Patch(0, []byte("x"), "bytes 0-0/1"), "no artifacts": job.Download(agent.Dependency{ID: 99, Token: job.Token}),
			"discovery": a.DiscoverRouter(), "a refused registration": stranger.Register("wrong", nil),
			"reset": a.ResetToken(), "a refused reset": stranger.ResetToken(), "a refused leave": stranger.Unregister(),
		} {
			assert.Equal(t, "application/json", answer.Header.Get("Content-Type"), name)
			assert.NotEmpty(t, answer.Body, name)
		}
	})
}

func TestRangeTellsTheSizeNotTheLastByteAlsoOn416(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		job := a.MustAsk()
		ahead := job.Patch(5, []byte("abc"), "")
		assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, ahead.Status)
		assert.Equal(t, "0-0", ahead.Header.Get("Range"))
		stored := job.Patch(0, []byte("hello"), "")
		assert.Equal(t, http.StatusAccepted, stored.Status)
		assert.Equal(t, "0-5", stored.Header.Get("Range"))
		again := job.Patch(0, []byte("hello, world"), "")
		assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, again.Status, "smaller than what is stored is wrong too")
		assert.Equal(t, "0-5", again.Header.Get("Range"))
		assert.Equal(t, "hello", l.trace(job.ID))
	})
}

func TestContentRangeWithoutBytesItsEndIsIgnored(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		job := a.MustAsk()
		for _, malformed := range []string{"bytes 0-4", "bytes=0-4", "-4", "five", "0", "99999999999999999999-1"} {
			assert.Equal(t, http.StatusBadRequest, job.Patch(0, []byte("hello"), malformed).Status, malformed)
		}
		tooHigh := job.Patch(0, []byte("hello"), "0-5")
		assert.Equal(t, http.StatusAccepted, tooHigh.Status, "very old agents put the end one too high")
		assert.Equal(t, "0-5", tooHigh.Header.Get("Range"))
		assert.Equal(t, "0-7", job.Patch(5, []byte("!!"), "5-").Header.Get("Range"))
		assert.Equal(t, "hello!!", l.trace(job.ID))
	})
}

func TestA403OnJobRequestIsOnlyForDeadTokens(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		job := l.enqueue("")
		l.rootDo(http.StatusOK, http.MethodPut, "runners/1", apitest.JSON(`{"paused": true}`))
		_, paused := a.Ask()
		assert.Equal(t, http.StatusNoContent, paused.Status, "a paused runner gets nothing, and goes on asking")
		assert.Equal(t, "pending", l.job(job).Status)
		l.rootDo(http.StatusOK, http.MethodPut, "runners/1", apitest.JSON(`{"paused": false}`))
		assert.Equal(t, job, a.MustAsk().ID)
		l.rootDo(http.StatusNoContent, http.MethodDelete, "runners/1")
		l.requireForbidden(a)
	})
}

func TestAMissingTokenOrAMalformedRequestDoesNotSilenceTheAgent(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		for name, test := range map[string]struct {
			body string
			want int
		}{
			"no token":          {`{"system_id": "s_0123456789ab"}`, http.StatusBadRequest},
			"broken JSON":       {`{"token": `, http.StatusBadRequest},
			"info is no object": {`{"token": "x", "info": 3}`, http.StatusBadRequest},
			"not text":          {"{\"token\": \"\xff\"}", http.StatusBadRequest},
		} {
			answer := l.Do(http.MethodPost, "jobs/request", apitest.JSON(test.body))
			assert.Equal(t, test.want, answer.Status, "%s: %s", name, answer.Body)
		}
	})
}

func TestAMalformedReportLeavesTheJobAsItWas(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		job := a.MustAsk()
		job.Push("working\n")
		put := func(body string) apitest.Response {
			return l.Do(http.MethodPut, fmt.Sprintf("jobs/%d", job.ID), apitest.Header("JOB-TOKEN", job.Token), apitest.JSON(body))
		}
		for _, malformed := range []string{
			`{"state": `, `[]`, `{"state": ["success"]}`, `{"state": "success", "exit_code": "seven"}`,
			`{"state": "success", "output": "9 bytes"}`, `{"state": "success", "info": 3}`, "{\"state\": \"\xff\"}",
			`{"state": "success", "failure_reason": {}}`, `{}`, `{"state": null}`,
		} {
			answer := put(malformed)
			assert.Equal(t, http.StatusBadRequest, answer.Status, "%s: %s", malformed, answer.Body)
			assert.Equal(t, "running", l.job(job.ID).Status, malformed)
		}
		fromTheFuture := put(`{"state": "running", "output": null, "info": null, "exit_code": null, "failure_reason": null,
			"checksum": null, "runtime_environment_key": "key", "unheard_of": {"deeply": [1, {"nested": null}]}}`)
		assert.Equal(t, http.StatusOK, fromTheFuture.Status, fromTheFuture.Body)
		assert.Equal(t, http.StatusOK, job.Finish("success", nil).Status)
		assert.Equal(t, "success", l.job(job.ID).Status)
	})
}

func TestFieldsThatTheServerDoesNotKnowRefuseNobody(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		const further = `"unheard_of": {"deeply": [1, {"nested": null}]}, "info": {"unheard_of": [], "labels": {"a": "b"},
			"features": {"unheard_of": "yes", "cancel_gracefully": true}, "config": null, "executor": null}`
		registered := l.Do(http.MethodPost, "runners", apitest.JSON(`{"token": "`+apitest.RegistrationToken+`", `+further+`}`))
		require.Equal(t, http.StatusCreated, registered.Status, registered.Body)
		var runner struct{ Token string }
		l.Into(registered, &runner)
		body := apitest.JSON(`{"token": "` + runner.Token + `", "session": {"url": "https://x", "certificate": "", "authorization": "a"}, ` + further + `}`)
		assert.Equal(t, http.StatusOK, l.Do(http.MethodPost, "runners/verify", body).Status)
		l.enqueue("")
		answer := l.Do(http.MethodPost, "jobs/request", body)
		require.Equal(t, http.StatusCreated, answer.Status, answer.Body)
		assert.Equal(t, "canceling", l.cancel(1), "what it knows counts")
		assert.Equal(t, http.StatusCreated, l.Do(http.MethodPost, "runners/reset_authentication_token", body).Status)
	})
}

func TestToStopAJobAnswer403OrJobStatusNever409Or404(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		old := l.registered(agent.V15, apitest.RegistrationToken, nil)
		l.enqueue("")
		job := old.MustAsk()
		require.Equal(t, "canceled", l.cancel(job.ID), "15.4 cannot cancel gracefully")
		for name, answer := range map[string]agent.Answer{
			"PATCH": job.Push("late\n"), "keep-alive": job.KeepAlive(), "the last PUT": job.Report("success", nil),
		} {
			assert.Equal(t, http.StatusForbidden, answer.Status, name)
			assert.Equal(t, "canceled", answer.JobStatus(), name)
			assert.Equal(t, "403 Forbidden - Job is not running", messageOf(t, answer.Body), name)
		}
		assert.Equal(t, "canceled", l.job(job.ID).Status)
		assert.Empty(t, l.trace(job.ID))

		unknown := *job
		unknown.ID = 999
		assert.Equal(t, http.StatusForbidden, unknown.Push("x").Status, "an unknown job is not 404")
		assert.Equal(t, http.StatusForbidden, unknown.Report("success", nil).Status)
	})
}

func TestFailedOnACancelingJobMeansCanceled(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		job := a.MustAsk()
		job.Acknowledge()
		require.Equal(t, "canceling", l.cancel(job.ID))
		pushed := job.Push("after_script ran\n")
		assert.Equal(t, http.StatusAccepted, pushed.Status)
		assert.Equal(t, "canceling", pushed.JobStatus())
		assert.Equal(t, http.StatusOK, job.Finish("failed", map[string]any{"failure_reason": "unknown_failure"}).Status)
		ended := l.job(job.ID)
		assert.Equal(t, "canceled", ended.Status)
		assert.Nil(t, ended.FailureReason)
		assert.Equal(t, "after_script ran\n", l.trace(job.ID))
	})
}

func TestPrivateTokenIsIgnoredOnRunnerRoutes(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		old := l.registered(agent.V17, apitest.RegistrationToken, nil)
		assert.Equal(t, http.StatusOK, old.Verify().Status)
		l.enqueue("")
		job := old.MustAsk()
		assert.Equal(t, http.StatusOK, job.KeepAlive().Status, "17.5 sends the job's token as PRIVATE-TOKEN")
		assert.Equal(t, http.StatusOK, job.Succeed("hi\n").Status)
		answer := l.Do(http.MethodPost, "jobs/request", apitest.As(l.Root), apitest.JSON(`{"token": "nobody's"}`))
		assert.Equal(t, http.StatusForbidden, answer.Status, "a person's token opens nothing here")
	})
}

func TestTheTokenOfTheBodyBeatsTheQueryAndTheHeader(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		good := url.QueryEscape(a.Token)
		for name, test := range map[string]struct {
			query, header, body string
			want                int
		}{
			"body":                 {"", "wrong", `{"token": "` + a.Token + `"}`, http.StatusNoContent},
			"query":                {"?token=" + good, "wrong", `{}`, http.StatusNoContent},
			"header":               {"", a.Token, `{}`, http.StatusNoContent},
			"body beats header":    {"", a.Token, `{"token": "wrong"}`, http.StatusForbidden},
			"body beats the query": {"?token=" + good, "", `{"token": "wrong"}`, http.StatusForbidden},
		} {
			answer := l.Do(http.MethodPost, "jobs/request"+test.query, apitest.JSON(test.body),
				apitest.Header("RUNNER-TOKEN", test.header))
			assert.Equal(t, test.want, answer.Status, "%s: %s", name, answer.Body)
		}
	})
}
