package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

const noMember = `{"message":"404 Member Not Found"}`

func TestMembersOfProjectsAndGroups(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for path, by := range map[string]apitest.Part{
			at("projects/%d/members", s.site): s.byMaintainer,
			"groups/acme/members":             s.byOwner,
		} {
			t.Run(path, func(t *testing.T) {
				added := s.Do("POST", path, by, apitest.Form("user_id", at("%d", s.stranger), "access_level", "20", "expires_at", "2030-01-31"))
				assert.Equal(t, 201, added.Status, added.Body)
				golden(t, "member", added.Body)
				one := at(path+"/%d", s.stranger)
				expect(t, s.Do("GET", one, by), 200, added.Body)
				expect(t, s.Do("POST", path, by, apitest.JSON(at(`{"user_id":%d,"access_level":10}`, s.stranger))), 409, `{"message":"Member already exists"}`)
				changed := s.Do("PUT", one, by, apitest.JSON(`{"access_level":30}`))
				assert.Equal(t, 200, changed.Status)
				has(t, changed, map[string]string{"access_level": "30", "expires_at": `"2030-01-31"`})
				has(t, s.Do("PUT", one, by, apitest.JSON(`{"access_level":30,"expires_at":""}`)), map[string]string{"expires_at": "null"})
				assert.Contains(t, ids[domain.UserID](t, s.Do("GET", path, by)), s.stranger)
				expect(t, s.Do("DELETE", one, by), 204, "")
				expect(t, s.Do("DELETE", one, by), 404, noMember)
				exchangeAll(t, s.API, map[string]exchange{
					"nobody in it":       {"GET", one, parts(by), 404, noMember},
					"a word":             {"GET", path + "/abc", parts(by), 400, `{"error":"user_id is invalid"}`},
					"nothing":            {"POST", path, parts(by), 400, `{"error":"user_id is missing, access_level is missing"}`},
					"nobody at all":      {"POST", path, parts(by, apitest.JSON(`{"user_id":999,"access_level":10}`)), 404, noUser},
					"another level":      {"POST", path, parts(by, apitest.JSON(at(`{"user_id":%d,"access_level":15}`, s.stranger))), 400, `{"message":{"access_level":["is not included in the list"]}}`},
					"a level in words":   {"POST", path, parts(by, apitest.JSON(at(`{"user_id":%d,"access_level":"dev"}`, s.stranger))), 400, `{"error":"access_level is invalid"}`},
					"a day in words":     {"POST", path, parts(by, apitest.JSON(at(`{"user_id":%d,"access_level":10,"expires_at":"soon"}`, s.stranger))), 400, `{"error":"expires_at is invalid"}`},
					"change of nobody":   {"PUT", one, parts(by, apitest.JSON(`{"access_level":10}`)), 404, noMember},
					"change of nothing":  {"PUT", one, parts(by), 400, `{"error":"access_level is missing"}`},
					"by no Maintainer":   {"POST", path, parts(s.byDeveloper), 403, forbidden},
					"by nobody":          {"POST", path, nil, 401, unauthorized},
					"change by nobody":   {"PUT", one, nil, 401, unauthorized},
					"removal by another": {"DELETE", one, parts(s.byDeveloper), 403, forbidden},
				})
			})
		}
		expect(t, s.Do("GET", at("projects/%d/members", s.site), s.byStranger), 404, noProject)
		expect(t, s.Do("GET", at("groups/%d/members", s.group), s.byStranger), 404, noGroup)
	})
}

func TestInheritedMembersAreListedWhenAskedFor(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		sub := s.AddGroupOf(s.maintainer, s.group)
		below := s.AddProject(sub)
		s.AddProjectMember(below, s.stranger, domain.Guest)
		personal := s.AddPersonalProject(s.stranger)
		for path, want := range map[string][]domain.UserID{
			at("projects/%d/members", below):        {s.stranger},
			at("projects/%d/members/all", below):    {s.owner, s.maintainer, s.stranger},
			at("groups/%d/members", sub):            {s.maintainer},
			at("groups/%d/members/all", sub):        {s.owner, s.maintainer},
			at("groups/%d/members", s.group):        {s.owner},
			at("projects/%d/members", personal):     {s.stranger},
			at("projects/%d/members/all", personal): {s.stranger},
			at("projects/%d/members", s.site):       {s.maintainer, s.developer},
			at("projects/%d/members/all", s.site):   {s.owner, s.maintainer, s.developer},
		} {
			assert.Equal(t, want, ids[domain.UserID](t, s.Do("GET", path, s.byRoot)), path)
		}
		has(t, s.Do("GET", at("projects/%d/members/%d", personal, s.stranger), s.byStranger), map[string]string{"access_level": "50"})
		expect(t, s.Do("GET", at("projects/%d/members/%d", below, s.owner), s.byRoot), 404, noMember)
	})
}

func TestNobodyGrantsMoreThanTheyHave(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		path := at("projects/%d/members", s.site)
		expect(t, s.Do("POST", path, s.byMaintainer, apitest.JSON(at(`{"user_id":%d,"access_level":50}`, s.stranger))), 403, forbidden)
		assert.Equal(t, 201, s.Do("POST", path, s.byMaintainer, apitest.JSON(at(`{"user_id":%d,"access_level":40}`, s.stranger))).Status)
		assert.Equal(t, 200, s.Do("GET", at("projects/%d/runners", s.site), s.byStranger).Status)
	})
}

func TestAnExpiredMembershipCountsAsNone(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		former := s.AddUser()
		by := apitest.As(s.TokenOf(former))
		s.AddProjectMember(s.site, former, domain.Maintainer, fixture.Expired)
		s.AddGroupMember(s.group, former, domain.Owner, fixture.Expired)
		exchangeAll(t, s.API, map[string]exchange{
			"the project":          {"GET", at("projects/%d", s.site), parts(by), 404, noProject},
			"the project's runner": {"GET", at("projects/%d/runners", s.site), parts(by), 404, noProject},
			"the group":            {"GET", at("groups/%d", s.group), parts(by), 404, noGroup},
			"the group's runners":  {"GET", at("groups/%d/runners", s.group), parts(by), 404, noGroup},
			"own runners":          {"GET", "runners", parts(by), 200, "[]"},
			"a runner":             {"GET", at("runners/%d", s.assigned), parts(by), 403, noAccess},
			"a group's runner":     {"PUT", at("runners/%d?active=0", s.grouped), parts(by), 403, noAccess},
			"its jobs":             {"GET", at("runners/%d/jobs", s.assigned), parts(by), 403, noAccess},
			"all groups":           {"GET", "groups", parts(by), 200, "[]"},
			"all projects":         {"GET", "projects", parts(by), 200, "[]"},
		})
		added := s.Do("POST", at("projects/%d/members", s.site), s.byMaintainer,
			apitest.JSON(at(`{"user_id":%d,"access_level":40,"expires_at":"2024-02-29"}`, s.stranger)))
		assert.Equal(t, 201, added.Status, "a past day is accepted")
		expect(t, s.Do("GET", at("projects/%d/runners", s.site), s.byStranger), 404, noProject)
		assert.Equal(t, 200, s.Do("PUT", at("projects/%d/members/%d", s.site, s.stranger), s.byMaintainer,
			apitest.JSON(`{"access_level":40,"expires_at":"2024-03-01"}`)).Status)
		assert.Equal(t, 200, s.Do("GET", at("projects/%d/runners", s.site), s.byStranger).Status)
	})
}
