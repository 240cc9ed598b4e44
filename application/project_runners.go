package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// ProjectRunners is what somebody who administers a project may do with its
// runners.
type ProjectRunners struct {
	p       Ports
	actor   domain.Actor
	project domain.ProjectID
}

// OfProject opens the runners of a project to its Maintainers.
func (s *Runners) OfProject(ctx context.Context, actor domain.Actor, ref ports.ProjectRef) (*ProjectRunners, error) {
	access, err := s.p.projectAccess(ctx, actor, ref, domain.Maintainer)
	if err != nil {
		return nil, err
	}
	return &ProjectRunners{p: s.p, actor: actor, project: access.Project.ID()}, nil
}

// List lists the project's own runners, those of the groups above it, and all
// instance runners (Runners API reference 4.8).
func (s *ProjectRunners) List(ctx context.Context, q RunnerQuery) (RunnerList, error) {
	return s.p.listRunners(ctx, ports.RunnerSource{UsableIn: s.project}, q, s.p.Clock.Now())
}
