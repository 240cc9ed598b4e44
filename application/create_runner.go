package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// CreateRunner asks for a new runner without an agent: whoever gets its token
// can be its agent. The tokens in Registration are ignored.
type CreateRunner struct {
	Actor        domain.Actor
	Scope        domain.RunnerScope
	Registration domain.RunnerRegistration
}

// Create makes a new runner: of the instance for administrators, of a group for
// its Owners, of a project for its Maintainers (Runners API reference 5.8).
func (s *Runners) Create(ctx context.Context, cmd CreateRunner) (RegisteredRunner, error) {
	if err := s.mustCreateIn(ctx, cmd.Actor, cmd.Scope); err != nil {
		return RegisteredRunner{}, insufficient(err)
	}
	cmd.Registration.MadeByUser = true
	created, err := s.p.addRunner(ctx, cmd.Registration, cmd.Scope)
	return created, insufficient(err)
}

func (s *Runners) mustCreateIn(ctx context.Context, actor domain.Actor, scope domain.RunnerScope) error {
	var err error
	switch scope.Type {
	case domain.InstanceRunner:
		err = actor.MustBeAdmin()
	case domain.GroupRunner:
		_, err = s.p.groupAccess(ctx, actor, ports.GroupRef{ID: scope.Group}, domain.Owner)
	case domain.ProjectRunner:
		_, err = s.p.projectAccess(ctx, actor, ports.ProjectRef{ID: scope.Project}, domain.Maintainer)
	}
	return err
}

// insufficient gives one answer to those who may not make a runner somewhere and
// to those who do not know whether there is such a place.
func insufficient(err error) error {
	if domain.IsNotFound(err) || domain.IsForbidden(err) {
		return domain.Forbidden("Insufficient permissions")
	}
	return err
}
