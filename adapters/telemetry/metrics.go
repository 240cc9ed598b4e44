// Package telemetry counts for operators what happens in the queue, as metrics
// of Prometheus.
package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"runyard/domain"
	"runyard/ports"
)

// Metrics are the counts of one node. They are all there from the beginning, so
// that a rate can be told from the first event on.
type Metrics struct {
	handOvers, givenUp *prometheus.CounterVec
	contacts           prometheus.Counter
	held               prometheus.Gauge
}

var (
	_ ports.Telemetry      = (*Metrics)(nil)
	_ prometheus.Collector = (*Metrics)(nil)
)

// NewMetrics begins to count.
func NewMetrics() *Metrics {
	m := &Metrics{
		handOvers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "runyard_job_handovers_total", Help: "How many jobs this node gave to agents, by the type of their runner.",
		}, []string{"runner_type"}),
		givenUp: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "runyard_jobs_given_up_total", Help: "How many jobs this node gave up because they were overdue, by reason.",
		}, []string{"reason"}),
		contacts: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "runyard_contacts_stored_total", Help: "How many contacts of machines were stored together, a minute after the last at least.",
		}),
		held: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "runyard_held_requests", Help: "How many requests for jobs wait at this node.",
		}),
	}
	for _, runnerType := range []domain.RunnerType{domain.InstanceRunner, domain.GroupRunner, domain.ProjectRunner} {
		m.handOvers.WithLabelValues(string(runnerType))
	}
	for _, reason := range []domain.FailureReason{
		domain.StuckWithRunners, domain.StuckWithoutRunners, domain.NoUpdatesRunning, domain.ServerTimeoutRunning,
		domain.NoUpdatesCanceling, domain.ServerTimeoutCancel,
	} {
		m.givenUp.WithLabelValues(string(reason))
	}
	return m
}

func (m *Metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.handOvers, m.givenUp, m.contacts, m.held}
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(descriptions chan<- *prometheus.Desc) {
	for _, metric := range m.all() {
		metric.Describe(descriptions)
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(metrics chan<- prometheus.Metric) {
	for _, metric := range m.all() {
		metric.Collect(metrics)
	}
}

// HandedOver implements ports.Telemetry.
func (m *Metrics) HandedOver(to domain.RunnerType) { m.handOvers.WithLabelValues(string(to)).Inc() }

// GaveUp implements ports.Telemetry.
func (m *Metrics) GaveUp(reason domain.FailureReason) {
	m.givenUp.WithLabelValues(string(reason)).Inc()
}

// StoredContacts implements ports.Telemetry.
func (m *Metrics) StoredContacts(n int) { m.contacts.Add(float64(n)) }

// Holds implements ports.Telemetry.
func (m *Metrics) Holds(more int) { m.held.Add(float64(more)) }
