package application

import (
	"context"
	"errors"
	"time"

	"runyard/domain"
	"runyard/ports"
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
// the job knows of them. Of several calls with the same piece, on whatever nodes,
// one counts. A trace that grows too large ends the job (runner protocol, section
// 6).
func (a *Agents) AppendTrace(ctx context.Context, cmd AppendTrace) (TraceReply, error) {
	job, reply, err := a.jobOf(ctx, cmd.AgentCall)
	if err != nil {
		return TraceReply{AgentReply: reply}, err
	}
	known := job.State().Trace
	if known.Size != cmd.First {
		return TraceReply{reply, known.Size}, &domain.TraceGap{Size: known.Size}
	}
	if end := cmd.First + int64(len(cmd.Chunk)); a.limits.Trace > 0 && end > a.limits.Trace {
		return a.endTrace(ctx, cmd)
	}
	if err := a.p.TraceStore.Write(ctx, traceOf(job), cmd.First, cmd.Chunk); err != nil {
		return TraceReply{AgentReply: reply}, err
	}
	told, err := a.countTrace(ctx, cmd, known.Repaired)
	if domain.IsForbidden(err) {
		a.dropIfGone(ctx, cmd.Job)
	}
	return told, err
}

// traceOf is under which name the trace of a job is stored now.
func traceOf(job *domain.Job) ports.TraceID {
	return ports.TraceID{Job: job.ID(), Repaired: job.State().Trace.Repaired}
}

// dropIfGone deletes what was written after its job was deleted, and its trace.
func (a *Agents) dropIfGone(ctx context.Context, job domain.JobID) {
	ctx, cancel := finishing(ctx)
	defer cancel()
	if _, err := a.p.Jobs.Load(ctx, job); domain.IsNotFound(err) {
		a.p.fault(ctx, "delete the trace of a job that is gone", a.p.TraceStore.Delete(ctx, job))
	}
}

// countTrace lets the job know of bytes that are stored, unless it was asked for
// all of them again meanwhile: these went to the trace that counts no more.
func (a *Agents) countTrace(ctx context.Context, cmd AppendTrace, repaired bool) (TraceReply, error) {
	var size int64
	reply, err := a.changeJob(ctx, cmd.AgentCall, func(j *domain.Job, now time.Time) error {
		if known := j.State().Trace; known.Repaired != repaired {
			size = known.Size
			return &domain.TraceGap{Size: size}
		}
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
