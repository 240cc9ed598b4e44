package rest

import (
	"runyard/application"
	"runyard/domain"
)

// issuedTokenView is a runner's new token (runners-api.md 5.7).
type issuedTokenView struct {
	Token          string    `json:"token"`
	TokenExpiresAt timestamp `json:"token_expires_at"`
}

func (v views) issuedToken(t application.IssuedToken) issuedTokenView {
	return issuedTokenView{Token: t.Token.Reveal(), TokenExpiresAt: timestamp(t.ExpiresAt)}
}

func (s *Server) resetRunnerToken(c *call) (answer, error) {
	values, err := c.parse(idSchema)
	if err != nil {
		return answer{}, err
	}
	issued, err := s.Runners.ResetToken(c.ctx(), application.ResetRunnerToken{
		Actor: c.actor, Runner: idOf[domain.RunnerID](values, "id"),
	})
	if err != nil {
		return answer{}, err
	}
	return created(s.views.issuedToken(issued)), nil
}

func (s *Server) rotateRunnerToken(c *call) (answer, error) {
	values, err := c.parse(runnerTokenSchema)
	if err != nil {
		return answer{}, err
	}
	issued, err := s.Runners.RotateToken(c.ctx(), c.runnerCall(values))
	if err != nil {
		return answer{}, err
	}
	return created(s.views.issuedToken(issued)), nil
}

// registrationTokenView is the new registration token of the instance, a project
// or a group; these do not expire.
type registrationTokenView struct {
	Token string `json:"token"`
}

// resetAnswer shows a new registration token.
func resetAnswer(token domain.Secret, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return created(registrationTokenView{token.Reveal()}), nil
}

func (s *Server) resetInstanceToken(c *call) (answer, error) {
	return resetAnswer(s.Runners.ResetRegistrationToken(c.ctx(), c.actor))
}

func (s *Server) resetProjectToken(c *call) (answer, error) {
	runners, err := s.Runners.OfProject(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return answer{}, err
	}
	return resetAnswer(runners.ResetRegistrationToken(c.ctx()))
}

func (s *Server) resetGroupToken(c *call) (answer, error) {
	runners, err := s.Runners.OfGroup(c.ctx(), c.actor, c.groupRef())
	if err != nil {
		return answer{}, err
	}
	return resetAnswer(runners.ResetRegistrationToken(c.ctx()))
}
