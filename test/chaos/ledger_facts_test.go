package chaos

import (
	"fmt"
	"slices"
	"time"
)

// settled is how long a request may still take effect after its client saw it
// fail: longer than any statement may take.
const settled = 15 * time.Second

// value is what is known of something that requests change. Only one client
// changes it, one request after the other.
type value[T comparable] struct {
	acknowledged T
	// attempts may have taken effect, or may still do so: there was no answer.
	attempts []attempt[T]
}

type attempt[T comparable] struct {
	value T
	at    time.Time
}

// note keeps what came of a request to set the value.
func (v *value[T]) note(wanted T, outcome outcome) {
	switch outcome {
	case acknowledged:
		v.acknowledged = wanted
		v.attempts = slices.DeleteFunc(v.attempts, func(a attempt[T]) bool { return time.Since(a.at) > settled })
	case unknown:
		v.attempts = append(v.attempts, attempt[T]{wanted, time.Now()})
	case refused:
	}
}

// certain tells whether there is only one possibility.
func (v *value[T]) certain() bool { return len(v.attempts) == 0 }

// may tells whether the value can be this.
func (v *value[T]) may(be T) bool {
	return v.acknowledged == be || slices.ContainsFunc(v.attempts, func(a attempt[T]) bool { return a.value == be })
}

// outcome is what a client knows after a request.
type outcome int

const (
	acknowledged outcome = iota // it was done
	refused                     // it was not done
	unknown                     // it was done or not
)

func outcomeOf(r reply, err error) outcome {
	switch {
	case err != nil || r.status >= 500:
		return unknown
	case r.ok():
		return acknowledged
	}
	return refused
}

// runnerFact is what the ledger has on a runner that was acknowledged.
type runnerFact struct {
	id          int64
	description value[string]
	paused      value[bool]
	shared      value[bool] // it is enabled for the second project
	there       value[bool]
}

// jobFact is what the ledger has on a job that was acknowledged.
type jobFact struct {
	id     int64
	name   string
	token  string // of the hand-over; empty: there was none that was acknowledged
	asked  bool   // a request for a job was not answered while this one waited
	status value[string]
	trace  int // bytes that were acknowledged
	sent   int // bytes that were sent
}

// traceOf is what a job prints: every byte tells its place.
func traceOf(job int64, length int) []byte {
	text := make([]byte, 0, length+16)
	for line := 0; len(text) < length; line++ {
		text = fmt.Appendf(text, "%d:%d\n", job, line)
	}
	return text[:length]
}
