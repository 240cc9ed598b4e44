package api_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

const accepted = `{"message":"202 Accepted"}`

func TestShapeOfAGroup(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		made := s.Do("POST", "groups", s.byStranger, apitest.Form("name", "My Group", "path", "mine"))
		assert.Equal(t, 201, made.Status)
		golden(t, "group-of-owner", made.Body)
		below := s.Do("POST", "groups", s.byStranger, apitest.JSON(at(
			`{"name":"Below","path":"below","parent_id":%d,"visibility":"public","description":"d"}`, s.groupID("mine"))))
		assert.Equal(t, 201, below.Status)
		golden(t, "subgroup-of-others", s.Do("GET", "groups/mine%2Fbelow", s.byDeveloper).Body)
		has(t, s.Do("GET", at("groups/mine/members/%d", s.stranger), s.byStranger), map[string]string{"access_level": "50"})
	})
}

func TestWhoSeesAGroup(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		sub := s.AddGroupOf(s.owner, s.group)
		empty := s.AddGroupOf(s.owner, 0)
		public := s.AddGroupOf(s.owner, 0, func(g *domain.GroupState) { g.Visibility = domain.Public })
		internal := s.AddGroupOf(s.owner, 0, func(g *domain.GroupState) { g.Visibility = domain.Internal })
		for name, test := range map[string]struct {
			as   apitest.Part
			want []domain.GroupID
		}{
			"root":                            {s.byRoot, []domain.GroupID{s.group, sub, empty, public, internal}},
			"the Owner":                       {s.byOwner, []domain.GroupID{s.group, sub, empty, public, internal}},
			"a member of a project in it":     {s.byDeveloper, []domain.GroupID{s.group, public, internal}},
			"a stranger, what is not private": {s.byStranger, []domain.GroupID{public, internal}},
		} {
			assert.Equal(t, test.want, ids[domain.GroupID](t, s.Do("GET", "groups", test.as)), name)
			for _, group := range test.want {
				got := s.Do("GET", at("groups/%d", group), test.as)
				assert.Equal(t, 200, got.Status, name)
				owner := name == "root" || name == "the Owner"
				assert.Equal(t, owner, hasKey(t, s, got, "runners_token"), name)
			}
		}
		assert.Equal(t, []domain.GroupID{s.group}, ids[domain.GroupID](t, s.Do("GET", "groups?search=ACM", s.byRoot)))
		expect(t, s.Do("GET", at("groups/%d", empty), s.byDeveloper), 404, noGroup)
		expect(t, s.Do("GET", at("groups/%d/members", empty), s.byStranger), 404, noGroup)
		expect(t, s.Do("GET", at("groups/%d/runners", public), s.byStranger), 403, forbidden)
		expect(t, s.Do("GET", "groups"), 401, unauthorized)
	})
}

// hasKey tells whether the answer is an object with that key.
func hasKey(t *testing.T, s *scene, got apitest.Response, key string) bool {
	t.Helper()
	var object map[string]any
	s.Into(got, &object)
	_, found := object[key]
	return found
}

func TestGroupsThatAreNotMade(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		group := func(by apitest.Part, json string) []apitest.Part { return parts(by, apitest.JSON(json)) }
		const taken = `{"message":"Failed to save group {:path=\u003e[\"has already been taken\"]}"}`
		exchangeAll(t, s.API, map[string]exchange{
			"of nothing":            {"POST", "groups", parts(s.byOwner), 400, `{"error":"name is missing, path is missing"}`},
			"of a taken path":       {"POST", "groups", group(s.byStranger, `{"name":"x","path":"acme"}`), 400, taken},
			"of capitals of it":     {"POST", "groups", group(s.byStranger, `{"name":"x","path":"ACME"}`), 400, taken},
			"of a user's path":      {"POST", "groups", group(s.byStranger, `{"name":"x","path":"owner"}`), 400, taken},
			"of a project's path":   {"POST", "groups", group(s.byOwner, at(`{"name":"x","path":"site","parent_id":%d}`, s.group)), 400, taken},
			"of another visibility": {"POST", "groups", group(s.byOwner, `{"name":"x","path":"x","visibility":"secret"}`), 400, `{"error":"visibility does not have a valid value"}`},
			"below nothing":         {"POST", "groups", group(s.byOwner, `{"name":"x","path":"x","parent_id":999}`), 404, noGroup},
			"below one unseen":      {"POST", "groups", group(s.byStranger, at(`{"name":"x","path":"x","parent_id":%d}`, s.group)), 404, noGroup},
			"below one of others":   {"POST", "groups", group(s.byDeveloper, at(`{"name":"x","path":"x","parent_id":%d}`, s.group)), 403, forbidden},
			"by nobody":             {"POST", "groups", nil, 401, unauthorized},
			"changed by others":     {"PUT", at("groups/%d", s.group), group(s.byDeveloper, `{"name":"x"}`), 403, forbidden},
			"changed by strangers":  {"PUT", at("groups/%d", s.group), group(s.byStranger, `{"visibility":"x"}`), 404, noGroup},
			"changed to nonsense":   {"PUT", at("groups/%d", s.group), group(s.byOwner, `{"visibility":"x"}`), 400, `{"error":"visibility does not have a valid value"}`},
			"changed to a taken":    {"PUT", at("groups/%d", s.group), group(s.byOwner, `{"path":"owner"}`), 400, taken},
			"deleted by others":     {"DELETE", at("groups/%d", s.group), parts(s.byDeveloper), 403, forbidden},
			"deleted by strangers":  {"DELETE", at("groups/%d", s.group), parts(s.byStranger), 404, noGroup},
			"deleted where none is": {"DELETE", "groups/nowhere", parts(s.byRoot), 404, noGroup},
		})
	})
}

func TestAGroupChangesWithAllThatIsBelow(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		got := s.Do("PUT", "groups/acme", s.byOwner, apitest.JSON(`{"path":"zenith","name":"Zenith","visibility":"internal","description":"d"}`))
		assert.Equal(t, 200, got.Status)
		has(t, got, map[string]string{
			"path": `"zenith"`, "full_path": `"zenith"`, "full_name": `"Zenith"`, "visibility": `"internal"`, "description": `"d"`,
		})
		assert.Equal(t, 200, s.Do("GET", "projects/zenith%2Fsite/runners", s.byMaintainer).Status)
		expect(t, s.Do("GET", "projects/acme%2Fsite/runners", s.byMaintainer), 404, noProject)
		has(t, s.Do("GET", at("projects/%d", s.site), s.byRoot), map[string]string{"name_with_namespace": `"Zenith / Site"`})
		// A group that is a project's namespace does not open the project.
		expect(t, s.Do("GET", at("projects/%d", s.site), s.byStranger), 404, noProject)
	})
}

func TestWhatGoesWithAGroup(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		sub := s.AddGroupOf(s.owner, s.group)
		subRunner := s.AddGroupRunner(sub)
		subProject := s.AddProject(sub)
		expect(t, s.Do("DELETE", "groups/acme", s.byOwner), 202, accepted)
		as := parts(s.byRoot)
		exchangeAll(t, s.API, map[string]exchange{
			"the group":          {"GET", at("groups/%d", s.group), as, 404, noGroup},
			"its subgroup":       {"GET", at("groups/%d", sub), as, 404, noGroup},
			"its project":        {"GET", at("projects/%d", s.site), as, 404, noProject},
			"a project below":    {"GET", at("projects/%d/runners", subProject), as, 404, noProject},
			"its runner":         {"GET", at("runners/%d", s.grouped), as, 404, notFound},
			"a runner below":     {"GET", at("runners/%d", subRunner), as, 404, notFound},
			"its runners' list":  {"GET", "groups/acme/runners", as, 404, noGroup},
			"its jobs":           {"GET", at("projects/%d/jobs", s.site), as, 404, noProject},
			"the path, not more": {"GET", "groups/acme", as, 404, noGroup},
		})
		has(t, details(s.API, s.assigned), map[string]string{"projects": "[]", "runner_type": `"project_type"`})
		assert.Equal(t, 201, s.Do("POST", "groups", s.byStranger, apitest.Form("name", "x", "path", "acme")).Status, "the path is free")
	})
}

func TestAFullPathHasAnEnd(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		a := apitest.New(t, store)
		parent, made := `null`, apitest.Response{Status: 201}
		depth := 0
		for ; made.Status == 201; depth++ {
			made = a.Do("POST", "groups", apitest.As(a.Root), apitest.JSON(`{"name":"Deep","path":"`+strings.Repeat("d", 199)+`","parent_id":`+parent+`}`))
			var group struct{ ID int64 }
			if made.Status == 201 {
				a.Into(made, &group)
				parent = strconv.FormatInt(group.ID, 10)
			}
		}
		assert.Equal(t, 11, depth, "ten groups of 200 characters fit, less a slash")
		expect(t, made, 400, `{"message":"Failed to save group {:path=\u003e[\"makes a full path that is too long (maximum is 2000 characters)\"]}"}`)
	})
}
