package application

import (
	"context"
	"errors"
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

// AppendTrace stores the piece.
func (a *Agents) AppendTrace(context.Context, AppendTrace) (TraceReply, error) {
	return TraceReply{}, errors.ErrUnsupported
}
