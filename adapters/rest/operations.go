package rest

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// registerOperations adds what operators ask, without a token (service.md
// section 3).
func (s *Server) registerOperations(engine *gin.Engine, registry *prometheus.Registry) {
	for path, handler := range s.operations(registry) {
		noted := func(g *gin.Context) {
			arrived(g)
			handler(g)
		}
		engine.GET(path, noted)
		engine.HEAD(path, noted)
	}
}

// operations are the paths that operators ask, with who answers.
func (s *Server) operations(registry *prometheus.Registry) map[string]gin.HandlerFunc {
	return map[string]gin.HandlerFunc{
		"/-/liveness":  s.liveness,
		"/-/readiness": s.readiness,
		"/-/metrics":   gin.WrapH(promhttp.HandlerFor(registry, promhttp.HandlerOpts{})),
	}
}

// Operations names what operators ask, as "GET /-/liveness".
func Operations() []string {
	var names []string
	for path := range (&Server{}).operations(prometheus.NewRegistry()) {
		names = append(names, http.MethodGet+" "+path)
	}
	return names
}

func (s *Server) liveness(g *gin.Context) {
	writeJSON(g, http.StatusOK, gin.H{"status": "ok"})
}

func (s *Server) readiness(g *gin.Context) {
	err := s.config.Ready(g.Request.Context())
	s.noteReadiness(err)
	if err != nil {
		writeJSON(g, http.StatusServiceUnavailable, gin.H{"status": "failed", "check": err.Error()})
		return
	}
	writeJSON(g, http.StatusOK, gin.H{"status": "ok"})
}

// noteReadiness logs what is wrong when it changes: balancers ask all the time.
func (s *Server) noteReadiness(err error) {
	var problem string
	if err != nil {
		problem = err.Error()
	}
	before := s.unready.Swap(&problem)
	switch {
	case before != nil && *before == problem, before == nil && err == nil:
	case err != nil:
		s.config.Log.Warn("not ready: " + problem)
	default:
		s.config.Log.Info("ready again")
	}
}
