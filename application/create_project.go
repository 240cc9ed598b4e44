package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// CreateProject asks for a new project.
type CreateProject struct {
	Actor     domain.Actor
	Namespace domain.NamespaceID // zero: the actor's own
	Spec      domain.ProjectSpec // its Token is ignored
}

// Create makes a project in the actor's own namespace, or in a group of which
// the actor is a Maintainer.
func (s *Projects) Create(ctx context.Context, cmd CreateProject) (ProjectView, error) {
	namespace, err := s.namespaceFor(ctx, cmd)
	if err != nil {
		return ProjectView{}, err
	}
	return s.createIn(ctx, cmd.Actor, namespace, cmd.Spec)
}

// CreateFor makes a project in a user's own namespace. Only administrators may.
func (s *Projects) CreateFor(ctx context.Context, actor domain.Actor, user domain.UserID,
	spec domain.ProjectSpec,
) (ProjectView, error) {
	if err := actor.MustBeAdmin(); err != nil {
		return ProjectView{}, err
	}
	namespace, err := s.personalNamespace(ctx, user)
	if err != nil {
		return ProjectView{}, err
	}
	return s.createIn(ctx, actor, namespace, spec)
}

func (s *Projects) personalNamespace(ctx context.Context, user domain.UserID) (domain.Namespace, error) {
	owner, err := s.p.Users.Find(ctx, user)
	if err != nil {
		return domain.Namespace{}, err
	}
	return s.p.Groups.Namespace(ctx, owner.State().Namespace)
}

// namespaceFor finds the namespace and decides whether the actor may use it.
func (s *Projects) namespaceFor(ctx context.Context, cmd CreateProject) (domain.Namespace, error) {
	if cmd.Namespace == 0 {
		return s.personalNamespace(ctx, cmd.Actor.User)
	}
	namespace, err := s.p.Groups.Namespace(ctx, cmd.Namespace)
	if err != nil {
		return domain.Namespace{}, err
	}
	if namespace.Kind == domain.NamespaceOfUser {
		return namespace, cmd.Actor.MustOwnNamespace(namespace)
	}
	_, err = s.p.groupAccess(ctx, cmd.Actor, ports.GroupRef{ID: namespace.ID}, domain.Maintainer)
	if domain.IsNotFound(err) { // in the words for a namespace that does not exist, to give nothing away
		err = domain.NotFound("Namespace")
	}
	return namespace, err
}

func (s *Projects) createIn(ctx context.Context, actor domain.Actor, in domain.Namespace,
	spec domain.ProjectSpec,
) (ProjectView, error) {
	spec.Token = s.p.newRegistrationToken()
	project, err := domain.NewProject(spec, in, s.p.Clock.Now())
	if err != nil {
		return ProjectView{}, err
	}
	id, err := s.p.Projects.Add(ctx, project)
	if err != nil {
		return ProjectView{}, pathTaken(err)
	}
	return s.Show(ctx, actor, ports.ProjectRef{ID: id})
}
