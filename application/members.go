package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// Members holds the use cases around memberships of groups and projects.
type Members struct{ p Ports }

// NewMembers makes the use cases around memberships.
func NewMembers(p Ports) *Members { return &Members{p} }

// MemberReader is what somebody who can see a group or project may know of its
// members.
type MemberReader struct {
	p      Ports
	source ports.MemberSource
}

// MemberList is one page of members.
type MemberList struct {
	Members []ports.Member
	Total   int // up to ports.CountLimit
}

// OfGroup opens the members of a group to those who can see it.
func (s *Members) OfGroup(ctx context.Context, actor domain.Actor, ref ports.GroupRef) (*MemberReader, error) {
	access, err := s.p.groupAccess(ctx, actor, ref, domain.NoAccess)
	if err != nil {
		return nil, err
	}
	return &MemberReader{p: s.p, source: ports.MemberSource{Group: access.Group.ID()}}, nil
}

// OfProject opens the members of a project to those who can see it.
func (s *Members) OfProject(ctx context.Context, actor domain.Actor, ref ports.ProjectRef) (*MemberReader, error) {
	access, err := s.p.projectAccess(ctx, actor, ref, domain.NoAccess)
	if err != nil {
		return nil, err
	}
	return &MemberReader{p: s.p, source: ports.MemberSource{Project: access.Project.ID()}}, nil
}

// List lists the members; with inherited also those of the groups above.
func (r *MemberReader) List(ctx context.Context, inherited bool, page ports.Page) (MemberList, error) {
	members, total, err := r.p.Members.List(ctx, r.source, inherited, page)
	return MemberList{Members: members, Total: total}, err
}

// Show shows one member.
func (r *MemberReader) Show(ctx context.Context, user domain.UserID) (ports.Member, error) {
	return r.p.Members.Find(ctx, r.source, user)
}
