package application

import (
	"context"
	"time"

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
	ID             domain.RunnerID
	Token          domain.Secret
	TokenExpiresAt time.Time // zero: never
}

// Register makes a new runner for whoever knows a registration token, unless
// the operator has switched those off (Runners API reference 4.12 and 5.5).
func (s *Runners) Register(ctx context.Context, cmd RegisterRunner) (RegisteredRunner, error) {
	if err := s.p.Policy.MustAllowRegistration(); err != nil {
		return RegisteredRunner{}, err
	}
	scope, err := s.registrationScope(ctx, cmd.RegistrationToken)
	if err != nil {
		return RegisteredRunner{}, err
	}
	cmd.Registration.MadeByUser = false
	registered, err := s.p.addRunner(ctx, cmd.Registration, scope)
	return registered, wrongToken(err)
}

// addRunner makes a new runner in the scope, with a token of its own.
func (p Ports) addRunner(ctx context.Context, registration domain.RunnerRegistration,
	scope domain.RunnerScope,
) (RegisteredRunner, error) {
	lifetime, err := p.localLifetime(ctx, scope)
	if err != nil {
		return RegisteredRunner{}, err
	}
	now := p.Clock.Now()
	issued := p.issueToken(registration.MadeByUser, lifetime, now)
	registration.Token, registration.TokenExpiresAt = p.Vault.Digest(issued.Token), issued.ExpiresAt
	runner, err := domain.NewRunner(registration, scope, now)
	if err != nil {
		return RegisteredRunner{}, err
	}
	id, err := p.Runners.Add(ctx, runner, scope.Project)
	if err != nil {
		return RegisteredRunner{}, err
	}
	return RegisteredRunner{ID: id, Token: issued.Token, TokenExpiresAt: issued.ExpiresAt}, nil
}

// localLifetime is what group, project and those above say of runner tokens; of
// an instance runner nobody but the operator says anything.
func (p Ports) localLifetime(ctx context.Context, scope domain.RunnerScope) (time.Duration, error) {
	if scope.Type.Shared() {
		return 0, nil
	}
	return p.Lifetimes.In(ctx, scope)
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
	if instance.RegistrationToken.Equals(digest) {
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
