package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

func TestShapeOfAProject(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		made := s.Do("POST", "projects", s.byOwner, apitest.JSON(at(`{"name":"Big Thing","namespace_id":%d}`, s.group)))
		assert.Equal(t, 201, made.Status, made.Body)
		golden(t, "project-of-maintainer", made.Body)
		full := s.Do("POST", "projects", s.byDeveloper, apitest.JSON(`{"path":"own","name":"Own","visibility":"public","description":"d",
			"default_branch":"trunk","shared_runners_enabled":false,"group_runners_enabled":0,"build_timeout":60,
			"repository_url":"https://git.example.com/own.git"}`))
		assert.Equal(t, 201, full.Status, full.Body)
		golden(t, "project-of-others", s.Do("GET", "projects/developer%2Fown", s.byStranger).Body)
		forOther := s.Do("POST", at("projects/user/%d", s.stranger), s.byRoot, apitest.Form("path", "given"))
		assert.Equal(t, 201, forOther.Status)
		has(t, forOther, map[string]string{"path_with_namespace": `"stranger/given"`, "name": `"given"`})
	})
}

func TestWhoSeesAProject(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		own := s.AddPersonalProject(s.stranger)
		public := s.AddProject(s.group, func(p *domain.ProjectState) { p.Visibility = domain.Public })
		internal := s.AddProject(s.group, func(p *domain.ProjectState) { p.Visibility = domain.Internal })
		for name, test := range map[string]struct {
			as   apitest.Part
			want []domain.ProjectID
			runs map[domain.ProjectID]bool // whose runners_token shows
		}{
			"root":         {s.byRoot, []domain.ProjectID{s.site, s.shop, own, public, internal}, map[domain.ProjectID]bool{s.site: true, s.shop: true, own: true, public: true, internal: true}},
			"the Owner":    {s.byOwner, []domain.ProjectID{s.site, s.shop, public, internal}, map[domain.ProjectID]bool{s.site: true, s.shop: true, public: true, internal: true}},
			"a Maintainer": {s.byMaintainer, []domain.ProjectID{s.site, public, internal}, map[domain.ProjectID]bool{s.site: true}},
			"a Developer":  {s.byDeveloper, []domain.ProjectID{s.site, public, internal}, nil},
			"a stranger":   {s.byStranger, []domain.ProjectID{own, public, internal}, map[domain.ProjectID]bool{own: true}},
		} {
			assert.Equal(t, test.want, ids[domain.ProjectID](t, s.Do("GET", "projects", test.as)), name)
			for _, project := range test.want {
				got := s.Do("GET", at("projects/%d", project), test.as)
				assert.Equal(t, 200, got.Status, name)
				assert.Equal(t, test.runs[project], hasKey(t, s, got, "runners_token"), name)
			}
		}
		assert.Equal(t, []domain.ProjectID{s.shop}, ids[domain.ProjectID](t, s.Do("GET", "projects?search=SHO", s.byOwner)))
		expect(t, s.Do("GET", at("projects/%d", s.site), s.byStranger), 404, noProject)
		expect(t, s.Do("GET", "projects"), 401, unauthorized)
		assert.Equal(t, 200, s.Do("GET", at("projects/%d/runners", own), s.byStranger).Status, "one's own project")
	})
}

func TestProjectsThatAreNotMade(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		project := func(by apitest.Part, json string) []apitest.Part { return parts(by, apitest.JSON(json)) }
		in := func(namespace domain.NamespaceID, more string) string {
			return at(`{"namespace_id":%d,`, namespace) + more + `}`
		}
		const noNamespace = `{"message":"404 Namespace Not Found"}`
		const taken = `{"message":{"path":["has already been taken"]}}`
		exchangeAll(t, s.API, map[string]exchange{
			"of nothing":                {"POST", "projects", parts(s.byOwner), 400, `{"error":"name, path are missing, at least one parameter must be provided"}`},
			"of a taken path":           {"POST", "projects", project(s.byOwner, in(s.group, `"path":"site"`)), 400, taken},
			"of a path in capitals":     {"POST", "projects", project(s.byOwner, in(s.group, `"path":"SITE"`)), 400, taken},
			"of a name with that path":  {"POST", "projects", project(s.byOwner, in(s.group, `"name":"Site"`)), 400, taken},
			"of another visibility":     {"POST", "projects", project(s.byOwner, `{"name":"x","visibility":"x"}`), 400, `{"error":"visibility does not have a valid value"}`},
			"of a timeout in words":     {"POST", "projects", project(s.byOwner, `{"name":"x","build_timeout":"long"}`), 400, `{"error":"build_timeout is invalid"}`},
			"in a group of others":      {"POST", "projects", project(s.byDeveloper, in(s.group, `"name":"x"`)), 403, forbidden},
			"in a group unseen":         {"POST", "projects", project(s.byStranger, in(s.group, `"name":"x"`)), 404, noNamespace},
			"in no namespace":           {"POST", "projects", project(s.byStranger, in(999, `"name":"x"`)), 404, noNamespace},
			"in somebody's namespace":   {"POST", "projects", project(s.byStranger, in(s.User(s.owner).State().Namespace, `"name":"x"`)), 403, forbidden},
			"for others by no admin":    {"POST", at("projects/user/%d", s.owner), project(s.byStranger, `{"name":"x"}`), 403, forbidden},
			"for nobody":                {"POST", "projects/user/999", project(s.byRoot, `{"name":"x"}`), 404, noUser},
			"by nobody":                 {"POST", "projects", nil, 401, unauthorized},
			"changed by a Developer":    {"PUT", at("projects/%d", s.site), project(s.byDeveloper, `{"name":"x"}`), 403, forbidden},
			"changed by a stranger":     {"PUT", at("projects/%d", s.site), project(s.byStranger, `{"name":"x"}`), 404, noProject},
			"changed to a taken path":   {"PUT", at("projects/%d", s.site), project(s.byMaintainer, `{"path":"shop"}`), 400, taken},
			"changed to nonsense":       {"PUT", at("projects/%d", s.site), project(s.byMaintainer, `{"visibility":""}`), 400, `{"error":"visibility does not have a valid value"}`},
			"deleted by its Maintainer": {"DELETE", at("projects/%d", s.site), parts(s.byMaintainer), 403, forbidden},
			"deleted by a stranger":     {"DELETE", at("projects/%d", s.site), parts(s.byStranger), 404, noProject},
			"deleted where none is":     {"DELETE", "projects/no%2Fwhere", parts(s.byRoot), 404, noProject},
		})
	})
}

func TestChangingAndDeletingAProject(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		s.Assign(s.assigned, s.shop)
		job := s.AddJob(s.site)
		got := s.Do("PUT", "projects/acme%2Fsite", s.byMaintainer, apitest.JSON(`{"path":"page","visibility":"internal",
			"shared_runners_enabled":false,"build_timeout":"90","default_branch":"trunk","description":"d"}`))
		assert.Equal(t, 200, got.Status, got.Body)
		has(t, got, map[string]string{
			"path_with_namespace": `"acme/page"`, "name": `"Site"`, "visibility": `"internal"`, "shared_runners_enabled": "false",
			"group_runners_enabled": "true", "build_timeout": "90", "default_branch": `"trunk"`, "description": `"d"`,
		})
		for _, branch := range []string{``, `-f`, `a b`} {
			expect(t, s.Do("PUT", "projects/acme%2Fpage", s.byMaintainer, apitest.JSON(`{"default_branch":"`+branch+`"}`)), 400,
				`{"message":{"default_branch":["is not a valid name of a branch or tag"]}}`)
		}
		all := []domain.RunnerID{s.instance, s.grouped, s.assigned}
		assert.Equal(t, all, ids[domain.RunnerID](t, s.Do("GET", "projects/acme%2Fpage/runners", s.byMaintainer)), "switches do not change lists")

		expect(t, s.Do("DELETE", "projects/acme%2Fpage", s.byOwner), 202, accepted)
		expect(t, s.Do("GET", at("projects/%d", s.site), s.byRoot), 404, noProject)
		expect(t, s.Do("GET", at("projects/%d/jobs/%d", s.site, job), s.byRoot), 404, noProject)
		expect(t, s.Do("DELETE", at("projects/%d/runners/%d", s.shop, s.assigned), s.byOwner), 403,
			`{"message":"403 Forbidden - Only one project associated with the runner. Please remove the runner instead"}`)
	})
}
