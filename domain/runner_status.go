package domain

import "time"

// OnlineWindow is how long after its last contact a runner counts as online
// (Runners API reference 3.2).
const OnlineWindow = 2 * time.Hour

// RunnerStatus is what a runner looks like from outside at some moment. It is
// computed, never stored.
type RunnerStatus string

// The statuses, in the order in which they are tried.
const (
	StatusNotConnected RunnerStatus = "not_connected" // never contacted
	StatusPaused       RunnerStatus = "paused"
	StatusOnline       RunnerStatus = "online"
	StatusOffline      RunnerStatus = "offline"
)

// Status is the runner's status at that moment.
func (r RunnerSummary) Status(now time.Time) RunnerStatus {
	online := r.Online(now)
	switch {
	case online == nil:
		return StatusNotConnected
	case !r.Active:
		return StatusPaused
	case *online:
		return StatusOnline
	}
	return StatusOffline
}

// Online tells whether the runner's last contact lies within the window; nil
// if it never made one. Exactly two hours ago is not online; pausing does not
// matter.
func (r RunnerSummary) Online(now time.Time) *bool {
	if r.ContactedAt.IsZero() {
		return nil
	}
	online := r.ContactedAt.After(onlineLimit(now))
	return &online
}

// onlineLimit is the moment after which a contact makes a runner online.
func onlineLimit(now time.Time) time.Time { return now.Add(-OnlineWindow) }
