package application

import (
	"context"

	"runyard/domain"
)

// RegisterRunner asks for a new runner. RegistrationToken says where it
// belongs; Registration.Token is ignored.
type RegisterRunner struct {
	RegistrationToken domain.Secret
	Registration      domain.RunnerRegistration
}

// RegisteredRunner is a new runner's id and the only sight of its token.
type RegisteredRunner struct {
	ID    domain.RunnerID
	Token domain.Secret
}

// Register makes a new runner for whoever knows a registration token
// (Runners API reference 4.12).
func (s *Runners) Register(ctx context.Context, cmd RegisterRunner) (RegisteredRunner, error) {
	scope, err := s.registrationScope(ctx, cmd.RegistrationToken)
	if err != nil {
		return RegisteredRunner{}, err
	}
	token := s.p.Generator.RunnerToken()
	cmd.Registration.Token = s.p.Vault.Digest(token)
	runner, err := domain.NewRunner(cmd.Registration, scope, s.p.Clock.Now())
	if err != nil {
		return RegisteredRunner{}, err
	}
	id, err := s.p.Runners.Add(ctx, runner, scope.Project)
	if err != nil {
		return RegisteredRunner{}, wrongToken(err)
	}
	return RegisteredRunner{ID: id, Token: token}, nil
}

// registrationScope looks the token up as that of the instance, of a project
// and of a group, in this order. It compares digests, not tokens, so that the
// time it takes tells nothing about how much of a guess was right.
func (s *Runners) registrationScope(ctx context.Context, token domain.Secret) (domain.RunnerScope, error) {
	if token == "" {
		return domain.RunnerScope{}, errWrongToken
	}
	digest := s.p.Vault.Digest(token)
	instance, err := s.p.Instance.Find(ctx)
	if err != nil {
		return domain.RunnerScope{}, err
	}
	if instance.RegistrationToken == digest {
		return domain.RunnerScope{Type: domain.InstanceRunner}, nil
	}
	project, err := s.p.Projects.FindByToken(ctx, digest)
	if err == nil {
		return domain.RunnerScope{Type: domain.ProjectRunner, Project: project.ID()}, nil
	}
	if !domain.IsNotFound(err) {
		return domain.RunnerScope{}, err
	}
	group, err := s.p.Groups.FindByToken(ctx, digest)
	if err != nil {
		return domain.RunnerScope{}, wrongToken(err)
	}
	return domain.RunnerScope{Type: domain.GroupRunner, Group: group.ID()}, nil
}
