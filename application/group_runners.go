package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// GroupRunners is what an Owner of a group may do with its runners.
type GroupRunners struct {
	p     Ports
	group domain.GroupID
}

// OfGroup opens the runners of a group to its Owners.
func (s *Runners) OfGroup(ctx context.Context, actor domain.Actor, ref ports.GroupRef) (*GroupRunners, error) {
	access, err := s.p.groupAccess(ctx, actor, ref, domain.Owner)
	if err != nil {
		return nil, err
	}
	return &GroupRunners{p: s.p, group: access.Group.ID()}, nil
}

// List lists the runners of the group and of the groups above it, and all
// instance runners (Runners API reference 4.11 and D1).
func (s *GroupRunners) List(ctx context.Context, q RunnerQuery) (RunnerList, error) {
	return s.p.listRunners(ctx, ports.RunnerSource{UsableInGroup: s.group}, q, s.p.Clock.Now())
}
