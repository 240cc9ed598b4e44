package rest

import (
	"runyard/adapters/rest/params"
	"runyard/domain"
)

var (
	assignRunnerSchema   = params.NewSchema(params.Int("runner_id").Required())
	unassignRunnerSchema = params.NewSchema(params.Int("runner_id"))
)

func (s *Server) assignRunner(c *call) (answer, error) {
	runners, err := s.Runners.OfProject(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return answer{}, err
	}
	values, err := c.parse(assignRunnerSchema)
	if err != nil {
		return answer{}, err
	}
	assigned, err := runners.Assign(c.ctx(), idOf[domain.RunnerID](values, "runner_id"))
	if err != nil {
		return answer{}, err
	}
	return created(s.views.runner(assigned.Runner.Summary(), assigned.At)), nil
}

func (s *Server) unassignRunner(c *call) (answer, error) {
	runners, err := s.Runners.OfProject(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return answer{}, err
	}
	values, err := c.parse(unassignRunnerSchema)
	if err != nil {
		return answer{}, err
	}
	return noContent(), runners.Unassign(c.ctx(), idOf[domain.RunnerID](values, "runner_id"), c.unmodifiedSince())
}
