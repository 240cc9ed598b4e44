package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// CreateGroup asks for a new group, of which the actor becomes the Owner.
type CreateGroup struct {
	Actor       domain.Actor
	Name        string
	Path        string
	Parent      domain.GroupID // zero: at the top
	Visibility  domain.Visibility
	Description string
	// TokenExpirationInterval is in seconds; nil: the group does not say.
	TokenExpirationInterval *int64
}

// Create makes a group. At the top everybody may, below a group its Owners.
func (s *Groups) Create(ctx context.Context, cmd CreateGroup) (GroupView, error) {
	var parent *domain.Group
	if cmd.Parent != 0 {
		access, err := s.p.groupAccess(ctx, cmd.Actor, ports.GroupRef{ID: cmd.Parent}, domain.Owner)
		if err != nil {
			return GroupView{}, err
		}
		parent = access.Group
	}
	group, err := domain.NewGroup(domain.GroupState{
		Name: cmd.Name, Path: cmd.Path, Visibility: cmd.Visibility, Description: cmd.Description,
		Token: s.p.newRegistrationToken(), TokenExpirationInterval: cmd.TokenExpirationInterval,
	}, parent, s.p.Clock.Now())
	if err != nil {
		return GroupView{}, err
	}
	id, err := s.p.Groups.Add(ctx, group, cmd.Actor.User)
	if err != nil {
		return GroupView{}, pathTaken(err)
	}
	return s.Show(ctx, cmd.Actor, ports.GroupRef{ID: id})
}
