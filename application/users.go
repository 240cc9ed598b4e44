package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// Users holds the use cases around users and their tokens.
type Users struct{ p Ports }

// NewUsers makes the use cases around users.
func NewUsers(p Ports) *Users { return &Users{p} }

// UserList is one page of users.
type UserList struct {
	Users []*domain.User
	Total int // up to ports.CountLimit
}

// List lists users to everybody who is signed in.
func (s *Users) List(ctx context.Context, q ports.UserQuery, page ports.Page) (UserList, error) {
	users, total, err := s.p.Users.List(ctx, q, page)
	return UserList{Users: users, Total: total}, err
}

// Show shows one user to everybody who is signed in.
func (s *Users) Show(ctx context.Context, id domain.UserID) (*domain.User, error) {
	return s.p.Users.Find(ctx, id)
}
