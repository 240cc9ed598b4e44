package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// client sends requests, of which any may fail.
type client struct {
	base string // of the server, without /api/v4
	http *http.Client
}

// newClient has connections of its own.
func newClient(t *testing.T, base string) *client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{base, &http.Client{Transport: transport, Timeout: time.Minute}}
}

// reply is what a server said.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// ok tells whether the server acknowledged the request.
func (r reply) ok() bool { return r.status >= 200 && r.status < 300 }

// into reads the body.
func (r reply) into(t *testing.T, target any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(r.body, target), "%d %s", r.status, r.body)
}

// request is what is sent. The body is JSON, unless it is bytes; nil is none.
type request struct {
	method, path string // below /api/v4 without a slash in front
	body         any
	header       map[string]string
}

// asRoot is a request of root.
func asRoot(method, path string, body any) request {
	return request{method, path, body, map[string]string{"PRIVATE-TOKEN": rootToken}}
}

// do sends a request. An error says that there was no answer: the request may
// have been served or not.
func (c *client) do(ctx context.Context, r request) (reply, error) {
	var body io.Reader
	contentType := "application/json"
	switch content := r.body.(type) {
	case nil:
	case []byte:
		body, contentType = bytes.NewReader(content), "text/plain"
	default:
		text, err := json.Marshal(content)
		if err != nil {
			return reply{}, err
		}
		body = bytes.NewReader(text)
	}
	path := r.path
	if path == "" || path[0] != '/' {
		path = "/api/v4/" + path
	}
	sent, err := http.NewRequestWithContext(ctx, r.method, c.base+path, body)
	if err != nil {
		return reply{}, err
	}
	if body != nil {
		sent.Header.Set("Content-Type", contentType)
	}
	for name, value := range r.header {
		sent.Header.Set(name, value)
	}
	response, err := c.http.Do(sent)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, content}, err
}

// must sends a request that has to be answered with that status.
func (c *client) must(t *testing.T, status int, r request) reply {
	t.Helper()
	got, err := c.do(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, status, got.status, "%s %s: %s", r.method, r.path, got.body)
	return got
}

// object is what is said in JSON.
type object = map[string]any

// made is the id, and the token if it has one, of what a request makes.
type made struct {
	ID    int64  `json:"id"`
	Token string `json:"token"`
}

// make sends a request that makes something.
func (c *client) make(t *testing.T, r request) made {
	t.Helper()
	var m made
	c.must(t, http.StatusCreated, r).into(t, &m)
	return m
}

// newProject makes a project with a name of the caller's.
func (c *client) newProject(t *testing.T, name string) int64 {
	t.Helper()
	return c.make(t, asRoot("POST", "projects", object{"name": name, "path": name})).ID
}

// register makes an instance runner.
func (c *client) register(t *testing.T, wishes object) made {
	t.Helper()
	body := object{"token": registrationToken}
	for name, wish := range wishes {
		body[name] = wish
	}
	return c.make(t, request{method: "POST", path: "runners", body: body})
}

// askForJob is the request of an agent. It waits if it knows the last update.
func askForJob(token, lastUpdate string) request {
	body := object{"token": token}
	if lastUpdate != "" {
		body["last_update"] = lastUpdate
	}
	return request{method: "POST", path: "jobs/request", body: body}
}

// await repeats a request until the answer suits, and tells how long that took.
func (c *client) await(t *testing.T, r request, suits func(reply) bool) time.Duration {
	t.Helper()
	start := time.Now()
	for {
		got, err := c.do(t.Context(), r)
		if err == nil && suits(got) {
			return time.Since(start)
		}
		require.Less(t, time.Since(start), patience, "%s %s: %d %s %v", r.method, r.path, got.status, got.body, err)
		<-time.After(10 * time.Millisecond)
	}
}

// patience is what anything gets before a test fails. It is several times what
// is promised: the machine may have other things to do.
const patience = time.Minute
