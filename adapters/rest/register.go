package rest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// register puts the routes into the router: HEAD works wherever GET does, and
// OPTIONS on every path tells its verbs (runners-api.md 1.1).
func (s *Server) register(engine *gin.Engine, routes []route) {
	api := engine.Group(apiPrefix)
	var paths []string
	byPath := map[string][]route{}
	for _, r := range routes {
		api.Handle(r.method, r.path, s.handle(r))
		if r.method == http.MethodGet {
			api.HEAD(r.path, s.handle(r))
		}
		if byPath[r.path] == nil {
			paths = append(paths, r.path)
		}
		byPath[r.path] = append(byPath[r.path], r)
	}
	for _, path := range paths {
		api.OPTIONS(path, s.options(byPath[path]))
	}
}

// options answers with the verbs of one path. Where only users get in, it does
// so after authentication.
func (s *Server) options(routes []route) gin.HandlerFunc {
	verbs := []string{http.MethodOptions}
	users := false
	for _, r := range routes {
		verbs = append(verbs, r.method)
		users = users || r.access != runnerToken && r.access != nobody
	}
	if slices.Contains(verbs, http.MethodGet) {
		verbs = append(verbs, http.MethodHead)
	}
	allow := strings.Join(verbs, ", ")
	needs := anyScope
	if !users {
		needs = nobody
	}
	return s.handle(route{method: http.MethodOptions, access: needs, handle: func(c *call) (answer, error) {
		c.gin.Header("Allow", allow)
		return noContent(), nil
	}})
}
