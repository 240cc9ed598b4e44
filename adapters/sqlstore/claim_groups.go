package sqlstore

import (
	"context"
	"errors"
	"sync"

	"runyard/domain"
	"runyard/ports"
)

const (
	// claimLeaders is how many groups of claims are under way at the same moment:
	// while one waits for the database another one is made ready.
	claimLeaders = 2
	// claimGroup is how many claims are in a group at most.
	claimGroup = 16
)

// claimCall is one agent's claim.
type claimCall struct {
	ctx    context.Context
	runner *domain.Runner
	take   func(j *domain.Job) error
	came   moment
	// reading is the last one of the queue that had begun when the call came.
	reading uint64
	// idle: nothing that is known of the queue is for the runner.
	idle bool

	finished bool
	details  ports.JobDetails
	ok       bool
	err      error

	lead chan []*claimCall // holds the group that the caller is to lead
	done chan struct{}     // closed when another one has led
}

func newClaimCall(ctx context.Context, runner *domain.Runner, take func(j *domain.Job) error) *claimCall {
	return &claimCall{ctx: ctx, runner: runner, take: take, lead: make(chan []*claimCall, 1), done: make(chan struct{})}
}

// finish ends the call without a job.
func (c *claimCall) finish(err error) { c.finished, c.err = true, err }

// claimGroups lets claims that come at the same moment go to the database
// together. No claim waits for others to come: while fewer than claimLeaders are
// under way it goes at once, and those that wait until one ends go together.
type claimGroups struct {
	run func(calls []*claimCall)

	mu      sync.Mutex
	waiting []*claimCall // nobody while there are fewer leaders than may be
	leaders int
}

// do returns when the call is finished.
func (g *claimGroups) do(call *claimCall) {
	if g.begin(call) {
		g.leadGroup([]*claimCall{call})
		return
	}
	select {
	case calls := <-call.lead:
		g.leadGroup(calls)
	case <-call.done:
	}
}

// begin tells whether the call leads at once; else it waits.
func (g *claimGroups) begin(call *claimCall) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.leaders < claimLeaders {
		g.leaders++
		return true
	}
	g.waiting = append(g.waiting, call)
	return false
}

// errBrokenOff is what is left of a group whose leader panics.
var errBrokenOff = errors.New("the claims beside this one broke off")

// leadGroup runs the calls, of which the first is the caller's own, and lets the
// next group go.
func (g *claimGroups) leadGroup(calls []*claimCall) {
	defer g.pass()
	defer func() {
		for _, call := range calls {
			if !call.finished {
				call.finish(errBrokenOff)
			}
			close(call.done)
		}
	}()
	g.run(calls)
}

// pass makes the call the next leader that has been waiting longest.
func (g *claimGroups) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), claimGroup)
	if n == 0 {
		g.leaders--
		return
	}
	calls := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	calls[0].lead <- calls
}
