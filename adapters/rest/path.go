package rest

import (
	"net/http"
	"net/url"
	"strings"

	"runyard/adapters/rest/params"
)

// NormalizePath brings the path of a request into the one form that routes
// have (runners-api.md 1.1): the path of the external URL is cut off, duplicate
// slashes are one, a slash at the end and the suffix .json of an API path are
// gone. What is escaped stays escaped, so that group%2Fproject is one segment.
// It answers malformed bytes (1.2) and API v3 itself.
//
// A request that does not begin with the external path passes too: the proxy
// has cut it off already.
func NormalizePath(externalPath string, next http.Handler) http.Handler {
	externalPath = strings.TrimSuffix(squeezeSlashes(externalPath), "/")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r = normalized(w, r, externalPath); r != nil {
			next.ServeHTTP(w, r)
		}
	})
}

// normalized is the request with its path in that form; nil if it was answered.
//
//go:noinline
func normalized(w http.ResponseWriter, r *http.Request, externalPath string) *http.Request {
	if !wellFormedURL(r.URL) {
		params.Malformed().Write(w)
		return nil
	}
	path := normalize(r.URL.EscapedPath(), externalPath)
	if strings.HasPrefix(path, "/api/v3/") {
		goneVersion().Write(w)
		return nil
	}
	if isPlain(r.URL, path) {
		return r
	}
	return withPath(r, path)
}

func normalize(path, externalPath string) string {
	path = squeezeSlashes(path)
	if below, found := strings.CutPrefix(path, externalPath); found && (below == "" || below[0] == '/') {
		path = below
	}
	path = strings.TrimSuffix(path, "/")
	if !strings.HasPrefix(path, "/") {
		return "/" + path
	}
	if stem, found := strings.CutSuffix(path, ".json"); found &&
		strings.HasPrefix(path, "/api/") && !strings.HasSuffix(stem, "/") {
		return stem
	}
	return path
}

func squeezeSlashes(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}

// isPlain tells whether the path has that form already and nothing in it is
// escaped or is to be, so that gin may work on it as it is.
func isPlain(u *url.URL, escaped string) bool {
	return u.RawPath == "" && u.Path == escaped && !strings.Contains(escaped, "+")
}

// withPath is the request with another path. RawPath is always set, because
// gin works on the escaped path only then. A plus is escaped in it: gin reads
// segments like query values and would make a space of it.
func withPath(r *http.Request, escaped string) *http.Request {
	plain, err := url.PathUnescape(escaped)
	if err != nil { // An escaped path of url.URL always has a plain form.
		plain = escaped
	}
	changed := new(http.Request)
	*changed = *r
	changed.URL = new(url.URL)
	*changed.URL = *r.URL
	changed.URL.Path = plain
	changed.URL.RawPath = strings.ReplaceAll(escaped, "+", "%2B")
	return changed
}

func wellFormedURL(u *url.URL) bool {
	if !params.WellFormed(u.Path) {
		return false
	}
	if u.RawQuery == "" {
		return true
	}
	query, err := url.QueryUnescape(u.RawQuery)
	return err == nil && params.WellFormed(query)
}

func goneVersion() *params.WireError {
	return &params.WireError{
		Status:      http.StatusGone,
		ContentType: "application/json",
		Body:        `{"error":"API V3 is no longer supported. Use API V4 instead."}`,
	}
}
