// Package rest speaks GitLab's REST API over HTTP with gin. It knows spellings,
// status codes and bodies; what a request means is decided by the application.
// The exact behaviour is that of runners-api.md chapters 1 and 4 and of
// service.md sections 3 to 5.
package rest

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/ports"
)

// Config is what the adapter has to know besides the use cases.
type Config struct {
	// External is how clients reach the server: scheme, host and, if there is
	// one, the path in front of /api.
	External *url.URL
	// TrustedProxies are those whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Version and Revision are those of the program.
	Version, Revision string
	// Ready tells whether requests can be served; its error names what is wrong.
	Ready func(ctx context.Context) error
	// Unavailable tells whether an error says that storage cannot be used right
	// now. Clients may come again, and whoever tells has it logged. nil: none does.
	Unavailable func(err error) bool
	Limits      Limits
	// Collectors are metrics of other parts of the program, shown with those of
	// the adapter.
	Collectors []prometheus.Collector
	// Throttle slows down whoever guesses tokens, by the clock.
	Throttle ThrottleConfig
	Clock    ports.Clock
	Log      *zap.Logger
	// RequestLog gets one line for each request; nil: Log.
	RequestLog *zap.Logger
}

// Server answers requests.
type Server struct {
	application.UseCases
	config    Config
	reader    params.Reader
	metrics   *metrics
	throttle  *throttle
	views     views
	admission *admission
	agents    *agentInfos
	// unready is what the last look at readiness found wrong.
	unready atomic.Pointer[string]
}

// maxBody is the largest body of a request in bytes.
const maxBody = 1 << 20

// New is the handler of the whole program.
func New(useCases application.UseCases, config Config) http.Handler {
	if config.RequestLog == nil {
		config.RequestLog = config.Log
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(config.Collectors...)
	s := &Server{
		UseCases:  useCases,
		config:    config,
		reader:    params.Reader{MaxBody: maxBody, Lists: []string{"tag_list"}},
		metrics:   newMetrics(registry),
		throttle:  newThrottle(config.Throttle, config.Clock, registry),
		views:     views{external: config.External},
		admission: newAdmission(config.Limits),
		agents:    newAgentInfos(),
	}
	engine := newEngine()
	s.registerOperations(engine, registry)
	s.register(engine, s.routes())
	var handler http.Handler = engine
	handler = AllowCrossOrigin(handler)
	handler = NormalizePath(config.External.Path, handler)
	handler = s.recoverPanics(handler)
	return keepPace(config.Limits.Patience, s.observe(handler))
}

// newEngine makes a router that works on escaped paths, so that
// group%2Fproject is one segment, and that corrects nothing by itself.
func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.UseRawPath = true
	engine.UnescapePathValues = true
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	engine.HandleMethodNotAllowed = false
	engine.NoRoute(func(c *gin.Context) { writeError(c, errNoRoute) })
	return engine
}
