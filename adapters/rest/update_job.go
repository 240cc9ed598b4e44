package rest

import (
	"encoding/json"
	"net/http"
	"strconv"

	"runyard/adapters/rest/params"
	"runyard/application"
)

var updateJobSchema = params.NewSchema(
	params.Int("id"),
	params.String("token"),
	params.Hash("info"),
	params.String("state"),
	params.String("failure_reason"),
	params.Int("exit_code"),
	params.String("checksum"),
	params.Hash("output"),
)

// updateJob takes an agent's report on a job (runner protocol, 4.8).
func (s *Server) updateJob(c *call) (answer, error) {
	values, err := c.parse(updateJobSchema)
	if err != nil {
		return answer{}, err
	}
	reply, err := s.Agents.Update(c.ctx(), application.UpdateJob{
		AgentCall:     c.agentCall(values),
		State:         orZero(values.String("state")),
		FailureReason: orZero(values.String("failure_reason")),
		ExitCode:      values.Int("exit_code"),
		Checksum:      firstPresent(orZero(values.Text("output", "checksum")), orZero(values.String("checksum"))),
		Bytesize:      bytesize(values),
	})
	c.tell(reply)
	if err != nil {
		return answer{}, err
	}
	return ok(strconv.Itoa(http.StatusOK)), nil
}

// bytesize is how many bytes of trace the agent says it has; negative: it does
// not say.
func bytesize(values params.Values) int64 {
	number, _ := values.Hash("output")["bytesize"].(json.Number)
	size, err := number.Int64()
	if err != nil {
		return -1
	}
	return size
}
