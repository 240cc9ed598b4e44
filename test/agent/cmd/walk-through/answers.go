package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// answers are the status codes of all answers to an operation so far, such as
// "POST /jobs/request", as the server's log has them.
func (w *world) answers(operation string) []int {
	var statuses []int
	for line := range strings.Lines(w.log.String()) {
		var entry struct {
			Method, Route string
			Status        int
		}
		if json.Unmarshal([]byte(line), &entry) != nil {
			continue // what is still being written
		}
		if entry.Method+" "+strings.TrimPrefix(entry.Route, "/api/v4") == operation {
			statuses = append(statuses, entry.Status)
		}
	}
	return statuses
}

// answered checks that the operation was answered with these status codes, in
// this order, and with no others.
func (w *world) answered(operation string, want ...int) error {
	if got := w.answers(operation); !slices.Equal(got, want) {
		return fmt.Errorf("%s was answered with %v instead of %v", operation, got, want)
	}
	return nil
}

// polled waits until the agents asked for a job that many times more, in vain.
func (w *world) polled(ctx context.Context, times int) error {
	before := len(w.answers("POST /jobs/request"))
	return until(ctx, "the agent asked for a job", func() (bool, error) {
		return len(w.answers("POST /jobs/request")) >= before+times, nil
	})
}

// speaks says something to the server in an agent's stead, and checks the status
// of the answer. The token goes into a header and, beside body, into the body;
// of a text that is no JSON object it goes into the header alone.
func (w *world) speaks(ctx context.Context, status int, method, path, token string, body any) (http.Header, error) {
	var content []byte
	header := http.Header{"Job-Token": {token}}
	switch body := body.(type) {
	case string:
		content = []byte(body)
		header.Set("Content-Type", "text/plain")
		header.Set("Content-Range", fmt.Sprintf("0-%d", len(body)-1))
	case map[string]any:
		body["token"] = token
		var err error
		if content, err = json.Marshal(body); err != nil {
			return nil, err
		}
		header.Set("Content-Type", "application/json")
	}
	request, err := http.NewRequestWithContext(ctx, method, w.url+"/api/v4/"+path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header = header
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != status {
		err = fmt.Errorf("%s %s: %d instead of %d: %s", method, path, answer.StatusCode, status, text)
	}
	return answer.Header, err
}

// dead checks that the server knows a runner's token no more.
func (w *world) dead(ctx context.Context, token string) error {
	for _, path := range []string{"runners/verify", "jobs/request", "runners/reset_authentication_token"} {
		if _, err := w.speaks(ctx, http.StatusForbidden, http.MethodPost, path, token, map[string]any{}); err != nil {
			return err
		}
	}
	return nil
}
