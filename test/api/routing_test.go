package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

const (
	noRoute        = `{"error":"404 Not Found"}`
	notFound       = `{"message":"404 Not found"}`
	unauthorized   = `{"message":"401 Unauthorized"}`
	forbidden      = `{"message":"403 Forbidden"}`
	noAccess       = `{"message":"403 Forbidden - No access granted"}`
	noProject      = `{"message":"404 Project Not Found"}`
	noGroup        = `{"message":"404 Group Not Found"}`
	noUser         = `{"message":"404 User Not Found"}`
	idInvalid      = `{"error":"id is invalid"}`
	nothingToPut   = `description, active, tag_list, run_untagged, locked, access_level, maximum_timeout are missing, at least one parameter must be provided`
	preconditioned = `{"message":"412 Precondition Failed"}`
)

func TestPathsAreReadLeniently(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		s.AddGroupOf(s.owner, 0, func(g *domain.GroupState) { g.Path = "dotted.group" })
		one := s.Do("GET", at("runners/%d", s.instance), s.byRoot)
		all := s.Do("GET", "runners/all", s.byRoot)
		site := s.Do("GET", at("projects/%d/runners", s.site), s.byRoot)
		for path, want := range map[string]apitest.Response{
			at("/api/v4//runners//%d/", s.instance):      one,
			at("/api/v4/runners/%d.json", s.instance):    one,
			at("/api/v4/runners/0%d", s.instance):        one,
			at("/api/v4/runners/%%20%d", s.instance):     one,
			at("/api/v4/runners/+%d", s.instance):        one,
			at("//api//v4/runners/%d?id=99", s.instance): one,
			"/api/v4/runners/all/":                       all,
			"/api/v4/runners/all.json":                   all,
			"/api/v4/projects/acme%2Fsite/runners":       site,
			"/api/v4/projects/acme%2fsite/runners":       site,
			"/api/v4/projects/ACME%2FSite/runners/":      site,
			"/api/v4/projects/ac%6De%2Fsite/runners":     site,
		} {
			got := s.Do("GET", path, s.byRoot)
			assert.Equal(t, want.Body, got.Body, path)
			assert.Equal(t, 200, got.Status, path)
		}
		for _, path := range []string{"groups/dotted.group/runners", "groups/dotted%2Egroup/runners", "groups/Acme/runners"} {
			assert.Equal(t, 200, s.Do("GET", path, s.byOwner).Status, path)
		}
	})
}

func TestPathsThatLeadNowhere(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		as := parts(s.byRoot)
		exchangeAll(t, s.API, map[string]exchange{
			"an unknown path":                     {"GET", "nonsense", as, 404, noRoute},
			"the root of the API":                 {"GET", "/api/v4", as, 404, noRoute},
			"no API":                              {"GET", "/", nil, 404, noRoute},
			"an unescaped slash in a path":        {"GET", "groups/a/b/runners", as, 404, noRoute},
			"a wrong verb on a runner":            {"PATCH", at("runners/%d", s.instance), as, 404, noRoute},
			"a wrong verb on the list":            {"PUT", "runners", as, 404, noRoute},
			"a wrong verb on all runners":         {"POST", "runners/all", as, 404, noRoute},
			"a wrong verb of nobody":              {"PATCH", "runners/1", nil, 404, noRoute},
			"a wrong verb on a project's runners": {"PUT", at("projects/%d/runners", s.site), as, 404, noRoute},
			"a verb nobody knows":                 {"BREW", "runners", as, 404, noRoute},
			"GET verify is a runner's id":         {"GET", "runners/verify", as, 400, idInvalid},
			"DELETE all is a runner's id":         {"DELETE", "runners/all", as, 400, idInvalid},
			"PUT verify is a runner's id":         {"PUT", "runners/verify", as, 400, `{"error":"id is invalid, ` + nothingToPut + `"}`},
			"an id that is no number":             {"GET", "runners/abc", as, 400, idInvalid},
			"an id with a fraction":               {"GET", "runners/6.0", as, 400, idInvalid},
			"id zero":                             {"GET", "runners/0", as, 404, notFound},
			"a negative id":                       {"GET", "runners/-1", as, 404, notFound},
			"an id beyond 64 bits":                {"GET", "runners/99999999999999999999", as, 404, notFound},
			"the greatest id":                     {"GET", "runners/9223372036854775807", as, 404, notFound},
			"a project's id beyond 64 bits":       {"GET", "projects/99999999999999999999/runners", as, 404, noProject},
			"project zero":                        {"GET", "projects/0/runners", as, 404, noProject},
			"a project without a slash":           {"GET", "projects/site/runners", as, 404, noProject},
			"a group in place of a project":       {"GET", "projects/acme/runners", as, 404, noProject},
			"a project in place of a group":       {"GET", "groups/acme%2Fsite/runners", as, 404, noGroup},
			"a user in place of a group":          {"GET", "groups/owner/runners", as, 404, noGroup},
			"a group's id beyond 64 bits":         {"GET", "groups/99999999999999999999/runners", as, 404, noGroup},
			"an unknown group":                    {"GET", "groups/nobody/runners", as, 404, noGroup},
			"API v3":                              {"GET", "/api/v3/runners", as, 410, `{"error":"API V3 is no longer supported. Use API V4 instead."}`},
			"API v3 of nobody, any verb":          {"POST", "/api/v3/runners/verify", nil, 410, `{"error":"API V3 is no longer supported. Use API V4 instead."}`},
		})
	})
}

func TestHeadIsGetWithoutABody(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		client, address := new(http.Client), s.Listen()
		for _, path := range []string{
			"/api/v4/runners/all?per_page=1", "/api/v4/runners", at("/api/v4/runners/%d", s.assigned), "/api/v4/runners/999",
			at("/api/v4/projects/%d/runners", s.site), at("/api/v4/groups/%d/runners", s.group), "/-/liveness", "/api/v4/nonsense",
		} {
			head, body := roundTrip(t, client, "HEAD", address+path, s.Root)
			get, _ := roundTrip(t, client, "GET", address+path, s.Root)
			if path == "/api/v4/nonsense" { // an answer without a route is the same, too
				assert.Equal(t, 404, get.StatusCode)
			}
			assert.Empty(t, body, path)
			assert.Equal(t, get.StatusCode, head.StatusCode, path)
			for _, h := range []http.Header{get.Header, head.Header} {
				h.Del("X-Request-Id")
				h.Del("Date")
			}
			assert.Equal(t, get.Header, head.Header, path)
		}
	})
}

func TestOptionsNamesTheVerbsOfAPath(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for path, allow := range map[string]string{
			"runners/1":                         "OPTIONS, GET, PUT, DELETE, HEAD",
			"runners":                           "OPTIONS, GET, POST, DELETE, HEAD",
			"runners/all":                       "OPTIONS, GET, HEAD",
			"runners/1/jobs":                    "OPTIONS, GET, HEAD",
			at("projects/%d/runners", s.site):   "OPTIONS, GET, POST, HEAD",
			at("projects/%d/runners/1", s.site): "OPTIONS, DELETE",
			at("groups/%d/runners", s.group):    "OPTIONS, GET, HEAD",
		} {
			got := s.Do("OPTIONS", path, s.byStranger)
			expect(t, got, 204, "")
			assert.Equal(t, allow, got.Header.Get("Allow"), path)
			expect(t, s.Do("OPTIONS", path), 401, unauthorized)
		}
		verify := s.Do("OPTIONS", "runners/verify")
		expect(t, verify, 204, "")
		assert.Equal(t, "OPTIONS, POST", verify.Header.Get("Allow"))
		expect(t, s.Do("OPTIONS", "nonsense"), 404, noRoute)
	})
}
