package application

import (
	"context"
	"time"

	"runyard/domain"
)

const (
	// maxSweepInterval is how often overdue jobs are looked for, unless a limit
	// is so short that it would not be kept.
	maxSweepInterval = 30 * time.Second
	minSweepInterval = time.Second
	// sweepBatch bounds how many jobs one sweep looks at.
	sweepBatch = 500
)

// sweep looks through the jobs of some statuses, a batch at a time, that have
// been so for a while.
type sweep struct {
	statuses []domain.JobStatus
	age      time.Duration
	after    domain.JobID // where the next batch begins
}

// newSweeps says what must be looked at so that the limits are kept. A job at an
// agent may be overtime though it was heard of a moment ago, so all of those
// are looked at for that; the silent ones, of which there are few, come first.
func newSweeps(l domain.SweepLimits) []*sweep {
	atAgent := []domain.JobStatus{domain.JobRunning, domain.JobCanceling}
	var sweeps []*sweep
	if age := shortest(l.Silent, l.Unacknowledged); age > 0 {
		sweeps = append(sweeps, &sweep{statuses: atAgent, age: age})
	}
	if l.Overtime > 0 {
		sweeps = append(sweeps, &sweep{statuses: atAgent})
	}
	if age := shortest(l.Pending, l.Unmatched); age > 0 {
		sweeps = append(sweeps, &sweep{statuses: []domain.JobStatus{domain.JobPending}, age: age})
	}
	return sweeps
}

// shortest is the shortest of the limits that are set; zero: none is.
func shortest(limits ...time.Duration) time.Duration {
	var least time.Duration
	for _, limit := range limits {
		if limit > 0 && (least == 0 || limit < least) {
			least = limit
		}
	}
	return least
}

// sweepInterval is how often overdue jobs are looked for.
func (l AgentLimits) sweepInterval() time.Duration {
	s := l.Sweep
	least := shortest(s.Pending, s.Unmatched, s.Unacknowledged, s.Silent, s.Overtime, 4*maxSweepInterval)
	return max(least/4, minSweepInterval)
}

// giveUpJobs ends the jobs that are overdue. Only Run calls it.
func (a *Agents) giveUpJobs(ctx context.Context) error {
	for _, s := range a.sweeps {
		if err := a.sweep(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (a *Agents) sweep(ctx context.Context, s *sweep) error {
	now := a.p.Clock.Now()
	jobs, err := a.p.Jobs.Unfinished(ctx, s.statuses, now.Add(-s.age), s.after, sweepBatch)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if err := a.giveUpIfOverdue(ctx, job, now); err != nil {
			return err
		}
		s.after = job.ID()
	}
	if len(jobs) < sweepBatch {
		s.after = 0
	}
	return nil
}

// giveUpIfOverdue ends the job if it still is overdue while nobody else can
// change it.
func (a *Agents) giveUpIfOverdue(ctx context.Context, job *domain.Job, now time.Time) error {
	matched := true
	if job.Overdue(a.limits.Sweep, matched, now) == "" {
		if job.Overdue(a.limits.Sweep, !matched, now) == "" {
			return nil
		}
		var err error
		if matched, err = a.p.Jobs.Matched(ctx, job.ID(), now.Add(-domain.OnlineWindow)); err != nil || matched {
			return err
		}
	}
	var reason domain.FailureReason
	released, err := a.p.Jobs.Update(ctx, job.ID(), now, func(j *domain.Job) error {
		if reason = j.Overdue(a.limits.Sweep, matched, now); reason != "" {
			j.Fail(reason, now)
		}
		return nil
	})
	if domain.IsNotFound(err) {
		return nil // its project was deleted
	}
	if err != nil {
		return err
	}
	if reason != "" {
		a.p.telemetry().GaveUp(reason)
	}
	a.p.announceJobs(ctx, released...)
	return nil
}
