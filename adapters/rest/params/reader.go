// Package params reads and checks the parameters of a request as GitLab's
// framework does (runners-api.md 1.2 to 1.5): where they come from, how nested
// names and the spellings of lists are understood, which values pass, and the
// exact answer to those that do not.
package params

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"strings"
	"sync"
)

// Reader collects the parameters of requests (runners-api.md 1.2).
type Reader struct {
	// MaxBody is the largest body in bytes; a larger one is answered with 413.
	MaxBody int64
	// Lists names the parameters whose spellings name=a and name[]=a are merged
	// into one list. For every other name the mix is malformed (D17).
	Lists []string
}

// Read merges query, body and path, the later ones winning. Path values are
// those of the router, already unescaped. An error is a *WireError: malformed
// path or query first, then the format, the type of the body, its size and its
// syntax (runners-api.md 1.2 and 1.6).
func (rd Reader) Read(r *http.Request, path map[string]string) (Raw, error) {
	collected, err := rd.readQuery(r, path)
	if err != nil {
		return nil, err
	}
	body, err := rd.readBody(r)
	if err != nil {
		return nil, err
	}
	if len(collected) == 0 && body != nil {
		return body.with(path), nil
	}
	// Only whole values replace each other: a list in the body is not added to
	// one in the query.
	maps.Copy(collected, body)
	return collected.with(path), nil
}

// ReadURL is Read for a body that holds no parameters. It leaves that alone.
func (rd Reader) ReadURL(r *http.Request, path map[string]string) (Raw, error) {
	collected, err := rd.readQuery(r, path)
	if err != nil {
		return nil, err
	}
	return collected.with(path), nil
}

func (rd Reader) readQuery(r *http.Request, path map[string]string) (Raw, error) {
	for _, value := range path {
		if !WellFormed(value) {
			return nil, Malformed()
		}
	}
	collected, err := rd.parsePairs(r.URL.RawQuery, "&;")
	if err != nil {
		return nil, err
	}
	if format, sent := collected["format"]; sent && format != nil && format != "json" {
		return nil, unsupportedFormat(format)
	}
	return collected, nil
}

// readBody understands the bodies of POST, PUT, PATCH and DELETE. An empty body
// is no body, whatever type is claimed for it: go-gitlab sends the type alone.
func (rd Reader) readBody(r *http.Request) (Raw, error) {
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return nil, nil
	}
	if r.Body == nil {
		return nil, nil
	}
	body := bodies.Get().(*bytes.Buffer)
	defer putBack(body)
	err := fill(body, r.Body, rd.MaxBody)
	tooLarge := errors.Is(err, errBodyTooLarge)
	if err != nil && !tooLarge {
		return nil, err
	}
	if body.Len() == 0 {
		return nil, nil
	}
	parse, err := rd.parserOf(r)
	if err != nil {
		return nil, err
	}
	if tooLarge {
		return nil, errBodyTooLarge
	}
	return parse(body.String())
}

// bodies are buffers in which one body after the other is read.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestKept is the largest buffer that is kept: long bodies are rare.
const largestKept = 16 << 10

func putBack(body *bytes.Buffer) {
	if body.Cap() <= largestKept {
		body.Reset()
		bodies.Put(body)
	}
}

// ReadBody reads a body of up to limit bytes. The answer to a longer one is 413;
// the one to a body that ends too early, which nobody will see, is 400.
func ReadBody(body io.Reader, limit int64) ([]byte, error) {
	var content bytes.Buffer
	err := fill(&content, body, limit)
	return content.Bytes(), err
}

// fill is ReadBody into a buffer.
func fill(content *bytes.Buffer, body io.Reader, limit int64) error {
	_, err := content.ReadFrom(io.LimitReader(body, limit+1))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong), int64(content.Len()) > limit:
		return errBodyTooLarge
	case err != nil:
		return Malformed()
	}
	return nil
}

// parserOf chooses the parser by the media type. Without any type a POST is a
// form and every other body is left alone, which is what Rack does.
func (rd Reader) parserOf(r *http.Request) (func(body string) (Raw, error), error) {
	header := r.Header.Get("Content-Type")
	mediaType := mediaTypeOf(header)
	if mediaType == "" && r.Method == http.MethodPost {
		mediaType = "application/x-www-form-urlencoded"
	}
	switch mediaType {
	case mediaJSON:
		return parseJSON, nil
	case "application/x-www-form-urlencoded":
		return func(body string) (Raw, error) { return rd.parsePairs(body, "&") }, nil
	case "multipart/form-data", "multipart/mixed", "multipart/related":
		return func(body string) (Raw, error) { return rd.parseMultipart(body, boundaryOf(header)) }, nil
	case mediaText, "":
		return func(string) (Raw, error) { return nil, nil }, nil
	default:
		return nil, unsupportedMediaType(mediaType)
	}
}

func mediaTypeOf(header string) string {
	if end := strings.IndexAny(header, ";,"); end >= 0 {
		header = header[:end]
	}
	return strings.ToLower(strings.TrimSpace(header))
}

func boundaryOf(header string) string {
	_, attributes, err := mime.ParseMediaType(header)
	if err != nil {
		return ""
	}
	return attributes["boundary"]
}
