package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// Groups holds the use cases around groups.
type Groups struct{ p Ports }

// NewGroups makes the use cases around groups.
func NewGroups(p Ports) *Groups { return &Groups{p} }

// GroupView is a group with what an actor may see of it.
type GroupView struct {
	domain.GroupAccess
	RegistrationToken domain.Secret // to Owners; to others empty
}

func (p Ports) groupView(access domain.GroupAccess) GroupView {
	view := GroupView{GroupAccess: access}
	if access.Allows(domain.Owner) {
		view.RegistrationToken = p.Vault.RegistrationToken(access.Group.State().Token.Seed)
	}
	return view
}

// GroupList is one page of groups.
type GroupList struct {
	Groups []GroupView
	Total  int // up to ports.CountLimit
}

// List lists the groups that the actor can see.
func (s *Groups) List(ctx context.Context, actor domain.Actor, q ports.GroupQuery, page ports.Page) (GroupList, error) {
	groups, total, err := s.p.Groups.List(ctx, actor, s.p.Clock.Now(), q, page)
	if err != nil {
		return GroupList{}, err
	}
	list := GroupList{Groups: make([]GroupView, len(groups)), Total: total}
	for i, access := range groups {
		list.Groups[i] = s.p.groupView(access)
	}
	return list, nil
}

// Show shows a group to those who can see it.
func (s *Groups) Show(ctx context.Context, actor domain.Actor, ref ports.GroupRef) (GroupView, error) {
	access, err := s.p.groupAccess(ctx, actor, ref, domain.NoAccess)
	if err != nil {
		return GroupView{}, err
	}
	return s.p.groupView(access), nil
}

// Delete deletes a group with all that is below it. Owners may.
func (s *Groups) Delete(ctx context.Context, actor domain.Actor, ref ports.GroupRef) error {
	access, err := s.p.groupAccess(ctx, actor, ref, domain.Owner)
	if err != nil {
		return err
	}
	if err := s.p.Groups.Delete(ctx, access.Group.ID()); err != nil {
		return err
	}
	// Its runners are gone, and nobody knows any more which they were.
	s.p.announce(ctx, ports.QueueEvent{Everything: true})
	return nil
}

// newRegistrationToken makes the registration token of a group or project.
func (p Ports) newRegistrationToken() domain.RegistrationToken {
	seed := p.Generator.RegistrationSeed()
	return domain.RegistrationToken{Seed: seed, Digest: p.Vault.Digest(p.Vault.RegistrationToken(seed))}
}

// pathTaken says the conflict of a full path in the words of a validation.
func pathTaken(err error) error {
	if domain.IsConflict(err) {
		return domain.Invalid("path", "has already been taken")
	}
	return err
}
