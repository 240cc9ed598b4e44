package application

import (
	"context"

	"runyard/domain"
)

// Bootstrap makes sure, at every start, that somebody can use the instance.
type Bootstrap struct{ p Ports }

// NewBootstrap makes the use case of starting.
func NewBootstrap(p Ports) *Bootstrap { return &Bootstrap{p} }

// StartTokens are the tokens that a start needs.
type StartTokens struct {
	Root         domain.Secret // personal access token of root
	Registration domain.Secret // registration token of the instance
}

// Ensure makes sure that root and both tokens exist. A given token is set,
// replacing a different one; of those not given, one that exists is kept, and
// one that is missing is generated. It returns the generated ones, which nobody
// can read again, and leaves the others empty; if it fails half-way, it returns
// those that are in use already.
func (s *Bootstrap) Ensure(ctx context.Context, given StartTokens) (generated StartTokens, err error) {
	if err := s.ensureRoot(ctx); err != nil {
		return StartTokens{}, err
	}
	if generated.Root, err = s.ensureRootToken(ctx, given.Root); err != nil {
		return StartTokens{}, err
	}
	generated.Registration, err = s.ensureRegistrationToken(ctx, given.Registration)
	return generated, err
}

// ensureRoot makes user 1. Another node may do so at the same moment.
func (s *Bootstrap) ensureRoot(ctx context.Context) error {
	_, err := s.p.Users.Find(ctx, domain.RootUser)
	if !domain.IsNotFound(err) {
		return err
	}
	root, err := domain.NewUser(domain.UserState{
		ID: domain.RootUser, Username: "root", Name: "Administrator", Email: "admin@example.com", Admin: true,
	}, s.p.Clock.Now())
	if err == nil {
		_, err = s.p.Users.Add(ctx, root)
	}
	if domain.IsConflict(err) {
		_, err = s.p.Users.Find(ctx, domain.RootUser)
	}
	return err
}

func (s *Bootstrap) ensureRegistrationToken(ctx context.Context, given domain.Secret) (domain.Secret, error) {
	token := given
	if token == "" {
		token = s.p.Generator.InstanceRegistrationToken()
	}
	digest := s.p.Vault.Digest(token)
	kept := false
	err := s.p.Instance.Update(ctx, func(i *domain.Instance) error {
		kept = given == "" && i.RegistrationToken != ""
		if !kept {
			i.RegistrationToken = digest
		}
		return nil
	})
	if err != nil || kept || given != "" {
		return "", err
	}
	return token, nil
}

func (s *Bootstrap) ensureRootToken(ctx context.Context, given domain.Secret) (domain.Secret, error) {
	instance, err := s.p.Instance.Find(ctx)
	if err != nil {
		return "", err
	}
	if instance.RootToken != 0 {
		if given == "" {
			return "", nil
		}
		digest := s.p.Vault.Digest(given)
		return "", s.p.Tokens.Update(ctx, instance.RootToken, func(t *domain.PersonalAccessToken) error {
			t.Replace(digest)
			return nil
		})
	}
	return s.addRootToken(ctx, given)
}

// addRootToken makes root's first token. Of several nodes that do so at the
// same moment one wins; the others take theirs back.
func (s *Bootstrap) addRootToken(ctx context.Context, given domain.Secret) (domain.Secret, error) {
	secret := given
	if secret == "" {
		secret = s.p.Generator.PersonalAccessToken()
	}
	id, err := s.storeRootToken(ctx, s.p.Vault.Digest(secret))
	if err != nil {
		return "", err
	}
	won, err := s.claimRootToken(ctx, id)
	if err != nil || !won || given != "" {
		return "", err
	}
	return secret, nil
}

// storeRootToken stores a token of root, unless root has that very token
// already: from another node, or from a start that was cut short.
func (s *Bootstrap) storeRootToken(ctx context.Context, digest domain.Digest) (domain.PersonalAccessTokenID, error) {
	token, err := domain.NewPersonalAccessToken(domain.PersonalAccessTokenState{
		User: domain.RootUser, Name: "root", Scopes: domain.Scopes{domain.ScopeAPI}, Digest: digest,
	}, s.p.Clock.Now())
	var id domain.PersonalAccessTokenID
	if err == nil {
		id, err = s.p.Tokens.Add(ctx, token)
	}
	if !domain.IsConflict(err) {
		return id, err
	}
	stored, user, findErr := s.p.Tokens.Authenticate(ctx, digest)
	switch {
	case findErr != nil:
		return 0, findErr
	case user.ID() != domain.RootUser:
		return 0, err
	}
	return stored.State().ID, nil
}

// claimRootToken makes the token the one that every start ensures, unless
// another node was faster with another one: then the token is revoked.
func (s *Bootstrap) claimRootToken(ctx context.Context, id domain.PersonalAccessTokenID) (won bool, err error) {
	err = s.p.Instance.Update(ctx, func(i *domain.Instance) error {
		won = i.RootToken == 0 || i.RootToken == id
		if won {
			i.RootToken = id
		}
		return nil
	})
	if err != nil || won {
		return won, err
	}
	return false, s.p.Tokens.Update(ctx, id, func(t *domain.PersonalAccessToken) error {
		t.Revoke()
		return nil
	})
}
