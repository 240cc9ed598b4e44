package rest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// seen is what is noted of a request while it is served.
type seen struct {
	http.ResponseWriter
	server  *Server
	request *http.Request
	id      string
	status  int
	bytes   int
	route   string // the template, never the path: it may hold no secret
	begin   time.Time
	took    time.Duration
	client  string // see clientAddress
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

// clientAddress is the address that the request came from, read when it is first
// asked for.
func (s *seen) clientAddress() string {
	if s.client == "" {
		s.client = ClientAddress(s.request, s.server.config.TrustedProxies)
	}
	return s.client
}

// MarshalLogObject writes the line of the request. It has no query, no header
// and no body: they may hold secrets.
func (s *seen) MarshalLogObject(line zapcore.ObjectEncoder) error {
	line.AddString("method", s.request.Method)
	line.AddString("route", s.route)
	line.AddInt("status", s.status)
	line.AddInt("bytes", s.bytes)
	line.AddDuration("took", s.took)
	line.AddString("client", s.clientAddress())
	line.AddString("request_id", s.id)
	return nil
}

// arrived is what is noted of the request that gin serves, and which route
// serves it. The router's writer wraps it.
func arrived(g *gin.Context) *seen {
	wrapper, wraps := g.Writer.(interface{ Unwrap() http.ResponseWriter })
	if !wraps {
		return new(seen)
	}
	noted, isNoted := wrapper.Unwrap().(*seen)
	if !isNoted {
		return new(seen)
	}
	noted.route = g.FullPath()
	return noted
}

// requestIDPattern is what is taken over from a client as the id of a request.
var requestIDPattern = regexp.MustCompile(`^[0-9A-Za-z._-]{1,128}$`)

func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && requestIDPattern.MatchString(id) {
		return id
	}
	return rand.Text()
}

// The values of headers that never change, as the map of headers holds them:
// nobody may write into them.
var (
	sameOrigin = []string{"SAMEORIGIN"}
	noSniff    = []string{"nosniff"}
	onOrigin   = []string{"Origin"}
	inJSON     = []string{mediaJSON}
	revalidate = []string{"max-age=0, private, must-revalidate"}
)

// observe gives every answer the headers that all have, and logs and counts it.
// What happens before and after stands apart: it would take room on the stack of
// every request that waits in between.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noted := s.note(w, r)
		next.ServeHTTP(noted, r)
		s.tell(noted)
	})
}

//go:noinline
func (s *Server) note(w http.ResponseWriter, r *http.Request) *seen {
	noted := &seen{ResponseWriter: w, server: s, request: r, id: requestID(r), begin: time.Now()}
	h := w.Header()
	h["X-Request-Id"] = []string{noted.id}
	h["X-Frame-Options"] = sameOrigin
	h["X-Content-Type-Options"] = noSniff
	return noted
}

//go:noinline
func (s *Server) tell(noted *seen) {
	noted.took = time.Since(noted.begin)
	s.metrics.count(noted)
	if line := s.config.RequestLog.Check(zapcore.InfoLevel, "request"); line != nil {
		line.Write(zap.Inline(noted))
	}
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
