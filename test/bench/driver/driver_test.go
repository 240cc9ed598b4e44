package driver

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// serve answers on a socket, whose address it returns.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func connect(t *testing.T, address string) *Connection {
	t.Helper()
	c, err := Dial(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, c.Close()) })
	return c
}

func TestAConnectionReadsAnswersOfEveryFormOneAfterTheOther(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 10_000)
	c := connect(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/short":
			w.Header().Set("Link", `<http://x/next>; rel="next"`)
			w.Header().Set("X-Total", "7")
			w.Header().Set("X-GitLab-Last-Update", "abc")
			_, _ = io.WriteString(w, "short")
		case "/chunks":
			for part := range strings.SplitSeq(long, "9") {
				_, _ = io.WriteString(w, part)
				w.(http.Flusher).Flush()
			}
		case "/echo":
			body, _ := io.ReadAll(r.Body) // all of it before the answer begins
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write(body)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	for range 2 {
		got, err := c.Exchange(Request(http.MethodGet, "/short", ""))
		require.NoError(t, err)
		assert.Equal(t, Answer{
			Status: 200, Body: []byte("short"), Link: `<http://x/next>; rel="next"`, LastUpdate: "abc", Total: "7",
		}, got)
		got, err = c.Exchange(Request(http.MethodGet, "/chunks", ""))
		require.NoError(t, err)
		assert.True(t, strings.ReplaceAll(long, "9", "") == string(got.Body), "%d bytes", len(got.Body))
		got, err = c.Exchange(Request(http.MethodPost, "/echo", long, "Content-Type: text/plain"))
		require.NoError(t, err)
		assert.Equal(t, 201, got.Status)
		assert.True(t, long == string(got.Body), "%d of %d bytes", len(got.Body), len(long))
		got, err = c.Exchange(Request(http.MethodDelete, "/nothing", ""))
		require.NoError(t, err)
		assert.Equal(t, 204, got.Status)
		assert.Empty(t, got.Body)
	}
}

func TestAWrongStatusIsAnErrorWithTheAnswer(t *testing.T) {
	t.Parallel()
	sender := Sender{
		Address: serve(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "out of paper", http.StatusTeapot) }),
		Next:    func() Exchange { return Exchange{Request: Request(http.MethodGet, "/page", ""), Status: http.StatusOK} },
	}
	err := sender.Call(t.Context())
	assert.ErrorContains(t, err, "GET /page: answered with 418 instead of 200: out of paper")
	assert.NoError(t, sender.Close())
}

func TestAnOverloadedServerIsNoMistakeOfTheBenchmark(t *testing.T) {
	t.Parallel()
	sender := Sender{
		Address: serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }),
		Next:    func() Exchange { return Exchange{Request: Request(http.MethodGet, "/page", ""), Status: http.StatusOK} },
	}
	require.ErrorIs(t, sender.Call(t.Context()), ErrRefused)
	assert.NoError(t, sender.Close())
}

func TestPercentilesAreThoseOfTheNearestRank(t *testing.T) {
	t.Parallel()
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(i+1))
	}
	for percent, want := range map[float64]time.Duration{0: 1, 1: 1, 50: 50, 99: 99, 99.5: 100, 100: 100} {
		assert.Equal(t, want, percentile(hundred, percent), "%v", percent)
	}
	assert.Equal(t, time.Duration(7), percentile([]time.Duration{7}, 50))
	assert.Zero(t, percentile(nil, 50))
}

// caller counts, and fails if it is told to.
type caller struct {
	calls *atomic.Int64
	err   error
}

func (c caller) Call(context.Context) error {
	c.calls.Add(1)
	return c.err
}

func TestARoundEndsAfterSoManyCallsOrWithItsTime(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	workers := []Worker{caller{&calls, nil}, caller{&calls, nil}, caller{&calls, nil}}
	round, err := Drive(t.Context(), workers, time.Hour, 10)
	require.NoError(t, err)
	assert.Equal(t, 10, round.Calls)
	assert.EqualValues(t, 10, calls.Load())

	calls.Store(0)
	round, err = Drive(t.Context(), workers, 0, 0)
	require.NoError(t, err)
	assert.Equal(t, 3, round.Calls, "one of each worker")
}

func TestARoundEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	failure := errors.New("refused")
	_, err := Drive(t.Context(), []Worker{caller{&calls, nil}, caller{&calls, failure}}, time.Hour, 0)
	assert.ErrorIs(t, err, failure)
}

func TestJoinedRoundsAreOne(t *testing.T) {
	t.Parallel()
	all := Join(Round{Calls: 2, Elapsed: 2, latencies: []time.Duration{1, 5}}, Round{Calls: 1, Elapsed: 1, latencies: []time.Duration{3}})
	assert.Equal(t, Round{Calls: 3, Elapsed: 3, latencies: []time.Duration{1, 3, 5}}, all)
	assert.InDelta(t, 1e9, all.PerSecond(), 1)
	assert.Equal(t, time.Duration(3), all.Percentile(50))
}
