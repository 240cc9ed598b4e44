package sqlstore

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun"
)

// StatementMetrics counts the statements that a database was asked, as the metric
// runyard_sql_statements_total. It is a hook for Open.
type StatementMetrics struct{ prometheus.Counter }

// NewStatementMetrics begins to count.
func NewStatementMetrics() StatementMetrics {
	return StatementMetrics{prometheus.NewCounter(prometheus.CounterOpts{
		Name: "runyard_sql_statements_total", Help: "How many SQL statements were run.",
	})}
}

// BeforeQuery implements bun.QueryHook.
func (m StatementMetrics) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	m.Inc()
	return ctx
}

// AfterQuery implements bun.QueryHook.
func (StatementMetrics) AfterQuery(context.Context, *bun.QueryEvent) {}
