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
	metrics := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	for path, handler := range map[string]gin.HandlerFunc{
		"/-/liveness":  s.liveness,
		"/-/readiness": s.readiness,
		"/-/metrics":   gin.WrapH(metrics),
	} {
		noted := func(g *gin.Context) {
			arrived(g)
			handler(g)
		}
		engine.GET(path, noted)
		engine.HEAD(path, noted)
	}
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
