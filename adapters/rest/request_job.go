package rest

import (
	"runyard/adapters/rest/params"
	"runyard/application"
)

var requestJobSchema = params.NewSchema(
	params.String("token").Required(),
	params.String("system_id"),
	params.String("last_update"),
	params.Hash("info"),
	params.Hash("session"),
)

// requestJob gives an agent work. 403 is for dead tokens alone: it silences an
// agent for an hour (runner protocol, 4.7).
//
// Ten thousand requests may wait here: what they keep on the heap and on the
// stack is kept small. So the steps stand apart, and are not inlined.
func (s *Server) requestJob(c *call) (answer, error) {
	cmd, err := c.workRequest()
	if err != nil {
		return answer{}, err
	}
	offer, err := s.Agents.Request(c.ctx(), cmd)
	if err != nil {
		return answer{}, err
	}
	return c.offered(offer), nil
}

// workRequest is what the agent asks for.
//
//go:noinline
func (c *call) workRequest() (*application.RequestJob, error) {
	token := c.agentToken(runnerTokenHeader)
	if token != "" {
		c.raw["token"] = token.Reveal()
	}
	values, err := c.parse(requestJobSchema)
	if err != nil {
		return nil, err
	}
	c.raw = nil
	return &application.RequestJob{
		RunnerCall: c.runnerCall(values),
		LastUpdate: orZero(values.String("last_update")),
		Graceful:   c.server.agents.infoOf(values).cancelsGracefully,
		Aside:      func(wait func()) bool { return c.server.admission.hold(c.place, wait) },
	}, nil
}

// offered answers with the offer.
//
//go:noinline
func (c *call) offered(offer application.JobOffer) answer {
	if offer.Job != nil {
		return created(offeredJob(*offer.Job))
	}
	if offer.LastUpdate != "" {
		c.gin.Header(lastUpdateHeader, offer.LastUpdate)
	}
	return noContent()
}
