package rest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"go.uber.org/zap"
)

// seen is what is noted of a request while it is served.
type seen struct {
	http.ResponseWriter
	status int
	bytes  int
	route  string // the template, never the path: it may hold no secret
}

// WriteHeader notes the status.
func (s *seen) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

// Write notes the size.
func (s *seen) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	n, err := s.ResponseWriter.Write(b)
	s.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (s *seen) Unwrap() http.ResponseWriter { return s.ResponseWriter }

type seenKey struct{}

// recordRoute notes which route serves the request.
func recordRoute(r *http.Request, template string) {
	if s, ok := r.Context().Value(seenKey{}).(*seen); ok {
		s.route = template
	}
}

// requestIDPattern is what is taken over from a client as the id of a request.
var requestIDPattern = regexp.MustCompile(`^[0-9A-Za-z._-]{1,128}$`)

// observe gives every answer the headers that all have, and logs and counts it.
// The log has no query, no header and no body: they may hold secrets.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := r.Header.Get("X-Request-Id")
		if !requestIDPattern.MatchString(id) {
			id = rand.Text()
		}
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("X-Content-Type-Options", "nosniff")
		noted := &seen{ResponseWriter: w}
		next.ServeHTTP(noted, r.WithContext(context.WithValue(r.Context(), seenKey{}, noted)))
		took := time.Since(start)
		s.metrics.count(r.Method, noted, took)
		s.config.Log.Info("request",
			zap.String("method", r.Method), zap.String("route", noted.route), zap.Int("status", noted.status),
			zap.Int("bytes", noted.bytes), zap.Duration("took", took),
			zap.String("client", ClientAddress(r, s.config.TrustedProxies)), zap.String("request_id", id))
	})
}

// recoverPanics answers a panic as the failure it is.
func (s *Server) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if err, isError := cause.(error); isError && errors.Is(err, http.ErrAbortHandler) {
				panic(cause)
			}
			s.config.Log.Error("panic", zap.String("cause", fmt.Sprint(cause)), zap.ByteString("stack", debug.Stack()))
			w.Header().Set("Content-Type", mediaJSON)
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = w.Write([]byte(`{"message":"500 Internal Server Error"}`))
		}()
		next.ServeHTTP(w, r)
	})
}
