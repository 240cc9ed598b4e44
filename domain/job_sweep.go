package domain

import (
	"math"
	"time"
)

// SweepLimits are how long a job may stay as it is before Runyard gives it up
// (runner protocol, section 11). Zero: for ever.
type SweepLimits struct {
	Pending        time.Duration // waiting, although a runner matches
	Unmatched      time.Duration // waiting, and no active online runner matches
	Unacknowledged time.Duration // handed over, and the agent never spoke of it
	Silent         time.Duration // at the agent, without a sign of life
	Overtime       time.Duration // at the agent, beyond its timeout
}

// neverBegan is how long an agent may take to report the end of a job that it did
// not begin, because it was canceled on its way. Agents of 18.x never report it.
const neverBegan = 10 * time.Second

// Overdue is why the job is given up at that moment; empty: it is not. Whether a
// runner matches is only looked at for jobs that wait.
func (j *Job) Overdue(l SweepLimits, matched bool, now time.Time) FailureReason {
	s := j.s
	switch s.Status {
	case JobPending:
		switch {
		case exceeds(now.Sub(s.QueuedAt), l.Pending):
			return StuckWithRunners
		case !matched && exceeds(now.Sub(s.QueuedAt), l.Unmatched):
			return StuckWithoutRunners
		}
	case JobRunning, JobCanceling:
		overtime, silent := ServerTimeoutRunning, NoUpdatesRunning
		if s.Status == JobCanceling {
			overtime, silent = ServerTimeoutCancel, NoUpdatesCanceling
		}
		switch {
		case exceeds(now.Sub(s.StartedAt)-seconds(s.RunTimeout), l.Overtime):
			return overtime
		case exceeds(now.Sub(s.TouchedAt), l.Silent),
			s.Status == JobCanceling && !s.Graceful && exceeds(now.Sub(s.TouchedAt), min(neverBegan, l.Silent)):
			return silent
		case s.TouchedAt.Equal(s.StartedAt) && exceeds(now.Sub(s.StartedAt), l.Unacknowledged):
			return silent
		}
	default:
	}
	return ""
}

// seconds is a duration as jobs count it, cut to what a Duration can hold.
func seconds(n int64) time.Duration {
	return time.Duration(min(n, int64(math.MaxInt64/time.Second))) * time.Second
}

// exceeds tells whether something took longer than it may.
func exceeds(took, limit time.Duration) bool { return limit > 0 && took > limit }
