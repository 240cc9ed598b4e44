package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// answers are the status codes of all answers to an operation so far, such as
// "POST /jobs/request", as the server's log has them when it is up to date.
func (w *world) answers(ctx context.Context, operation string) ([]int, error) {
	if err := w.logged(ctx); err != nil {
		return nil, err
	}
	return w.logOf(operation), nil
}

// logged waits until the log tells of everything that was answered so far. The
// server writes the lines of a moment together, each before its answer has left:
// so it waits for the line of a request that it makes itself.
func (w *world) logged(ctx context.Context) error {
	mark := "walk-through-" + rand.Text()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/api/v4/version", nil)
	if err != nil {
		return err
	}
	request.Header.Set("X-Request-Id", mark)
	request.Header.Set("Private-Token", rootToken)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if err := answer.Body.Close(); err != nil {
		return err
	}
	return until(ctx, "the log is up to date", func() (bool, error) {
		return strings.Contains(w.log.String(), mark), nil
	})
}

// logOf are the status codes that the log has of an operation by now.
func (w *world) logOf(operation string) []int {
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
func (w *world) answered(ctx context.Context, operation string, want ...int) error {
	got, err := w.answers(ctx, operation)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s was answered with %v instead of %v", operation, got, want)
	}
	return nil
}

// polled waits until the agents asked for a job that many times more, in vain.
func (w *world) polled(ctx context.Context, times int) error {
	before, err := w.answers(ctx, "POST /jobs/request")
	if err != nil {
		return err
	}
	return until(ctx, "the agent asked for a job", func() (bool, error) {
		return len(w.logOf("POST /jobs/request")) >= len(before)+times, nil
	})
}

// holds waits until the server holds an agent's request for a job.
func (w *world) holds(ctx context.Context) error {
	return until(ctx, "an agent's request is held", func() (bool, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/-/metrics", nil)
		if err != nil {
			return false, err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return false, err
		}
		defer answer.Body.Close()
		metrics, err := io.ReadAll(answer.Body)
		return strings.Contains(string(metrics), "\nrunyard_held_requests 1\n"), err
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
