package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// post sends JSON, and returns the answer's status, its last update and its
// body. served is called when the service is about to read the request.
func post(t *testing.T, url string, body map[string]string, served func()) (status int, update, text string) {
	t.Helper()
	content, err := json.Marshal(body)
	require.NoError(t, err)
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{Got100Continue: served})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(content))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Expect", "100-continue")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	read, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, answer.Header.Get("X-Gitlab-Last-Update"), string(read)
}

// startServing runs the service on an empty database until the end that it
// returns; ended tells how it ended.
func startServing(t *testing.T) (url string, end func(), ended <-chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	log, stderr := io.Pipe()
	result := make(chan error, 1)
	go func() {
		err := run(ctx, []string{
			"serve", "--listen=127.0.0.1:0", "--database-url=sqlite::memory:", "--log-format=json", "--shutdown-grace=10m",
		}, []string{"RUNYARD_REGISTRATION_TOKEN=registration-token"}, io.Discard, stderr)
		result <- err
		stderr.CloseWithError(err)
	}()
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var line struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			go io.Copy(io.Discard, log) //nolint:errcheck // nobody reads on
			return "http://" + line.Addr + "/api/v4", cancel, result
		}
	}
	require.FailNow(t, "the service does not start", "%v", <-result)
	return "", nil, nil
}

func TestRequestsThatWaitForAJobEndAtOnceWhenTheServiceDoes(t *testing.T) {
	t.Parallel()
	url, end, ended := startServing(t)
	status, _, text := post(t, url+"/runners", map[string]string{"token": "registration-token"}, func() {})
	require.Equal(t, http.StatusCreated, status, text)
	var runner struct{ Token string }
	require.NoError(t, json.NewDecoder(strings.NewReader(text)).Decode(&runner))
	status, update, _ := post(t, url+"/jobs/request", map[string]string{"token": runner.Token}, func() {})
	require.Equal(t, http.StatusNoContent, status)

	// A poll that went on would be held for 50 seconds.
	held := map[string]string{"token": runner.Token, "last_update": update}
	start := time.Now()
	status, _, _ = post(t, url+"/jobs/request", held, end)
	assert.Equal(t, http.StatusNoContent, status)
	assert.NoError(t, <-ended)
	assert.Less(t, time.Since(start), 20*time.Second)
}
