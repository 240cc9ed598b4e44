package rest

import (
	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// projectAttributes are what can be set of a project.
func projectAttributes() []params.Declaration {
	return []params.Declaration{
		params.String("name"),
		params.String("path"),
		params.Enum("visibility", domain.Visibilities()...),
		params.String("description"),
		params.String("default_branch"),
		params.Bool("shared_runners_enabled"),
		params.Bool("group_runners_enabled"),
		params.Int("build_timeout").Within64Bits(),
		params.String("repository_url"),
		params.Int(tokenExpirationInterval).Within64Bits(),
	}
}

var (
	createProjectSchema = params.NewSchema(append(projectAttributes(),
		params.Int("namespace_id"), params.AtLeastOneOf([]string{"name", "path"}))...)
	createProjectForSchema = params.NewSchema(append(projectAttributes(),
		params.Int("user_id"), params.AtLeastOneOf([]string{"name", "path"}))...)
	updateProjectSchema = params.NewSchema(projectAttributes()...)
)

func (s *Server) listProjects(c *call) (answer, error) {
	values, err := c.parse(searchSchema)
	if err != nil {
		return answer{}, err
	}
	query := ports.ProjectQuery{Search: orZero(values.String("search"))}
	list, err := s.Projects.List(c.ctx(), c.actor, query, c.page(values))
	if err != nil {
		return answer{}, err
	}
	return paged(c, values, list.Total, mapped(list.Projects, s.views.project)), nil
}

func (s *Server) showProject(c *call) (answer, error) {
	project, err := s.Projects.Show(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return answer{}, err
	}
	return ok(s.views.project(project)), nil
}

func (s *Server) createProject(c *call) (answer, error) {
	values, err := c.parse(createProjectSchema)
	if err != nil {
		return answer{}, err
	}
	command := application.CreateProject{Actor: c.actor, Spec: projectSpec(values)}
	if values.Int("namespace_id") != nil {
		command.Namespace = idOf[domain.NamespaceID](values, "namespace_id")
	}
	project, err := s.Projects.Create(c.ctx(), command)
	if err != nil {
		return answer{}, err
	}
	return created(s.views.project(project)), nil
}

func (s *Server) createProjectFor(c *call) (answer, error) {
	values, err := c.parse(createProjectForSchema)
	if err != nil {
		return answer{}, err
	}
	project, err := s.Projects.CreateFor(c.ctx(), c.actor, idOf[domain.UserID](values, "user_id"), projectSpec(values))
	if err != nil {
		return answer{}, err
	}
	return created(s.views.project(project)), nil
}

func projectSpec(values params.Values) domain.ProjectSpec {
	return domain.ProjectSpec{
		Name: orZero(values.String("name")), Path: orZero(values.String("path")),
		Description:          values.String("description"),
		DefaultBranch:        orZero(values.String("default_branch")),
		Visibility:           domain.Visibility(orZero(values.String("visibility"))),
		SharedRunnersEnabled: values.Bool("shared_runners_enabled"),
		GroupRunnersEnabled:  values.Bool("group_runners_enabled"),
		BuildTimeout:         values.Int("build_timeout"),
		RepositoryURL:        orZero(values.String("repository_url")),

		TokenExpirationInterval: values.Int(tokenExpirationInterval),
	}
}

func (s *Server) updateProject(c *call) (answer, error) {
	editor, err := s.Projects.Edit(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return answer{}, err
	}
	values, err := c.parse(updateProjectSchema)
	if err != nil {
		return answer{}, err
	}
	project, err := editor.Update(c.ctx(), domain.ProjectChange{
		Name:                 sent(values, "name", orZero(values.String("name"))),
		Path:                 sent(values, "path", orZero(values.String("path"))),
		Description:          sent(values, "description", values.String("description")),
		DefaultBranch:        notNull(values.String("default_branch")),
		Visibility:           given(domain.Visibility(orZero(values.String("visibility")))),
		SharedRunnersEnabled: notNull(values.Bool("shared_runners_enabled")),
		GroupRunnersEnabled:  notNull(values.Bool("group_runners_enabled")),
		BuildTimeout:         notNull(values.Int("build_timeout")),
		RepositoryURL:        sent(values, "repository_url", orZero(values.String("repository_url"))),

		TokenExpirationInterval: sent(values, tokenExpirationInterval, values.Int(tokenExpirationInterval)),
	})
	if err != nil {
		return answer{}, err
	}
	return ok(s.views.project(project)), nil
}

// notNull is a field of a change that is present if it has a value.
func notNull[T any](value *T) domain.Field[T] {
	return domain.Field[T]{Present: value != nil, Value: orZero(value)}
}

func (s *Server) deleteProject(c *call) (answer, error) {
	return accepted(), s.Projects.Delete(c.ctx(), c.actor, c.projectRef())
}
