package authorization

import (
	"runyard/domain"
	"runyard/test/apitest"
)

// newProject is asked for by names that no other project has.
func (p *place) newProject(path string, in ...string) question {
	name := p.RunnerToken().Reveal()
	return ask("%s", path).with(apitest.Form(append(in, "name", name)...)).changing("projects?search=%s", name)
}

func createProject(p *place) question { return p.newProject("projects") }

func createProjectInGroup(p *place) question {
	return p.newProject("projects", "namespace_id", decimal(p.group))
}

func createProjectInOwnNamespace(p *place) question {
	return p.newProject("projects", "namespace_id", decimal(p.User(p.asker).State().Namespace))
}

func createProjectInNamespaceOfAnother(p *place) question {
	return p.newProject("projects", "namespace_id", decimal(p.User(p.another()).State().Namespace))
}

func createProjectNowhere(p *place) question {
	return p.newProject("projects", "namespace_id", "987654321")
}

func createProjectForAnother(p *place) question {
	return p.newProject("projects/user/" + decimal(p.another()))
}

func createProjectForOneself(p *place) question {
	return p.newProject("projects/user/" + decimal(p.asker))
}

func showProject(p *place) question { return ask("projects/%d", p.project) }

func updateProject(p *place) question {
	return ask("projects/%d", p.project).
		with(apitest.Form("description", p.RunnerToken().Reveal())).changing("projects/%d", p.project)
}

func deleteProject(p *place) question {
	return ask("projects/%d", p.project).changing("projects/%d", p.project)
}

// Columns: signed in without relation, Guest, Reporter, Developer, Maintainer,
// Owner, admin; before them the anonymous and the blocked.
var projectTable = []rule{
	{request: "GET /projects", ask: plain("projects"), want: whoever(shown)},
	{request: "POST /projects", ask: createProject, want: whoever(made)},
	{request: "POST /projects", of: "one's own namespace", ask: createProjectInOwnNamespace, want: whoever(made)},
	{request: "POST /projects", of: "the namespace of another", ask: createProjectInNamespaceOfAnother, want: administrators(made)},
	{request: "POST /projects", of: "the group", relation: toGroup, ask: createProjectInGroup, want: users(noNamespace, refused, refused, refused, made, made, made)},
	{request: "POST /projects", of: "the group", relation: toGroup, visibility: domain.Public, ask: createProjectInGroup, want: users(refused, refused, refused, refused, made, made, made)},
	{request: "POST /projects", of: "no namespace", ask: createProjectNowhere, want: whoever(noNamespace)},
	{request: "POST /projects/user/:user_id", of: "another", ask: createProjectForAnother, want: administrators(made)},
	{request: "POST /projects/user/:user_id", of: "oneself", ask: createProjectForOneself, want: administrators(made)},

	{request: "GET /projects/:id", ask: showProject, want: users(noProject, shown, shown, shown, shown, shown, shown)},
	{request: "GET /projects/:id", visibility: domain.Internal, ask: showProject, want: whoever(shown)},
	{request: "GET /projects/:id", visibility: domain.Public, ask: showProject, want: whoever(shown)},
	{request: "GET /projects/:id", of: "nothing", ask: plain("projects/987654321"), want: whoever(noProject)},

	{request: "PUT /projects/:id", ask: updateProject, want: users(noProject, refused, refused, refused, shown, shown, shown)},
	{request: "PUT /projects/:id", visibility: domain.Public, ask: updateProject, want: users(refused, refused, refused, refused, shown, shown, shown)},
	{request: "DELETE /projects/:id", last: true, ask: deleteProject, want: users(noProject, refused, refused, refused, refused, accepted, accepted)},
	{request: "DELETE /projects/:id", visibility: domain.Public, last: true, ask: deleteProject, want: users(refused, refused, refused, refused, refused, accepted, accepted)},
}
