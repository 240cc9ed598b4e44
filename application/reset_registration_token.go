package application

import (
	"context"

	"runyard/domain"
)

// ResetRegistrationToken gives the instance another registration token, for
// administrators. The old one is dead at once (Runners API reference 5.7).
func (s *Runners) ResetRegistrationToken(ctx context.Context, actor domain.Actor) (domain.Secret, error) {
	if err := actor.MustBeAdmin(); err != nil {
		return "", err
	}
	if err := s.p.Policy.MustAllowRegistrationTokens(); err != nil {
		return "", err
	}
	token := s.p.Generator.InstanceRegistrationToken()
	digest := s.p.Vault.Digest(token)
	err := s.p.Instance.Update(ctx, func(i *domain.Instance) error {
		i.RegistrationToken = digest
		return nil
	})
	return shownIf(err, token)
}

// ResetRegistrationToken gives the project another registration token.
func (s *ProjectRunners) ResetRegistrationToken(ctx context.Context) (domain.Secret, error) {
	if err := s.p.Policy.MustAllowRegistrationTokens(); err != nil {
		return "", err
	}
	token := s.p.newRegistrationToken()
	err := s.p.Projects.Update(ctx, s.project, func(p *domain.Project) error {
		p.ResetRegistrationToken(token)
		return nil
	})
	return shownIf(err, s.p.Vault.RegistrationToken(token.Seed))
}

// ResetRegistrationToken gives the group another registration token.
func (s *GroupRunners) ResetRegistrationToken(ctx context.Context) (domain.Secret, error) {
	if err := s.p.Policy.MustAllowRegistrationTokens(); err != nil {
		return "", err
	}
	token := s.p.newRegistrationToken()
	err := s.p.Groups.Update(ctx, s.group, func(g, _ *domain.Group) error {
		g.ResetRegistrationToken(token)
		return nil
	})
	return shownIf(err, s.p.Vault.RegistrationToken(token.Seed))
}

// shownIf keeps a token back that was not stored.
func shownIf(err error, token domain.Secret) (domain.Secret, error) {
	if err != nil {
		return "", err
	}
	return token, nil
}
