// Package agent is a small agent that speaks exactly what gitlab-runner was
// recorded to speak (runner protocol, sections 14 and 15), over a socket. It
// runs no scripts: a test says what a job does, and sees every answer.
package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Agent is one entry of a configuration: a server and a token.
type Agent struct {
	Version  Version
	URL      string // of the server, without /api/v4
	Token    string // of the runner
	SystemID string // what tells machines apart that share the token

	t          testing.TB
	client     *http.Client
	lastUpdate string
}

// New is an agent with a runner's token.
func New(t testing.TB, version Version, url, token string) *Agent {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &Agent{
		Version: version, URL: url, Token: token, SystemID: "s_0123456789ab",
		t: t, client: &http.Client{Transport: transport},
	}
}

// Answer is what the server said.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// JobStatus is what the server told of the job.
func (a Answer) JobStatus() string { return a.Header.Get("Job-Status") }

// call is one request before it is sent.
type call struct {
	method, path string
	header       http.Header
	body         io.Reader
}

// do sends a request, and ends the test when there is no answer.
func (a *Agent) do(c call) Answer {
	a.t.Helper()
	answer, err := a.try(a.t.Context(), c)
	require.NoError(a.t, err)
	return answer
}

// try sends a request that may fail.
func (a *Agent) try(ctx context.Context, c call) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, c.method, a.URL+"/api/v4/"+c.path, c.body)
	if err != nil {
		return Answer{}, err
	}
	for name, values := range c.header {
		request.Header[http.CanonicalHeaderKey(name)] = values
	}
	a.Version.dress(request)
	response, err := a.client.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return Answer{Status: response.StatusCode, Header: response.Header, Body: string(body)}, err
}

// json is a call with a JSON body. header names the one that holds the token
// besides the body; empty: none does.
func (a *Agent) json(method, path, header, token string, body map[string]any) call {
	a.t.Helper()
	body["token"] = token
	text, err := json.Marshal(body)
	require.NoError(a.t, err)
	c := call{method: method, path: path, body: bytes.NewReader(text), header: http.Header{
		"Accept": {"application/json"}, "Content-Type": {"application/json"},
	}}
	if header != "" {
		c.header.Set(header, token)
	}
	return c
}

// Register makes a runner with a registration token and what else is asked for,
// and is that runner from then on.
func (a *Agent) Register(registrationToken string, wishes map[string]any) Answer {
	a.t.Helper()
	body := map[string]any{
		"description": "lab", "run_untagged": true, "locked": true, "paused": false, "info": a.Version.info(),
	}
	for name, wish := range wishes {
		body[name] = wish
	}
	answer := a.do(a.json(http.MethodPost, "runners", a.Version.runnerHeader, registrationToken, body))
	if answer.Status == http.StatusCreated {
		var registered struct {
			ID    int64  `json:"id"`
			Token string `json:"token"`
		}
		require.NoError(a.t, json.Unmarshal([]byte(answer.Body), &registered))
		a.Token = registered.Token
	}
	return answer
}

// Verify asks whether the token is good.
func (a *Agent) Verify() Answer {
	a.t.Helper()
	body := map[string]any{}
	if a.Version.verifiesWithInfo {
		body["info"] = a.Version.info()
	}
	if a.Version.managers {
		body["system_id"] = a.SystemID
	}
	return a.do(a.json(http.MethodPost, "runners/verify", a.Version.runnerHeader, a.Token, body))
}

// Unregister deletes the runner; or, if a user made that, this machine alone, as
// far as the release knows the difference.
func (a *Agent) Unregister() Answer {
	a.t.Helper()
	if a.Version.managers && strings.HasPrefix(a.Token, "glrt-") {
		body := map[string]any{"system_id": a.SystemID}
		return a.do(a.json(http.MethodDelete, "runners/managers", a.Version.runnerHeader, a.Token, body))
	}
	return a.do(a.json(http.MethodDelete, "runners", a.Version.runnerHeader, a.Token, map[string]any{}))
}

// ResetToken asks for another token for the one it has, and goes on with that. It
// says nothing in a header, and not which machine it is.
func (a *Agent) ResetToken() Answer {
	a.t.Helper()
	return a.replaceToken(a.json(http.MethodPost, "runners/reset_authentication_token", "", a.Token, map[string]any{}))
}

// ResetTokenAs does so for a runner on behalf of a person. The body is null.
func (a *Agent) ResetTokenAs(person string, runner int64) Answer {
	a.t.Helper()
	return a.replaceToken(call{
		method: http.MethodPost, path: fmt.Sprintf("runners/%d/reset_authentication_token", runner),
		body: strings.NewReader("null"), header: http.Header{
			"Accept": {"application/json"}, "Content-Type": {"application/json"}, "Private-Token": {person},
		},
	})
}

func (a *Agent) replaceToken(c call) Answer {
	a.t.Helper()
	answer := a.do(c)
	if answer.Status == http.StatusCreated {
		var reset struct{ Token string }
		require.NoError(a.t, json.Unmarshal([]byte(answer.Body), &reset))
		a.Token = reset.Token
	}
	return answer
}

// DiscoverRouter asks for a job router.
func (a *Agent) DiscoverRouter() Answer {
	a.t.Helper()
	return a.do(call{method: http.MethodGet, path: "runners/router/discovery", header: http.Header{
		"Accept": {"application/json"}, "Runner-Token": {a.Token},
	}})
}
