package application

import (
	"context"

	"runyard/domain"
)

// RevokeToken makes a token unusable. Administrators and its user may.
func (s *Users) RevokeToken(ctx context.Context, actor domain.Actor, id domain.PersonalAccessTokenID) error {
	return s.p.Tokens.Update(ctx, id, func(t *domain.PersonalAccessToken) error {
		if err := t.MustBeRevocableBy(actor); err != nil {
			return err
		}
		t.Revoke()
		return nil
	})
}
