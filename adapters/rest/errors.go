package rest

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"go.uber.org/zap"

	"runyard/adapters/rest/params"
	"runyard/domain"
)

// errNoRoute is the answer to a path or verb that nobody knows.
var errNoRoute = &params.WireError{
	Status: http.StatusNotFound, ContentType: mediaJSON, Body: `{"error":"404 Not Found"}`,
}

const mediaJSON = "application/json"

// statusOf is the status of every kind of refusal (runners-api.md 1.8).
var statusOf = map[domain.Kind]int{
	domain.KindInvalid:            http.StatusBadRequest,
	domain.KindBadRequest:         http.StatusBadRequest,
	domain.KindUnauthenticated:    http.StatusUnauthorized,
	domain.KindTokenRejected:      http.StatusUnauthorized,
	domain.KindInsufficientScope:  http.StatusForbidden,
	domain.KindForbidden:          http.StatusForbidden,
	domain.KindNotFound:           http.StatusNotFound,
	domain.KindConflict:           http.StatusConflict,
	domain.KindPreconditionFailed: http.StatusPreconditionFailed,
	domain.KindGone:               http.StatusGone,
}

// failure is what an error means that is no refusal: a failure of ours, of which
// the client learns nothing but whether it may come again. What fails because the
// client went away says so in many ways, and is none of our failures.
func (s *Server) failure(ctx context.Context, err error) error {
	var fixed *params.WireError
	var refusal *domain.Error
	switch {
	case errors.As(err, &fixed), errors.As(err, &refusal):
		return err
	case s.config.Unavailable != nil && s.config.Unavailable(err):
		return errUnavailable
	case ctx.Err() != nil:
		return errClientGone
	case errors.Is(err, errOverloaded):
		return errUnavailable
	}
	return err
}

// errClientGone is what is noted of a request whose client hung up, with the
// status that proxies have for it. Who can still read it has said that nothing
// more will come, which looks the same from here.
var errClientGone = &params.WireError{
	Status: statusClientGone, ContentType: mediaJSON, Body: `{"message":"499 Client Closed Request"}`,
}

const statusClientGone = 499

// errUnavailable is the answer while the server cannot work on a request, but
// soon may. Agents come again by themselves (runner protocol, section 2).
var errUnavailable = &params.WireError{
	Status: http.StatusServiceUnavailable, ContentType: mediaJSON, Body: `{"message":"503 Service Unavailable"}`,
}

// longestRetry is the most seconds that a client is asked to wait. They are
// chosen by chance, so that not all come again at the same moment.
const longestRetry = 3

// writeError is where every error of the API leaves.
func writeError(g *gin.Context, err error) {
	g.Header("Cache-Control", "no-cache")
	var fixed *params.WireError
	if errors.As(err, &fixed) {
		if fixed.Status == http.StatusServiceUnavailable {
			g.Header("Retry-After", strconv.Itoa(1+rand.IntN(longestRetry)))
		}
		g.Data(fixed.Status, fixed.ContentType, []byte(fixed.Body))
		return
	}
	var refusal *domain.Error
	status := 0
	if errors.As(err, &refusal) {
		status = statusOf[refusal.Kind]
	}
	if status == 0 {
		writeJSON(g, http.StatusInternalServerError, message("500 Internal Server Error"))
		return
	}
	if refusal.Kind == domain.KindTokenRejected {
		g.Header("WWW-Authenticate", `Bearer realm="Protected by OAuth 2.0", error="invalid_token", error_description="`+
			refusal.Reason+`"`)
	}
	writeJSON(g, status, bodyOf(refusal))
}

// bodyOf is the body of every kind of refusal (runners-api.md 1.7 and 1.8).
func bodyOf(refusal *domain.Error) any {
	switch refusal.Kind {
	case domain.KindInvalid:
		return struct {
			Message violations `json:"message"`
		}{refusal.Violations}
	case domain.KindUnauthenticated:
		return message("401 Unauthorized")
	case domain.KindTokenRejected:
		return tokenError{Error: "invalid_token", Description: refusal.Reason}
	case domain.KindInsufficientScope:
		return tokenError{"insufficient_scope", refusal.Reason, strings.Join(refusal.Scopes, " ")}
	case domain.KindForbidden:
		if refusal.Reason != "" {
			return message("403 Forbidden - " + refusal.Reason)
		}
		return message("403 Forbidden")
	case domain.KindNotFound:
		if refusal.Reason != "" {
			return message("404 " + refusal.Reason + " Not Found")
		}
		return message("404 Not found")
	case domain.KindPreconditionFailed:
		return message("412 Precondition Failed")
	case domain.KindGone:
		return message("410 Gone - " + refusal.Reason)
	case domain.KindBadRequest, domain.KindConflict:
	}
	return message(refusal.Reason)
}

// tokenError is the body of the refusals that OAuth defines.
type tokenError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Scope       string `json:"scope,omitempty"`
}

// violations are written as an object from attribute to texts, in the order of
// the checks.
type violations []domain.Violation

// MarshalJSON keeps the order, which a map would lose.
func (v violations) MarshalJSON() ([]byte, error) {
	var names []string
	texts := map[string][]string{}
	for _, violation := range v {
		if texts[violation.Attribute] == nil {
			names = append(names, violation.Attribute)
		}
		texts[violation.Attribute] = append(texts[violation.Attribute], violation.Text)
	}
	object := []byte{'{'}
	for i, name := range names {
		if i > 0 {
			object = append(object, ',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		list, err := json.Marshal(texts[name])
		if err != nil {
			return nil, err
		}
		object = append(append(append(object, key...), ':'), list...)
	}
	return append(object, '}'), nil
}

// writeAnswer sends what a handler had to say.
func (s *Server) writeAnswer(g *gin.Context, reply answer) {
	switch body := reply.body.(type) {
	case nil:
		g.Status(reply.status)
		g.Writer.WriteHeaderNow()
		return
	case file:
		s.writeFile(g, reply.status, body)
		return
	}
	g.Writer.Header()["Cache-Control"] = revalidate
	writeJSON(g, reply.status, reply.body)
}

// writeJSON sends a body. The media type carries no charset: gitlab-runner
// wants it exactly so (runners-api.md 1.9).
func writeJSON(g *gin.Context, status int, body any) {
	if view, appends := body.(appender); appends {
		text := texts.Get().(*[]byte)
		*text = view.appendTo((*text)[:0])
		writeText(g, status, *text)
		if cap(*text) <= longestKept {
			texts.Put(text)
		}
		return
	}
	text, err := json.Marshal(body)
	if err != nil { // a view that cannot be written is a bug
		_ = g.Error(err)
		status, text = http.StatusInternalServerError, []byte(`{"message":"500 Internal Server Error"}`)
	}
	writeText(g, status, text)
}

// texts are buffers in which views append themselves, one after the other.
var texts = sync.Pool{New: func() any { return new([]byte) }}

// longestKept is the longest buffer that is kept: that of a full page fits.
const longestKept = 256 << 10

func writeText(g *gin.Context, status int, text []byte) {
	h := g.Writer.Header()
	h["Content-Type"] = inJSON
	h["Content-Length"] = []string{strconv.Itoa(len(text))}
	g.Writer.WriteHeader(status)
	// A client that hung up misses its own answer; nobody else has to know.
	_, _ = g.Writer.Write(text)
}

// logFailure logs what is no refusal, once.
func (s *Server) logFailure(g *gin.Context, err error) {
	var fixed *params.WireError
	var refusal *domain.Error
	if errors.As(err, &fixed) || errors.As(err, &refusal) {
		return
	}
	s.config.Log.Error("request failed", zap.String("route", g.FullPath()), zap.Error(err))
}
