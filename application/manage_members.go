package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// MemberManager is what a project Maintainer or group Owner may do with the
// members.
type MemberManager struct {
	MemberReader
	standing domain.Standing
}

// ManageGroup opens the members of a group to its Owners.
func (s *Members) ManageGroup(ctx context.Context, actor domain.Actor, ref ports.GroupRef) (*MemberManager, error) {
	access, err := s.p.groupAccess(ctx, actor, ref, domain.Owner)
	if err != nil {
		return nil, err
	}
	source := ports.MemberSource{Group: access.Group.ID()}
	return &MemberManager{MemberReader{s.p, source}, access.Standing}, nil
}

// ManageProject opens the members of a project to its Maintainers.
func (s *Members) ManageProject(ctx context.Context, actor domain.Actor, ref ports.ProjectRef) (*MemberManager, error) {
	access, err := s.p.projectAccess(ctx, actor, ref, domain.Maintainer)
	if err != nil {
		return nil, err
	}
	source := ports.MemberSource{Project: access.Project.ID()}
	return &MemberManager{MemberReader{s.p, source}, access.Standing}, nil
}

// Add makes a user a member, with no higher level than the actor's own.
func (m *MemberManager) Add(ctx context.Context, spec domain.MembershipState) (ports.Member, error) {
	if err := m.standing.MustGrant(spec.Level); err != nil {
		return ports.Member{}, err
	}
	membership, err := domain.NewMembership(spec, m.p.Clock.Now())
	if err != nil {
		return ports.Member{}, err
	}
	// The owner of a personal namespace is a member whom no Add would refuse.
	_, err = m.Show(ctx, spec.User)
	switch {
	case err == nil:
		return ports.Member{}, ports.ErrAlreadyMember
	case !domain.IsNotFound(err):
		return ports.Member{}, err
	}
	if err := m.p.Members.Add(ctx, m.source, membership); err != nil {
		return ports.Member{}, err
	}
	return m.Show(ctx, spec.User)
}

// Update changes a membership that is no higher than the actor's own level, to
// a level that is not higher either.
func (m *MemberManager) Update(ctx context.Context, user domain.UserID, change domain.MembershipChange) (ports.Member, error) {
	err := m.p.Members.Update(ctx, m.source, user, func(membership *domain.Membership) error {
		if err := m.standing.MustGrant(max(change.Level, membership.State().Level)); err != nil {
			return err
		}
		return membership.Update(change)
	})
	if err != nil {
		return ports.Member{}, err
	}
	return m.Show(ctx, user)
}

// Remove ends a membership that is no higher than the actor's own level.
func (m *MemberManager) Remove(ctx context.Context, user domain.UserID) error {
	return m.p.Members.Delete(ctx, m.source, user, func(membership *domain.Membership) error {
		return m.standing.MustGrant(membership.State().Level)
	})
}
