package application

import (
	"context"

	"runyard/domain"
)

// Block keeps a user from signing in. Only administrators may.
func (s *Users) Block(ctx context.Context, actor domain.Actor, id domain.UserID) error {
	if err := actor.MustBeAdmin(); err != nil {
		return err
	}
	return s.p.Users.Update(ctx, id, func(u *domain.User) error { return u.Block(actor) })
}

// Unblock lets a user sign in again. Only administrators may.
func (s *Users) Unblock(ctx context.Context, actor domain.Actor, id domain.UserID) error {
	if err := actor.MustBeAdmin(); err != nil {
		return err
	}
	return s.p.Users.Update(ctx, id, func(u *domain.User) error {
		u.Unblock()
		return nil
	})
}
