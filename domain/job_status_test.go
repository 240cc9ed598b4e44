package domain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestJobStatuses(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{
		"created", "waiting_for_resource", "preparing", "pending", "running", "success", "failed", "canceled", "skipped",
		"manual", "scheduled",
	}, domain.JobStatuses(), "the reference's list, without canceling")
}

func TestFinal(t *testing.T) {
	t.Parallel()
	for status, final := range map[domain.JobStatus]bool{
		domain.JobSuccess: true, domain.JobFailed: true, domain.JobCanceled: true, domain.JobSkipped: true,
		domain.JobCreated: false, domain.JobWaitingForResource: false, domain.JobPreparing: false, domain.JobPending: false,
		domain.JobRunning: false, domain.JobCanceling: false, domain.JobManual: false, domain.JobScheduled: false,
		"unheard of": false,
	} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, final, status.Final())
		})
	}
}
