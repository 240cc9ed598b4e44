package sqlstore

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun"

	"runyard/domain"
)

const (
	// queueCountLife is how long a count of the queue is told again: however many
	// ask for metrics, the database is asked once in that time.
	queueCountLife = 5 * time.Second
	// queueCountPatience bounds the counting: metrics are wanted most when the
	// database is slow, and must come then.
	queueCountPatience = 2 * time.Second
)

// unfinished are the statuses of jobs that are not over. Those that are over
// become ever more and are not counted.
var unfinished = []domain.JobStatus{
	domain.JobCreated, domain.JobManual, domain.JobPending, domain.JobRunning, domain.JobCanceling,
}

var queueDepth = prometheus.NewDesc("runyard_jobs",
	"Jobs of all nodes that are not over, by status; absent while the database does not answer.", []string{"status"}, nil)

// queueMetrics tells how many jobs wait and run.
type queueMetrics struct {
	db *bun.DB

	mu      sync.Mutex
	counts  map[domain.JobStatus]int // nil: not known
	counted time.Time
}

// NewQueueMetrics tells how many jobs wait and run.
func NewQueueMetrics(db *DB) prometheus.Collector { return &queueMetrics{db: db.bun} }

// Describe implements prometheus.Collector.
func (m *queueMetrics) Describe(descriptions chan<- *prometheus.Desc) { descriptions <- queueDepth }

// Collect implements prometheus.Collector.
func (m *queueMetrics) Collect(metrics chan<- prometheus.Metric) {
	counts := m.count()
	if counts == nil {
		return
	}
	for _, status := range unfinished {
		metrics <- prometheus.MustNewConstMetric(queueDepth, prometheus.GaugeValue, float64(counts[status]), string(status))
	}
}

// count is the last count, or a new one if that is too old; nil: nobody knows.
// Who comes while it is counted waits for that.
func (m *queueMetrics) count() map[domain.JobStatus]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.counted) < queueCountLife {
		return m.counts
	}
	ctx, cancel := context.WithTimeout(context.Background(), queueCountPatience)
	defer cancel()
	var rows []struct {
		Status domain.JobStatus
		Jobs   int
	}
	err := m.db.NewSelect().Table("jobs").Column("status").ColumnExpr("count(*) AS jobs").
		Where("status IN (?)", bun.List(unfinished)).Group("status").Scan(ctx, &rows)
	m.counts, m.counted = nil, time.Now()
	if err != nil {
		return nil
	}
	m.counts = make(map[domain.JobStatus]int, len(rows))
	for _, row := range rows {
		m.counts[row.Status] = row.Jobs
	}
	return m.counts
}
