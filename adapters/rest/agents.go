package rest

import (
	"net/http"
	"strconv"
	"time"

	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
)

const (
	// The names are spelled as net/http does, which spares it the work.
	jobTokenHeader    = "Job-Token"
	runnerTokenHeader = "Runner-Token"
	jobStatusHeader   = "Job-Status"
	lastUpdateHeader  = "X-Gitlab-Last-Update"
	// traceIntervalHeader tells an agent how many seconds to wait with the next
	// piece of the trace. It learns from the answer that its job is canceled.
	traceIntervalHeader = "X-Gitlab-Trace-Update-Interval"
	traceInterval       = 3 * time.Second // while somebody watches
)

// agentToken is the token that an agent shows: the parameter, of the body or of
// the query, beats the header (runner protocol, section 3). PRIVATE-TOKEN means
// nothing here: older agents put their own token into it.
func (c *call) agentToken(header string) domain.Secret {
	return domain.Secret(firstPresent(c.raw.Scalar("token"), c.gin.GetHeader(header)))
}

// agentCall is a call that an agent makes for the job in the path.
func (c *call) agentCall(values params.Values) application.AgentCall {
	return application.AgentCall{
		Job:       idOf[domain.JobID](values, "id"),
		Token:     c.agentToken(jobTokenHeader),
		IPAddress: c.seen.clientAddress(),
		Metadata:  c.server.agents.infoOf(values).metadata,
	}
}

// tell writes what every answer to an agent says, a refusal included.
func (c *call) tell(reply application.AgentReply) {
	if reply.Status != "" {
		c.gin.Header(jobStatusHeader, string(reply.Status))
		c.gin.Header(traceIntervalHeader, strconv.Itoa(int(max(reply.Pause, traceInterval).Seconds())))
	}
}

// discoverRouter answers that there is no job router, so that agents go on
// asking here (runner protocol, 4.6).
func (s *Server) discoverRouter(*call) (answer, error) {
	return answer{http.StatusNotImplemented, message("501 Not Implemented")}, nil
}
