package application

import (
	"context"
	"errors"
	"time"

	"runyard/domain"
)

// AppendTrace is a piece of a job's trace, which begins at the byte First.
type AppendTrace struct {
	AgentCall
	First int64
	Chunk []byte
}

// TraceReply tells how many bytes of the trace are stored, also beside a
// *domain.TraceGap.
type TraceReply struct {
	AgentReply
	Size int64
}

// AppendTrace stores the piece: first its bytes, which count for nothing until
// the job knows of them. Calls for one job wait for each other, so that a late
// repetition of an early piece cannot cut off what came after it. A trace that
// grows too large ends the job (runner protocol, section 6).
func (a *Agents) AppendTrace(ctx context.Context, cmd AppendTrace) (TraceReply, error) {
	leave, err := a.traces.enter(ctx, cmd.Job)
	if err != nil {
		return TraceReply{}, err
	}
	defer leave()
	job, reply, err := a.jobOf(ctx, cmd.AgentCall)
	if err != nil {
		return TraceReply{AgentReply: reply}, err
	}
	if size := job.State().Trace.Size; size != cmd.First {
		return TraceReply{reply, size}, &domain.TraceGap{Size: size}
	}
	if end := cmd.First + int64(len(cmd.Chunk)); a.limits.Trace > 0 && end > a.limits.Trace {
		return a.endTrace(ctx, cmd)
	}
	if err := a.p.TraceStore.Write(ctx, cmd.Job, cmd.First, cmd.Chunk); err != nil {
		return TraceReply{AgentReply: reply}, err
	}
	return a.countTrace(ctx, cmd)
}

// countTrace lets the job know of bytes that are stored.
func (a *Agents) countTrace(ctx context.Context, cmd AppendTrace) (TraceReply, error) {
	var size int64
	reply, err := a.changeJob(ctx, cmd.AgentCall, func(j *domain.Job, now time.Time) error {
		err := j.AppendTrace(cmd.First, cmd.Chunk, now)
		size = j.State().Trace.Size
		return err
	})
	var gap *domain.TraceGap
	if err != nil && !errors.As(err, &gap) {
		return TraceReply{AgentReply: reply}, err
	}
	return TraceReply{reply, size}, err
}

// endTrace ends the job because its trace would be too large.
func (a *Agents) endTrace(ctx context.Context, cmd AppendTrace) (TraceReply, error) {
	reply, err := a.changeJob(ctx, cmd.AgentCall, func(j *domain.Job, now time.Time) error {
		j.Fail(domain.TraceSizeExceeded, now)
		return nil
	})
	if err == nil {
		err = domain.ErrTraceTooLarge
	}
	return TraceReply{AgentReply: reply}, err
}
