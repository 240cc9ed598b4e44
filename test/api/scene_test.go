package api_test

import (
	"testing"

	"runyard/domain"
	"runyard/test/apitest"
)

// scene is what most tests play in: group acme with the projects acme/site and
// acme/shop, a runner of every type, and people with tokens.
type scene struct {
	*apitest.API
	group      domain.GroupID
	site, shop domain.ProjectID
	// instance, grouped and assigned are runners of the three types; assigned
	// has the project site.
	instance, grouped, assigned domain.RunnerID
	// owner owns the group, maintainer and developer are members of site,
	// stranger is nothing.
	owner, maintainer, developer, stranger domain.UserID
	// byOwner and so on show the token of that person.
	byRoot, byOwner, byMaintainer, byDeveloper, byStranger apitest.Part
}

// inScene runs the test in a fresh scene on every database.
func inScene(t *testing.T, test func(t *testing.T, s *scene)) {
	t.Helper()
	onEach(t, func(t *testing.T, api *apitest.API) {
		t.Helper()
		test(t, newScene(api))
	})
}

func newScene(api *apitest.API) *scene {
	s := &scene{API: api, byRoot: apitest.As(api.Root)}
	person := func(name string) (domain.UserID, apitest.Part) {
		id := api.AddUser(func(u *domain.UserState) {
			u.Username, u.Name, u.Email = name, name, name+"@example.com"
		})
		return id, apitest.As(api.TokenOf(id))
	}
	s.owner, s.byOwner = person("owner")
	s.maintainer, s.byMaintainer = person("maintainer")
	s.developer, s.byDeveloper = person("developer")
	s.stranger, s.byStranger = person("stranger")

	s.group = api.AddGroupOf(s.owner, 0, func(g *domain.GroupState) { g.Name, g.Path = "Acme", "acme" })
	project := func(name, path string) domain.ProjectID {
		return api.AddProject(s.group, func(p *domain.ProjectState) { p.Name, p.Path = name, path })
	}
	s.site, s.shop = project("Site", "site"), project("Shop", "shop")
	api.AddProjectMember(s.site, s.maintainer, domain.Maintainer)
	api.AddProjectMember(s.site, s.developer, domain.Developer)

	s.instance = api.AddInstanceRunner()
	s.grouped = api.AddGroupRunner(s.group)
	s.assigned = api.AddProjectRunner(s.site)
	return s
}

// named gives a runner a description, by which a test knows it again.
func named(description string) func(*domain.RunnerState) {
	return func(s *domain.RunnerState) { s.Description = &description }
}
