package domain_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestOverdue(t *testing.T) {
	t.Parallel()
	limits := domain.SweepLimits{
		Pending: 24 * time.Hour, Unmatched: time.Hour, Unacknowledged: 2 * time.Minute,
		Silent: 5 * time.Minute, Overtime: 15 * time.Minute,
	}
	waiting := func(d time.Duration) *domain.Job {
		return aJob(func(s *domain.JobState) { s.QueuedAt = noon.Add(-d) })
	}
	// running is a job that started and spoke last that long before noon.
	running := func(status domain.JobStatus, started, spoke time.Duration) *domain.Job {
		return aJob(handedOver, func(s *domain.JobState) {
			s.Status, s.StartedAt, s.TouchedAt = status, noon.Add(-started), noon.Add(-spoke)
		})
	}
	stopping := func(spoke time.Duration, graceful bool) *domain.Job {
		s := running(domain.JobCanceling, time.Minute, spoke).State()
		s.Graceful = graceful
		return domain.RestoreJob(s)
	}
	const moment = time.Microsecond
	for name, test := range map[string]struct {
		job     *domain.Job
		matched bool
		want    domain.FailureReason
	}{
		"a runner will come":                       {waiting(24 * time.Hour), true, ""},
		"no runner came for too long":              {waiting(24*time.Hour + moment), true, domain.StuckWithRunners},
		"there is no runner":                       {waiting(time.Hour + moment), false, domain.StuckWithoutRunners},
		"a runner may still be registered":         {waiting(time.Hour), false, ""},
		"too long beats no runner":                 {waiting(25 * time.Hour), false, domain.StuckWithRunners},
		"a job that speaks":                        {running(domain.JobRunning, time.Hour, 5*time.Minute), true, ""},
		"a job that fell silent":                   {running(domain.JobRunning, time.Hour, 5*time.Minute+moment), true, domain.NoUpdatesRunning},
		"a cancel that nobody answers":             {running(domain.JobCanceling, time.Hour, 5*time.Minute+moment), true, domain.NoUpdatesCanceling},
		"it may still report that it never began":  {stopping(10*time.Second, false), true, ""},
		"it never began, and never says so":        {stopping(10*time.Second+moment, false), true, domain.NoUpdatesCanceling},
		"it ends gracefully":                       {stopping(time.Minute-moment, true), true, ""},
		"within its timeout and some":              {running(domain.JobRunning, 75*time.Minute, 0), true, ""},
		"beyond its timeout, still speaking":       {running(domain.JobRunning, 75*time.Minute+moment, 0), true, domain.ServerTimeoutRunning},
		"canceling beyond its timeout":             {running(domain.JobCanceling, 75*time.Minute+moment, 0), true, domain.ServerTimeoutCancel},
		"beyond its timeout and silent":            {running(domain.JobRunning, 2*time.Hour, time.Hour), true, domain.ServerTimeoutRunning},
		"the agent may not have got it":            {running(domain.JobRunning, 2*time.Minute, 2*time.Minute), true, ""},
		"the agent never spoke of it":              {running(domain.JobRunning, 2*time.Minute+moment, 2*time.Minute+moment), true, domain.NoUpdatesRunning},
		"the agent spoke of it once":               {running(domain.JobRunning, 3*time.Minute, 3*time.Minute-moment), true, ""},
		"it was canceled before the agent spoke":   {running(domain.JobCanceling, 3*time.Minute, 3*time.Minute), true, domain.NoUpdatesCanceling},
		"what waits for a person waits":            {aJob(inStatus(domain.JobManual)), false, ""},
		"what is over is over":                     {running(domain.JobSuccess, 100*time.Hour, 99*time.Hour), false, ""},
		"a timeout of centuries is never over":     {aJob(handedOver, func(s *domain.JobState) { s.RunTimeout, s.TouchedAt = math.MaxInt64, noon }), true, ""},
		"a timeout that overflows is not over yet": {aJob(handedOver, func(s *domain.JobState) { s.RunTimeout, s.TouchedAt = 10_000_000_000, noon }), true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, test.job.Overdue(limits, test.matched, noon))
			assert.Empty(t, test.job.Overdue(domain.SweepLimits{}, test.matched, noon), "no limit is no limit")
		})
	}
}
