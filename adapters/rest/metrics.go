package rest

import (
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics counts requests by method, route and status, with how long they took.
type metrics struct {
	requests *prometheus.HistogramVec

	mu    sync.RWMutex
	known map[labels]prometheus.Observer // found among requests before
}

// labels tell requests apart.
type labels struct {
	method, route string
	status        int
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{known: make(map[labels]prometheus.Observer), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "runyard_http_request_duration_seconds",
		Help:    "How long requests took, by method, route and status.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60},
	}, []string{"method", "route", "status"})}
	registry.MustRegister(m.requests, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// count notes a request. Verbs that nobody knows are one, lest a client fill
// the memory with inventions.
func (m *metrics) count(noted *seen) {
	kind := labels{noted.request.Method, noted.route, noted.status}
	if kind.route == "" {
		kind.method = "any"
	}
	m.observer(kind).Observe(noted.took.Seconds())
}

func (m *metrics) observer(kind labels) prometheus.Observer {
	m.mu.RLock()
	observer := m.known[kind]
	m.mu.RUnlock()
	if observer == nil {
		observer = m.requests.WithLabelValues(kind.method, kind.route, strconv.Itoa(kind.status))
		m.mu.Lock()
		m.known[kind] = observer
		m.mu.Unlock()
	}
	return observer
}
