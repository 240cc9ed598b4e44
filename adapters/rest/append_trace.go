package rest

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
)

// maxTraceChunk is the largest piece of a trace in bytes: agents send no more.
const maxTraceChunk = 1 << 20

// traceRange is what an agent says about where a piece of the trace belongs:
// the first byte and the last one. Some get the last one wrong, so that only
// the first one counts (runner protocol, section 6).
var traceRange = regexp.MustCompile(`^(\d+)-\d*$`)

var (
	appendTraceSchema = params.NewSchema(params.Int("id"))
	errNoTraceRange   = domain.BadRequest("400 Bad request - Missing or malformed header Content-Range")
)

// appendTrace stores a piece of a trace.
func (s *Server) appendTrace(c *call) (answer, error) {
	values, err := c.parse(appendTraceSchema)
	if err != nil {
		return answer{}, err
	}
	first, err := firstByte(c.gin.GetHeader("Content-Range"))
	if err != nil {
		return answer{}, err
	}
	chunk, err := params.ReadBody(c.gin.Request.Body, maxTraceChunk)
	if err != nil {
		return answer{}, err
	}
	reply, err := s.Agents.AppendTrace(c.ctx(), application.AppendTrace{
		AgentCall: c.agentCall(values), First: first, Chunk: chunk,
	})
	c.tell(reply.AgentReply)
	var gap *domain.TraceGap
	switch {
	case errors.As(err, &gap):
		c.tellTraceSize(gap.Size)
		return answer{http.StatusRequestedRangeNotSatisfiable, message("416 Range Not Satisfiable")}, nil
	case err != nil:
		return answer{}, err
	}
	c.tellTraceSize(reply.Size)
	return answer{status: http.StatusAccepted}, nil
}

// tellTraceSize says how many bytes are stored: where the agent goes on.
func (c *call) tellTraceSize(size int64) { c.gin.Header("Range", fmt.Sprintf("0-%d", size)) }

func firstByte(contentRange string) (int64, error) {
	match := traceRange.FindStringSubmatch(contentRange)
	if match == nil {
		return 0, errNoTraceRange
	}
	first, err := strconv.ParseInt(match[1], 10, 64)
	if err != nil {
		return 0, errNoTraceRange
	}
	return first, nil
}
