package apitest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"
)

// Part is one thing that makes a request what it is.
type Part func(*request)

type request struct {
	header http.Header
	body   io.Reader
	remote string
}

// As shows a personal access token; empty: none.
func As(token string) Part {
	return func(r *request) {
		if token != "" {
			r.header.Set("PRIVATE-TOKEN", token)
		}
	}
}

// Header adds a header.
func Header(name, value string) Part {
	return func(r *request) { r.header.Add(name, value) }
}

// Body sends these bytes as that media type; empty: none is named.
func Body(mediaType, body string) Part {
	return func(r *request) {
		if mediaType != "" {
			r.header.Set("Content-Type", mediaType)
		}
		r.body = strings.NewReader(body)
	}
}

// JSON sends JSON text.
func JSON(body string) Part { return Body("application/json", body) }

// Form sends pairs of name and value as a form.
func Form(pairs ...string) Part {
	var body []string
	for i := 0; i < len(pairs); i += 2 {
		body = append(body, url.QueryEscape(pairs[i])+"="+url.QueryEscape(pairs[i+1]))
	}
	return Body("application/x-www-form-urlencoded", strings.Join(body, "&"))
}

// Multipart sends pairs of name and value as curl --form does.
func Multipart(pairs ...string) Part {
	return func(r *request) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for i := 0; i < len(pairs); i += 2 {
			if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
				panic(err) // a buffer takes everything
			}
		}
		if err := w.Close(); err != nil {
			panic(err)
		}
		r.header.Set("Content-Type", w.FormDataContentType())
		r.body = &body
	}
}

// Remote lets the request come from that address and port.
func Remote(address string) Part {
	return func(r *request) { r.remote = address }
}

// Response is an answer as it came.
type Response struct {
	Status int
	Header http.Header
	Body   string
}

// Do sends a request. A path that begins with / is used as it is, any other one
// is below /api/v4/.
func (a *API) Do(method, path string, parts ...Part) Response {
	a.t.Helper()
	r := request{header: http.Header{}, remote: "127.0.0.1:40000"}
	for _, part := range parts {
		part(&r)
	}
	if !strings.HasPrefix(path, "/") {
		path = "/api/v4/" + path
	}
	sent := httptest.NewRequestWithContext(a.Context(), method, path, r.body)
	sent.Header = r.header
	sent.RemoteAddr = r.remote
	recorder := httptest.NewRecorder()
	a.handler.ServeHTTP(recorder, sent)
	return Response{Status: recorder.Code, Header: recorder.Header(), Body: recorder.Body.String()}
}

// Into reads the answer's JSON.
func (a *API) Into(r Response, target any) {
	a.t.Helper()
	require.NoError(a.t, json.Unmarshal([]byte(r.Body), target), r.Body)
}
