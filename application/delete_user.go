package application

import (
	"context"

	"runyard/domain"
)

// Delete deletes a user with tokens, memberships and personal projects. Only
// administrators may.
func (s *Users) Delete(ctx context.Context, actor domain.Actor, id domain.UserID) error {
	if err := actor.MustBeAdmin(); err != nil {
		return err
	}
	user, err := s.p.Users.Find(ctx, id)
	if err != nil {
		return err
	}
	if err := user.MustBeDeletable(actor); err != nil {
		return err
	}
	return s.p.Users.Delete(ctx, id)
}
