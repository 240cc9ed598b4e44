package rest

import (
	"net/http"
	"strings"
)

const (
	corsMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
	// corsExposed are the headers that a script may read besides the usual ones.
	corsExposed = "Link, X-Total, X-Total-Pages, X-Per-Page, X-Page, X-Next-Page, X-Prev-Page"
	// corsMaxAge lets browsers remember a preflight for two hours.
	corsMaxAge = "7200"
)

// AllowCrossOrigin lets scripts of any origin use the API, without credentials
// of the browser (runners-api.md 1.9). Preflights are answered here, to anyone
// (1.1). Only paths below /api/ take part, so NormalizePath has to come first.
func AllowCrossOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			next.ServeHTTP(w, r)
			return
		}
		w.Header()["Vary"] = onOrigin
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			answerPreflight(w, r)
			return
		}
		if r.Header.Get("Origin") != "" {
			allowOrigin(w.Header())
			w.Header().Set("Access-Control-Expose-Headers", corsExposed)
		}
		next.ServeHTTP(w, r)
	})
}

func answerPreflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	allowOrigin(h)
	// Any header is allowed. The wildcard of the standard would not cover
	// Authorization, so what is asked for is said back.
	if asked := r.Header.Values("Access-Control-Request-Headers"); len(asked) > 0 {
		h.Set("Access-Control-Allow-Headers", strings.Join(asked, ", "))
	}
	w.WriteHeader(http.StatusNoContent)
}

func allowOrigin(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", corsMethods)
	h.Set("Access-Control-Max-Age", corsMaxAge)
}
