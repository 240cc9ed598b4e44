package domain

import (
	"fmt"
	"hash/crc32"
	"time"
)

// Trace is what is known of a job's log without reading it.
type Trace struct {
	Size int64  // bytes
	CRC  uint32 // CRC-32 (IEEE) over them
	// Repaired: the agent was asked once to send everything again. It is not
	// asked twice.
	Repaired bool
}

// attention is how long somebody who read a trace, or put a job in the queue, may
// be waiting for more.
const attention = time.Minute

// WatchedSince tells whether somebody who read a trace at that moment may still
// be waiting for more. Nobody ever read it if that is zero.
func WatchedSince(read, now time.Time) bool { return now.Sub(read) < attention }

// Attended tells whether the agent should tell at once what happens: somebody
// watches the job, or it has just begun, or it is to stop. read is when its trace
// was read last.
func (j *Job) Attended(read, now time.Time) bool {
	return j.s.Status != JobRunning || WatchedSince(j.s.StartedAt, now) || WatchedSince(read, now)
}

// TraceGap says that a piece of a trace does not begin where the stored one
// ends.
type TraceGap struct {
	Size int64 // bytes stored
}

// Error is for logs and tests.
func (g *TraceGap) Error() string { return fmt.Sprintf("the trace continues at byte %d", g.Size) }

// ErrTraceTooLarge refuses a piece that would make the trace larger than it may
// be. The job has failed then.
var ErrTraceTooLarge = Forbidden("Trace size limit exceeded")

// AppendTrace notes that the chunk which begins at the byte first was stored.
// The error is a *TraceGap if it does not continue the trace (runner protocol,
// section 6).
func (j *Job) AppendTrace(first int64, chunk []byte, now time.Time) error {
	if err := j.MustBeAtAgent(); err != nil {
		return err
	}
	if first != j.s.Trace.Size {
		return &TraceGap{Size: j.s.Trace.Size}
	}
	j.s.Trace.Size += int64(len(chunk))
	j.s.Trace.CRC = crc32.Update(j.s.Trace.CRC, crc32.IEEETable, chunk)
	j.s.TouchedAt = now
	return nil
}

// TraceIntact compares the trace with what the agent says of its own copy. An
// empty checksum says nothing; neither does a negative size.
func (j *Job) TraceIntact(checksum string, size int64) bool {
	if size >= 0 && size != j.s.Trace.Size {
		return false
	}
	return checksum == "" || checksum == fmt.Sprintf("crc32:%08x", j.s.Trace.CRC)
}

// RepairTrace forgets the trace, so that the agent sends it again from the
// first byte; false if that was tried already.
func (j *Job) RepairTrace(now time.Time) bool {
	if j.s.Trace.Repaired {
		return false
	}
	j.s.Trace = Trace{Repaired: true}
	j.s.TouchedAt = now
	return true
}
