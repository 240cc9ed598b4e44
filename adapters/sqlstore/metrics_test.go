package sqlstore_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/sqlstore"
	"runyard/domain"
	"runyard/test/fixture"
)

// gathered are the values of a collector, by name and label.
func gathered(t *testing.T, c prometheus.Collector) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	require.NoError(t, registry.Register(c))
	families, err := registry.Gather()
	require.NoError(t, err)
	values := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := family.GetName()
			for _, label := range metric.GetLabel() {
				name += " " + label.GetValue()
			}
			values[name] = metric.GetGauge().GetValue() + metric.GetCounter().GetValue()
		}
	}
	return values
}

func TestTheQueueIsCountedWithoutWhatIsOverAndNotAtEveryScrape(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		w := fixture.NewWorld(t, store)
		project := w.AddProject(w.AddGroup(0))
		for _, status := range []domain.JobStatus{
			domain.JobPending, domain.JobPending, domain.JobRunning, domain.JobSuccess, domain.JobFailed, domain.JobCanceled,
		} {
			w.AddJob(project, func(s *domain.JobState) { s.Status = status })
		}
		var statements fixture.Statements
		db, err := sqlstore.Open(t.Context(), store.URL, &statements)
		require.NoError(t, err)
		queue := sqlstore.NewQueueMetrics(db)
		want := map[string]float64{
			"runyard_jobs created": 0, "runyard_jobs manual": 0, "runyard_jobs pending": 2, "runyard_jobs running": 1, "runyard_jobs canceling": 0,
		}
		for range 10 {
			assert.Equal(t, want, gathered(t, queue))
		}
		assert.Equal(t, 1, statements.Count())

		pool := gathered(t, sqlstore.NewPoolMetrics(db))
		assert.Positive(t, pool["runyard_sql_connections_max"])
		assert.Contains(t, pool, "runyard_sql_connections in_use")
		assert.Contains(t, pool, "runyard_sql_connections idle")

		require.NoError(t, db.Close())
		assert.Empty(t, gathered(t, sqlstore.NewQueueMetrics(db)), "while the database does not answer there is no count")
	})
}
