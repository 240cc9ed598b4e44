package sqlstore

import (
	"time"

	"runyard/domain"
)

const (
	// queueAge is how old what is known of the queue may be when a claim finds a
	// job in it. A claim that finds none has it read anew whatever its age.
	queueAge = 100 * time.Millisecond
	// loadAge is the same for the jobs of projects on instance runners, or
	// loadRest times as long as it takes to count them.
	loadAge  = 300 * time.Millisecond
	loadRest = 20
	// knownRunners is how many project runners are kept in mind at most.
	knownRunners = 10_000
	// knownTypes is the same for the types of all runners.
	knownTypes = 100_000
)

// queueKnowledge is the index with what says how new it is.
type queueKnowledge struct {
	index *laneIndex
	// snapshot is that of the database when the queue was read last; empty: it
	// must be read as a whole.
	snapshot  string
	readAt    time.Time
	outOfDate bool // this node changed the queue since
	// begun and ended count readings.
	begun, ended uint64

	countedAt time.Time
	countTook time.Duration
	miscount  bool // this node changed loads in a way that it cannot follow
	// shared holds the runners that claimed here: are they instance runners?
	shared   map[domain.RunnerID]bool
	assigned map[domain.RunnerID]assignedProjects
}

// assignedProjects are those of a project runner.
type assignedProjects struct {
	projects []domain.ProjectID
	reading  uint64 // which one found them
}

func newQueueKnowledge() *queueKnowledge {
	return &queueKnowledge{
		index:  newLaneIndex(),
		shared: make(map[domain.RunnerID]bool), assigned: make(map[domain.RunnerID]assignedProjects),
	}
}

// welcome prepares a call.
func (k *queueKnowledge) welcome(call *claimCall) {
	call.came, call.reading = k.index.now(), k.begun
	shared := call.runner.State().Type.Shared()
	if len(k.shared) > knownTypes {
		clear(k.shared)
	}
	k.shared[call.runner.ID()] = shared
	if shared && k.countedAt.IsZero() {
		k.miscount = true
	}
}

// first is the lane from which the runner takes its next job; nil: none.
func (k *queueKnowledge) first(runner *domain.Runner) *lane {
	return k.index.first(runner, k.assigned[runner.ID()].projects)
}

func (k *queueKnowledge) take(l *lane, runner *domain.Runner) domain.JobID {
	return k.index.take(l, runner.State().Type.Shared())
}

// isNewFor tells whether all was read after the call came that could be for it.
func (k *queueKnowledge) isNewFor(call *claimCall) bool {
	if len(k.index.drained) > 0 || k.ended <= call.reading {
		return false
	}
	for _, lost := range k.index.lost {
		if lost < call.came {
			return false
		}
	}
	return call.runner.State().Type != domain.ProjectRunner || k.assigned[call.runner.ID()].reading > call.reading
}

// mustRead tells whether the queue must be read before the calls can go on.
func (k *queueKnowledge) mustRead(calls []*claimCall, now time.Time) bool {
	if k.snapshot == "" || k.outOfDate || k.miscount || len(k.index.drained) > 0 || now.Sub(k.readAt) > queueAge {
		return true
	}
	for _, call := range calls {
		if call.idle && !k.isNewFor(call) || k.knowsNoProjects(call) {
			return true
		}
	}
	return false
}

func (k *queueKnowledge) knowsNoProjects(call *claimCall) bool {
	_, known := k.assigned[call.runner.ID()]
	return !known && call.runner.State().Type == domain.ProjectRunner
}

// mustCount tells whether the loads are to be counted.
func (k *queueKnowledge) mustCount(now time.Time) bool {
	return k.miscount || !k.countedAt.IsZero() && now.Sub(k.countedAt) > max(loadAge, loadRest*k.countTook)
}

// jobsCame notes that this node put jobs into the queue.
func (k *queueKnowledge) jobsCame() { k.outOfDate = true }

// jobCame notes that a job is at an agent that did not claim it here.
func (k *queueKnowledge) jobCame() { k.miscount = k.miscount || !k.countedAt.IsZero() }

// jobLeft notes that a job is not at the agent of the runner any more.
func (k *queueKnowledge) jobLeft(project domain.ProjectID, runner domain.RunnerID) {
	switch shared, known := k.shared[runner]; {
	case !known:
		k.jobCame()
	case shared:
		k.index.addLoad(project, -1)
	}
}
