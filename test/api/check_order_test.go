package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

func TestListsNameEveryBadParameterInOrder(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		as := parts(s.byRoot)
		const bad = "?scope=x&type=&status=Online&paused=2&version_prefix=x&page=a&per_page=0"
		const from = "type does not have a valid value, paused is invalid, status does not have a valid value, " +
			`version_prefix is invalid, page is invalid, per_page has a value not allowed"}`
		exchangeAll(t, s.API, map[string]exchange{
			"the example of the reference": {"GET", "runners?scope=x&type=x&status=x&page=x&per_page=0", as, 400, `{"error":"scope does not have a valid value, type does not have a valid value, status does not have a valid value, page is invalid, per_page has a value not allowed"}`},
			"owned runners":                {"GET", "runners" + bad, as, 400, `{"error":"scope does not have a valid value, ` + from},
			"all runners":                  {"GET", "runners/all" + bad, as, 400, `{"error":"scope does not have a valid value, ` + from},
			"runners of a project":         {"GET", at("projects/%d/runners", s.site) + bad, as, 400, `{"error":"scope does not have a valid value, ` + from},
			"runners of a group":           {"GET", at("groups/%d/runners", s.group) + bad, as, 400, `{"error":"` + from},
			"jobs of a runner":             {"GET", "runners/x/jobs?status=x&order_by=x&sort=x&page=1.5&per_page=0", as, 400, `{"error":"id is invalid, status does not have a valid value, order_by does not have a valid value, sort does not have a valid value, page is invalid, per_page has a value not allowed"}`},
			"a list with a bad value":      {"GET", "runners?scope[]=bogus", as, 400, `{"error":"scope is invalid, scope does not have a valid value"}`},
			"a list with a good value":     {"GET", "runners?scope[]=active", as, 400, `{"error":"scope is invalid"}`},
			"a hash":                       {"GET", "runners?type[a]=b", as, 400, `{"error":"type is invalid, type does not have a valid value"}`},
			"an empty scope":               {"GET", "runners?scope=", as, 400, `{"error":"scope does not have a valid value"}`},
			"an untrimmed scope":           {"GET", "runners?scope=active%20", as, 400, `{"error":"scope does not have a valid value"}`},
			"a scope in capitals":          {"GET", "runners?scope=ACTIVE", as, 400, `{"error":"scope does not have a valid value"}`},
			"specific is none of mine":     {"GET", "runners?scope=specific", as, 400, `{"error":"scope does not have a valid value"}`},
			"shared is none of mine":       {"GET", "runners?scope=shared", as, 400, `{"error":"scope does not have a valid value"}`},
			"a type is no scope of mine":   {"GET", "runners?scope=instance_type", as, 400, `{"error":"scope does not have a valid value"}`},
			"not_connected is no filter":   {"GET", "runners?status=not_connected", as, 400, `{"error":"status does not have a valid value"}`},
			"an unknown status of jobs":    {"GET", at("runners/%d/jobs?status=done", s.assigned), as, 400, `{"error":"status does not have a valid value"}`},
			"order by anything else":       {"GET", at("runners/%d/jobs?order_by=name", s.assigned), as, 400, `{"error":"order_by does not have a valid value"}`},
			"a page as float":              {"GET", "runners?page=1.0", as, 400, `{"error":"page is invalid"}`},
			"a page as hex":                {"GET", "runners?page=0x10", as, 400, `{"error":"page is invalid"}`},
		})
	})
}

func TestWhoAsksIsCheckedBeforeWhat(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		public := s.AddProject(s.AddGroup(0, func(g *domain.GroupState) { g.Visibility = domain.Public }),
			func(p *domain.ProjectState) { p.Visibility = domain.Public })
		site, open := at("projects/%d/runners", s.site), at("projects/%d/runners", public)
		exchangeAll(t, s.API, map[string]exchange{
			"nobody with bad parameters":             {"GET", "runners?scope=x", nil, 401, unauthorized},
			"nobody with a bad id":                   {"GET", "runners/abc", nil, 401, unauthorized},
			"nobody at a project that is not there":  {"GET", "projects/999/runners", nil, 401, unauthorized},
			"nobody puts nothing":                    {"PUT", at("runners/%d", s.instance), nil, 401, unauthorized},
			"a stranger at a private project":        {"GET", site + "?scope=x", parts(s.byStranger), 404, noProject},
			"a member without the role":              {"GET", site + "?scope=x", parts(s.byDeveloper), 403, forbidden},
			"a stranger at a public project":         {"GET", open + "?scope=x", parts(s.byStranger), 403, forbidden},
			"a member posts nothing":                 {"POST", site, parts(s.byDeveloper), 403, forbidden},
			"a stranger posts nothing":               {"POST", site, parts(s.byStranger), 404, noProject},
			"a maintainer posts nothing":             {"POST", site, parts(s.byMaintainer), 400, `{"error":"runner_id is missing"}`},
			"a member deletes by a bad id":           {"DELETE", site + "/abc", parts(s.byDeveloper), 403, forbidden},
			"a maintainer deletes by a bad id":       {"DELETE", site + "/abc", parts(s.byMaintainer), 400, `{"error":"runner_id is invalid"}`},
			"a stranger at a private group":          {"GET", at("groups/%d/runners?type=x", s.group), parts(s.byStranger), 404, noGroup},
			"a maintainer of a project at its group": {"GET", at("groups/%d/runners?type=x", s.group), parts(s.byMaintainer), 403, forbidden},
			"all runners: parameters first":          {"GET", "runners/all?scope=x", parts(s.byStranger), 400, `{"error":"scope does not have a valid value"}`},
			"all runners: then the administrator":    {"GET", "runners/all", parts(s.byStranger), 403, forbidden},
			"a runner: parameters first":             {"PUT", at("runners/%d", s.assigned), parts(s.byStranger), 400, `{"error":"` + nothingToPut + `"}`},
			"a runner: then its existence":           {"PUT", "runners/999?active=false", parts(s.byStranger), 404, notFound},
			"a runner: then the right":               {"PUT", at("runners/%d?maximum_timeout=5", s.assigned), parts(s.byStranger), 403, noAccess},
			"a runner: then the rules":               {"PUT", at("runners/%d?maximum_timeout=5", s.assigned), parts(s.byMaintainer), 400, `{"message":{"maximum_timeout":["needs to be at least 10 minutes"]}}`},
			"a runner: everything at once":           {"PUT", "runners/abc", parts(s.byStranger), 400, `{"error":"id is invalid, ` + nothingToPut + `"}`},
			"jobs: parameters first":                 {"GET", "runners/999/jobs?sort=x", parts(s.byStranger), 400, `{"error":"sort does not have a valid value"}`},
			"jobs: then the runner":                  {"GET", "runners/999/jobs", parts(s.byStranger), 404, notFound},
			"jobs: then the right":                   {"GET", at("runners/%d/jobs", s.instance), parts(s.byStranger), 403, noAccess},
			"delete: the runner":                     {"DELETE", "runners/999", parts(s.byStranger, old), 404, notFound},
			"delete: the right before the condition": {"DELETE", at("runners/%d", s.instance), parts(s.byStranger, old), 403, noAccess},
			"delete: then the condition":             {"DELETE", at("runners/%d", s.instance), parts(s.byRoot, old), 412, preconditioned},
		})
	})
}

// old is the condition that fails for everything made by a test.
var old = apitest.Header("If-Unmodified-Since", "1990-01-12T00:00:48-0600")

func TestARefusedUpdateChangesNothing(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		before := details(s.API, s.assigned)
		for _, body := range []string{
			`{"description":"x","maximum_timeout":5}`,
			`{"description":"x","active":"maybe"}`,
			`{"description":"x","tag_list":[],"run_untagged":false}`,
			`{"description":"x","access_level":null}`,
			`{"description":"x","locked":null}`,
			`{"description":"x","active":false,"paused":true}`,
		} {
			assert.Equal(t, 400, s.Do("PUT", at("runners/%d", s.assigned), s.byMaintainer, apitest.JSON(body)).Status, body)
		}
		assert.Equal(t, 403, s.Do("PUT", at("runners/%d", s.assigned), s.byStranger, apitest.JSON(`{"description":"x"}`)).Status)
		assert.Equal(t, before.Body, details(s.API, s.assigned).Body)
	})
}
