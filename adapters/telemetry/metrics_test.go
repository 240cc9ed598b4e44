package telemetry_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/telemetry"
	"runyard/domain"
)

func TestWhatHappensIsCounted(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	m.HandedOver(domain.GroupRunner)
	m.HandedOver(domain.GroupRunner)
	m.GaveUp(domain.NoUpdatesRunning)
	m.StoredContacts(5)
	m.Holds(+1)
	m.Holds(+1)
	m.Holds(-1)

	registry := prometheus.NewRegistry()
	require.NoError(t, registry.Register(m))
	families, err := registry.Gather()
	require.NoError(t, err)
	counts := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := family.GetName()
			for _, label := range metric.GetLabel() {
				name += " " + label.GetValue()
			}
			counts[name] = metric.GetCounter().GetValue() + metric.GetGauge().GetValue()
		}
	}
	assert.Equal(t, map[string]float64{
		"runyard_job_handovers_total group_type": 2, "runyard_job_handovers_total instance_type": 0, "runyard_job_handovers_total project_type": 0,
		"runyard_jobs_given_up_total stuck_pending_with_matching_runners": 0, "runyard_jobs_given_up_total stuck_pending_no_matching_runners": 0,
		"runyard_jobs_given_up_total no_updates_running": 1, "runyard_jobs_given_up_total server_timeout_running": 0,
		"runyard_jobs_given_up_total no_updates_canceling": 0, "runyard_jobs_given_up_total server_timeout_canceling": 0,
		"runyard_contacts_stored_total": 5, "runyard_held_requests": 1,
	}, counts)
}
