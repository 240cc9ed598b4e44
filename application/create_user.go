package application

import (
	"context"

	"runyard/domain"
)

// CreateUser asks for a new user.
type CreateUser struct {
	Actor    domain.Actor
	Username string
	Name     string
	Email    string
	Admin    bool
}

// Create makes a user with a personal namespace. Only administrators may.
func (s *Users) Create(ctx context.Context, cmd CreateUser) (*domain.User, error) {
	if err := cmd.Actor.MustBeAdmin(); err != nil {
		return nil, err
	}
	user, err := domain.NewUser(domain.UserState{
		Username: cmd.Username, Name: cmd.Name, Email: cmd.Email, Admin: cmd.Admin,
	}, s.p.Clock.Now())
	if err != nil {
		return nil, err
	}
	id, err := s.p.Users.Add(ctx, user)
	if err != nil {
		return nil, err
	}
	return s.p.Users.Find(ctx, id)
}
