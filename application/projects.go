package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// Projects holds the use cases around projects.
type Projects struct{ p Ports }

// NewProjects makes the use cases around projects.
func NewProjects(p Ports) *Projects { return &Projects{p} }

// ProjectView is a project with what an actor may see of it.
type ProjectView struct {
	domain.ProjectAccess
	RegistrationToken domain.Secret // to Maintainers; to others empty
}

func (p Ports) projectView(access domain.ProjectAccess) ProjectView {
	view := ProjectView{ProjectAccess: access}
	if access.Allows(domain.Maintainer) {
		view.RegistrationToken = p.Vault.RegistrationToken(access.Project.State().Token.Seed)
	}
	return view
}

// ProjectList is one page of projects.
type ProjectList struct {
	Projects []ProjectView
	Total    int // up to ports.CountLimit
}

// List lists the projects that the actor can see.
func (s *Projects) List(ctx context.Context, actor domain.Actor, q ports.ProjectQuery, page ports.Page) (ProjectList, error) {
	projects, total, err := s.p.Projects.List(ctx, actor, s.p.Clock.Now(), q, page)
	if err != nil {
		return ProjectList{}, err
	}
	list := ProjectList{Projects: make([]ProjectView, len(projects)), Total: total}
	for i, access := range projects {
		list.Projects[i] = s.p.projectView(access)
	}
	return list, nil
}

// Show shows a project to those who can see it.
func (s *Projects) Show(ctx context.Context, actor domain.Actor, ref ports.ProjectRef) (ProjectView, error) {
	access, err := s.p.projectAccess(ctx, actor, ref, domain.NoAccess)
	if err != nil {
		return ProjectView{}, err
	}
	return s.p.projectView(access), nil
}

// Delete deletes a project; its runners stay without it. Owners may.
func (s *Projects) Delete(ctx context.Context, actor domain.Actor, ref ports.ProjectRef) error {
	access, err := s.p.projectAccess(ctx, actor, ref, domain.Owner)
	if err != nil {
		return err
	}
	return s.p.Projects.Delete(ctx, access.Project.ID())
}
