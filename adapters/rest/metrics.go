package rest

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics counts requests by method, route and status, with how long they took.
type metrics struct {
	requests *prometheus.HistogramVec
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
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
func (m *metrics) count(method string, noted *seen, took time.Duration) {
	if noted.route == "" {
		method = "any"
	}
	m.requests.WithLabelValues(method, noted.route, strconv.Itoa(noted.status)).Observe(took.Seconds())
}
