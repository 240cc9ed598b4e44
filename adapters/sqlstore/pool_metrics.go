package sqlstore

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// poolMetrics tells how the connections to the database are used.
type poolMetrics struct{ db *DB }

var (
	poolConnections = prometheus.NewDesc("runyard_sql_connections",
		"Connections of this node to the database, by what they do.", []string{"state"}, nil)
	poolSize = prometheus.NewDesc("runyard_sql_connections_max",
		"How many connections to the database this node may have.", nil, nil)
	poolWaits = prometheus.NewDesc("runyard_sql_connection_waits_total",
		"How often a statement had to wait for a connection.", nil, nil)
	poolWaited = prometheus.NewDesc("runyard_sql_connection_wait_seconds_total",
		"How long statements have waited for connections, all together.", nil, nil)
)

// NewPoolMetrics tells how the connections are used.
func NewPoolMetrics(db *DB) prometheus.Collector { return poolMetrics{db} }

// Describe implements prometheus.Collector.
func (m poolMetrics) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolConnections, poolSize, poolWaits, poolWaited} {
		descriptions <- d
	}
}

// Collect implements prometheus.Collector.
func (m poolMetrics) Collect(metrics chan<- prometheus.Metric) {
	use := m.use()
	gauge := func(d *prometheus.Desc, value int, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(value), labels...)
	}
	gauge(poolConnections, use.busy, "in_use")
	gauge(poolConnections, use.idle, "idle")
	gauge(poolSize, use.size)
	metrics <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(use.waits))
	metrics <- prometheus.MustNewConstMetric(poolWaited, prometheus.CounterValue, use.waited.Seconds())
}

type poolUse struct {
	busy, idle, size int
	waits            int64
	waited           time.Duration
}

// use adds up what waits before bun and before the pool below it: on PostgreSQL
// bun keeps no connections of its own.
func (m poolMetrics) use() poolUse {
	bun := m.db.bun.Stats()
	if m.db.pool == nil {
		return poolUse{bun.InUse, bun.Idle, bun.MaxOpenConnections, bun.WaitCount, bun.WaitDuration}
	}
	pool := m.db.pool.Stat()
	return poolUse{
		busy: int(pool.AcquiredConns()), idle: int(pool.IdleConns()), size: int(pool.MaxConns()),
		waits: bun.WaitCount + pool.EmptyAcquireCount(), waited: bun.WaitDuration + pool.EmptyAcquireWaitTime(),
	}
}
