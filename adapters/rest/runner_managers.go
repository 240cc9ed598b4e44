package rest

import (
	"time"

	"runyard/adapters/rest/params"
	"runyard/domain"
)

var removeRunnerManagerSchema = params.NewSchema(
	params.String("token").Required(), params.String("system_id").Required(),
)

// runnerManagerView is the runner manager of runners-api.md 5.6.
type runnerManagerView struct {
	ID           domain.RunnerManagerID `json:"id"`
	SystemID     domain.SystemID        `json:"system_id"`
	Version      *string                `json:"version"`
	Revision     *string                `json:"revision"`
	Platform     *string                `json:"platform"`
	Architecture *string                `json:"architecture"`
	CreatedAt    timestamp              `json:"created_at"`
	ContactedAt  timestamp              `json:"contacted_at"`
	IPAddress    *string                `json:"ip_address"`
	Status       domain.ManagerStatus   `json:"status"`
}

func (v views) runnerManager(m domain.RunnerManager, at time.Time) runnerManagerView {
	return runnerManagerView{
		ID: m.ID, SystemID: m.SystemID,
		Version: m.Version, Revision: m.Revision, Platform: m.Platform, Architecture: m.Architecture,
		CreatedAt: timestamp(m.CreatedAt), ContactedAt: timestamp(m.ContactedAt),
		IPAddress: m.IPAddress, Status: m.Status(at),
	}
}

func (s *Server) listRunnerManagers(c *call) (answer, error) {
	values, err := c.parse(idSchema)
	if err != nil {
		return answer{}, err
	}
	list, err := s.Runners.ListManagers(c.ctx(), c.actor, idOf[domain.RunnerID](values, "id"))
	if err != nil {
		return answer{}, err
	}
	return ok(mapped(list.Managers, func(m domain.RunnerManager) runnerManagerView {
		return s.views.runnerManager(m, list.At)
	})), nil
}

func (s *Server) removeRunnerManager(c *call) (answer, error) {
	values, err := c.parse(removeRunnerManagerSchema)
	if err != nil {
		return answer{}, err
	}
	return noContent(), s.Agents.RemoveManager(c.ctx(),
		domain.Secret(orZero(values.String("token"))), domain.SystemID(orZero(values.String("system_id"))))
}
