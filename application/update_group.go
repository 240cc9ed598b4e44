package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// GroupEditor is what an Owner may do with a group itself.
type GroupEditor struct {
	groups *Groups
	access domain.GroupAccess
}

// Edit opens a group to its Owners.
func (s *Groups) Edit(ctx context.Context, actor domain.Actor, ref ports.GroupRef) (*GroupEditor, error) {
	access, err := s.p.groupAccess(ctx, actor, ref, domain.Owner)
	if err != nil {
		return nil, err
	}
	return &GroupEditor{groups: s, access: access}, nil
}

// Update changes the group. New names and paths reach all that is below it.
func (e *GroupEditor) Update(ctx context.Context, change domain.GroupChange) (GroupView, error) {
	id := e.access.Group.ID()
	err := e.groups.p.Groups.Update(ctx, id, func(g, parent *domain.Group) error {
		return g.Update(change, parent)
	})
	if err != nil {
		return GroupView{}, pathTaken(err)
	}
	return e.groups.Show(ctx, e.access.Actor, ports.GroupRef{ID: id})
}
