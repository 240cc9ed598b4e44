package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

func TestEnablingARunnerInAProject(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		path := at("projects/%d/runners", s.shop)
		got := s.Do("POST", path, s.byOwner, apitest.Form("runner_id", at("%d", s.assigned)))
		assert.Equal(t, 201, got.Status)
		golden(t, "assignment", got.Body)
		expect(t, s.Do("POST", path, s.byOwner, apitest.JSON(at(`{"runner_id":%d}`, s.assigned))), 400,
			`{"message":{"assign_to":["Validation failed: Runner has already been taken"]}}`)
		var runner struct {
			Projects []struct{ ID domain.ProjectID }
		}
		s.Into(details(s.API, s.assigned), &runner)
		assert.Len(t, runner.Projects, 2)

		taken := s.Do("POST", path, s.byRoot, apitest.Multipart("runner_id", at("%d", s.instance)))
		assert.Equal(t, 201, taken.Status)
		has(t, taken, map[string]string{"is_shared": "false", "runner_type": `"project_type"`})
		assert.Equal(t, 200, s.Do("PUT", at("runners/%d?locked=1", s.instance), s.byOwner).Status)
	})
}

func TestEnablingIsRefused(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		other := s.AddProjectRunner(s.shop)
		locked := s.AddProjectRunner(s.site, func(r *domain.RunnerState) { r.Locked = true })
		shop, site := at("projects/%d/runners", s.shop), at("projects/%d/runners", s.site)
		is := func(id domain.RunnerID) apitest.Part { return apitest.Form("runner_id", at("%d", id)) }
		const isGroup = `{"message":"403 Forbidden - Runner is a group runner"}`
		const isLocked = `{"message":"403 Forbidden - Runner is locked"}`
		exchangeAll(t, s.API, map[string]exchange{
			"without a runner":               {"POST", shop, parts(s.byOwner), 400, `{"error":"runner_id is missing"}`},
			"with a word":                    {"POST", shop, parts(s.byOwner, apitest.Form("runner_id", "abc")), 400, `{"error":"runner_id is invalid"}`},
			"with an empty runner":           {"POST", shop, parts(s.byOwner, apitest.Form("runner_id", "")), 404, notFound},
			"with a null":                    {"POST", shop, parts(s.byOwner, apitest.JSON(`{"runner_id":null}`)), 404, notFound},
			"a runner that does not exist":   {"POST", shop, parts(s.byOwner, is(999)), 404, notFound},
			"a runner beyond 64 bits":        {"POST", shop, parts(s.byOwner, apitest.Form("runner_id", "99999999999999999999")), 404, notFound},
			"a group runner":                 {"POST", shop, parts(s.byOwner, is(s.grouped)), 403, isGroup},
			"a group runner by root":         {"POST", shop, parts(s.byRoot, is(s.grouped)), 403, isGroup},
			"a group runner by a Maintainer": {"POST", site, parts(s.byMaintainer, is(s.grouped)), 403, isGroup},
			"a locked runner":                {"POST", shop, parts(s.byOwner, is(locked)), 403, isLocked},
			"an instance runner":             {"POST", site, parts(s.byMaintainer, is(s.instance)), 403, noAccess},
			"a runner of somebody else":      {"POST", site, parts(s.byMaintainer, is(other)), 403, noAccess},
			"the same again":                 {"POST", site, parts(s.byMaintainer, is(s.assigned)), 400, `{"message":{"assign_to":["Validation failed: Runner has already been taken"]}}`},
			"by a Developer":                 {"POST", site, parts(s.byDeveloper, is(s.assigned)), 403, forbidden},
			"by a stranger":                  {"POST", site, parts(s.byStranger, is(s.assigned)), 404, noProject},
			"by nobody":                      {"POST", site, parts(is(s.assigned)), 401, unauthorized},
			"in no project":                  {"POST", "projects/999/runners", parts(s.byRoot, is(s.assigned)), 404, noProject},
		})
		assert.Equal(t, 201, s.Do("POST", shop, s.byRoot, is(locked)).Status, "an administrator may assign a locked one")
	})
}

func TestDisablingARunnerInAProject(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		both := s.AddProjectRunner(s.site)
		s.Clock.Advance(time.Hour)
		assert.Equal(t, 201, s.Do("POST", at("projects/%d/runners", s.shop), s.byOwner, apitest.Form("runner_id", at("%d", both))).Status)
		site, shop := at("projects/%d/runners", s.site), at("projects/%d/runners", s.shop)
		const notThere = `{"message":"404 Runner Not Found"}`
		const last = `{"message":"403 Forbidden - Only one project associated with the runner. Please remove the runner instead"}`
		since := func(date string) apitest.Part { return apitest.Header("If-Unmodified-Since", date) }
		exchangeAll(t, s.API, map[string]exchange{
			"a word":                        {"DELETE", site + "/abc", parts(s.byMaintainer), 400, `{"error":"runner_id is invalid"}`},
			"one that does not exist":       {"DELETE", site + "/999", parts(s.byMaintainer), 404, notThere},
			"an instance runner":            {"DELETE", at(site+"/%d", s.instance), parts(s.byMaintainer), 404, notThere},
			"a group runner":                {"DELETE", at(site+"/%d", s.grouped), parts(s.byMaintainer), 404, notThere},
			"one of another project":        {"DELETE", at(shop+"/%d", s.assigned), parts(s.byOwner), 404, notThere},
			"the last project":              {"DELETE", at(site+"/%d", s.assigned), parts(s.byMaintainer), 403, last},
			"the last project by root":      {"DELETE", at(site+"/%d", s.assigned), parts(s.byRoot), 403, last},
			"the last project, conditional": {"DELETE", at(site+"/%d", s.assigned), parts(s.byRoot, old), 403, last},
			"by a Developer":                {"DELETE", at(site+"/%d", both), parts(s.byDeveloper), 403, forbidden},
			"by a stranger":                 {"DELETE", at(site+"/%d", both), parts(s.byStranger), 404, noProject},
			"by nobody":                     {"DELETE", at(site+"/%d", both), nil, 401, unauthorized},
			"a link that is newer":          {"DELETE", at(site+"/%d", both), parts(s.byMaintainer, old), 412, preconditioned},
			"the other link is newer still": {"DELETE", at(shop+"/%d", both), parts(s.byOwner, since("Thu, 29 Feb 2024 13:00:00 GMT")), 412, preconditioned},
		})
		expect(t, s.Do("DELETE", at(site+"/%d", both), s.byMaintainer, since("Thu, 29 Feb 2024 13:00:00 GMT")), 204, "")
		expect(t, s.Do("DELETE", at(shop+"/%d", both), s.byOwner), 403, last)
		has(t, details(s.API, both), map[string]string{"runner_type": `"project_type"`})
	})
}

func TestALockDoesNotKeepARunnerFromLeaving(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		locked := s.AddProjectRunner(s.site, func(r *domain.RunnerState) { r.Locked = true })
		s.Assign(locked, s.shop)
		assert.Equal(t, 200, s.Do("PUT", at("runners/%d?description=x", locked), s.byMaintainer).Status)
		expect(t, s.Do("DELETE", at("projects/acme%%2Fsite/runners/%d", locked), s.byMaintainer), 204, "")
		expect(t, s.Do("DELETE", at("runners/%d", locked), s.byOwner), 204, "")
	})
}
