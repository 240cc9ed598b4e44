// Package floor is a server that does no more than it must: it answers what
// Runyard answers with net/http, prepared statements and encoding/json, for
// everybody who asks. What Runyard needs beyond it is the price of its rules.
package floor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

// External is the address that links in answers begin with.
const External = "http://bench.example"

// EmptyPath is where a gin handler answers that does nothing.
const EmptyPath = "/empty"

type server struct{ db database }

// Serve answers from the database that the URL names, until ctx ends. It says on
// log where it listens.
func Serve(ctx context.Context, databaseURL string, log io.Writer) error {
	db, err := open(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer db.close()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(log, "{\"msg\":\"listening\",\"addr\":%q}\n", listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	web := &http.Server{Handler: newHandler(db), ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		stopped <- web.Shutdown(context.WithoutCancel(ctx))
	}()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

func newHandler(db database) http.Handler {
	s := &server{db}
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(r *http.Request) (any, string, error){
		"GET /api/v4/runners/all":           s.allRunners,
		"GET /api/v4/runners":               s.ownedRunners,
		"GET /api/v4/projects/{id}/runners": s.projectRunners,
		"GET /api/v4/groups/{id}/runners":   s.groupRunners,
		"GET /api/v4/runners/{id}":          s.runner,
		"GET /api/v4/runners/{id}/jobs":     s.runnerJobs,
		"POST /api/v4/runners/verify":       s.verify,
	} {
		mux.Handle(pattern, answering(answer))
	}
	gin.SetMode(gin.ReleaseMode)
	empty := gin.New()
	empty.POST(EmptyPath, func(*gin.Context) {})
	mux.Handle(EmptyPath, empty)
	// Beside the mux, which the handler without duties shall not pay for.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == EmptyPath {
			empty.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// answering writes the value as JSON, and the total unless it is empty.
func answering(answer func(r *http.Request) (any, string, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		value, total, err := answer(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		var body bytes.Buffer
		encoder := json.NewEncoder(&body)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if total != "" {
			w.Header().Set("X-Total", total)
		}
		text := bytes.TrimSuffix(body.Bytes(), []byte("\n"))
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text) // a client that is gone needs no answer
	})
}

// countLimit is as far as rows are counted.
const countLimit = 10_001

// total counts the rows of a statement that selects no more than countLimit.
func (s *server) total(ctx context.Context, statement string, args ...any) (string, error) {
	var count int
	err := s.db.query(ctx, "SELECT count(*) FROM ("+statement+" LIMIT "+strconv.Itoa(countLimit)+") AS counted",
		func(scan func(...any) error) error { return scan(&count) }, args...)
	if err != nil || count >= countLimit {
		return "", err
	}
	return strconv.Itoa(count), nil
}

// page is what a list is asked for. Both numbers go into the text of a statement:
// the planner must know that a page is short.
func page(r *http.Request) (size, offset int) {
	size, number := 20, 1
	if n, err := strconv.Atoi(r.URL.Query().Get("per_page")); err == nil {
		size = n
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil {
		number = n
	}
	return size, (number - 1) * size
}

// limit cuts a page out of a statement.
func limit(size, offset int) string { return fmt.Sprintf(" LIMIT %d OFFSET %d", size, offset) }

func pathID(r *http.Request) (int64, error) { return strconv.ParseInt(r.PathValue("id"), 10, 64) }
