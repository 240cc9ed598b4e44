package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// ProjectEditor is what a Maintainer may do with a project itself.
type ProjectEditor struct {
	projects *Projects
	access   domain.ProjectAccess
}

// Edit opens a project to its Maintainers.
func (s *Projects) Edit(ctx context.Context, actor domain.Actor, ref ports.ProjectRef) (*ProjectEditor, error) {
	access, err := s.p.projectAccess(ctx, actor, ref, domain.Maintainer)
	if err != nil {
		return nil, err
	}
	return &ProjectEditor{projects: s, access: access}, nil
}

// Update changes the project.
func (e *ProjectEditor) Update(ctx context.Context, change domain.ProjectChange) (ProjectView, error) {
	id := e.access.Project.ID()
	var opened bool
	err := e.projects.p.Projects.Update(ctx, id, func(p *domain.Project) error {
		before := p.State()
		err := p.Update(change)
		opened = p.OpenedSince(before)
		return err
	})
	if err != nil {
		return ProjectView{}, pathTaken(err)
	}
	if opened {
		e.projects.p.announceWaiting(ctx, id)
	}
	return e.projects.Show(ctx, e.access.Actor, ports.ProjectRef{ID: id})
}
