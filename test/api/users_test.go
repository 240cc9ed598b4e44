package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

func TestShapeOfAUser(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		golden(t, "user-public", s.Do("GET", at("users/%d", s.owner), s.byStranger).Body)
		golden(t, "user-private", s.Do("GET", at("users/%d", s.owner), s.byRoot).Body)
		assert.Equal(t, s.Do("GET", at("users/%d", s.owner), s.byRoot).Body, s.Do("GET", "user", s.byOwner).Body)
		golden(t, "root", s.Do("GET", "user", s.byRoot).Body)
		golden(t, "version", s.Do("GET", "version", s.byStranger).Body)
		assert.Equal(t, s.Do("GET", "version", s.byRoot).Body, s.Do("GET", "metadata", s.byRoot).Body)
		expect(t, s.Do("GET", "version"), 401, unauthorized)
	})
}

func TestFindingUsers(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for query, want := range map[string][]domain.UserID{
			"":                                {domain.RootUser, s.owner, s.maintainer, s.developer, s.stranger},
			"?username=owner":                 {s.owner},
			"?username=OWNER":                 {s.owner},
			"?username=own":                   {},
			"?search=ai":                      {s.maintainer},
			"?search=Administrator":           {domain.RootUser},
			"?per_page=2&page=2":              {s.maintainer, s.developer},
			"?username=owner&search=stranger": {},
		} {
			assert.Equal(t, want, ids[domain.UserID](t, s.Do("GET", "users"+query, s.byStranger)), query)
		}
		list := s.Do("GET", "users", s.byStranger)
		assert.Equal(t, "5", list.Header.Get("X-Total"))
		assert.NotContains(t, s.Do("GET", "users?username=owner", s.byStranger).Body, "email\":\"owner")
		assert.Contains(t, s.Do("GET", "users?username=owner", s.byRoot).Body, "email\":\"owner")
	})
}

func TestChangingUsers(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		got := s.Do("POST", "users", s.byRoot, apitest.JSON(`{"email":"jo@example.com","username":"jo","name":"Jo","admin":true,
			"password":"x","skip_confirmation":true,"force_random_password":true,"reset_password":true}`))
		assert.Equal(t, 201, got.Status, got.Body)
		has(t, got, map[string]string{
			"username": `"jo"`, "name": `"Jo"`, "state": `"active"`, "email": `"jo@example.com"`, "is_admin": "true",
			"web_url": `"https://runyard.example.com/jo"`,
		})
		plain := s.Do("POST", "users", s.byRoot, apitest.Form("email", "al@example.com", "username", "al", "name", "Al"))
		has(t, plain, map[string]string{"is_admin": "false"})
		user := func(pairs ...string) []apitest.Part { return parts(s.byRoot, apitest.Form(pairs...)) }
		exchangeAll(t, s.API, map[string]exchange{
			"a taken name":            {"POST", "users", user("email", "x@example.com", "username", "jo", "name", "X"), 409, `{"message":"Username has already been taken"}`},
			"a taken name, capitals":  {"POST", "users", user("email", "x@example.com", "username", "JO", "name", "X"), 409, `{"message":"Username has already been taken"}`},
			"a taken address":         {"POST", "users", user("email", "jo@example.com", "username", "x", "name", "X"), 409, `{"message":"Email has already been taken"}`},
			"nothing":                 {"POST", "users", user(), 400, `{"error":"email is missing, username is missing, name is missing"}`},
			"no address":              {"POST", "users", user("email", "x", "username", "x", "name", "X"), 400, `{"message":{"email":["is invalid"]}}`},
			"a bad flag":              {"POST", "users", user("email", "x@example.com", "username", "x", "name", "X", "admin", "maybe"), 400, `{"error":"admin is invalid"}`},
			"by a stranger":           {"POST", "users", parts(s.byStranger, apitest.Form("email", "x@example.com", "username", "x", "name", "X")), 403, forbidden},
			"a name of a group":       {"POST", "users", user("email", "x@example.com", "username", "acme", "name", "X"), 409, `{"message":"Username has already been taken"}`},
			"GET of nobody":           {"GET", "users/999", parts(s.byStranger), 404, noUser},
			"GET of a word":           {"GET", "users/abc", parts(s.byStranger), 400, idInvalid},
			"block of nobody":         {"POST", "users/999/block", parts(s.byRoot), 404, noUser},
			"block by a stranger":     {"POST", at("users/%d/block", s.owner), parts(s.byStranger), 403, forbidden},
			"unblock by a stranger":   {"POST", at("users/%d/unblock", s.owner), parts(s.byStranger), 403, forbidden},
			"block of oneself":        {"POST", "users/1/block", parts(s.byRoot), 403, `{"message":"403 Forbidden - The API initiating user can not be blocked by the API"}`},
			"DELETE of nobody":        {"DELETE", "users/999", parts(s.byRoot), 404, noUser},
			"DELETE by a stranger":    {"DELETE", at("users/%d", s.owner), parts(s.byStranger), 403, forbidden},
			"DELETE by the user":      {"DELETE", at("users/%d", s.stranger), parts(s.byStranger), 403, forbidden},
			"DELETE of root":          {"DELETE", "users/1", parts(s.byRoot), 403, forbidden},
			"GET without a token":     {"GET", "users", nil, 401, unauthorized},
			"oneself without a token": {"GET", "user", nil, 401, unauthorized},
		})
		assert.Equal(t, 201, s.Do("POST", at("users/%d/block", s.owner), s.byRoot).Status)
		has(t, s.Do("GET", at("users/%d", s.owner), s.byStranger), map[string]string{"state": `"blocked"`})
		assert.Equal(t, 201, s.Do("POST", at("users/%d/unblock", s.owner), s.byRoot).Status)
		has(t, s.Do("GET", at("users/%d", s.owner), s.byStranger), map[string]string{"state": `"active"`})
	})
}

func TestWhatGoesWithAUser(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		own := s.AddPersonalProject(s.developer)
		runner := s.AddProjectRunner(own)
		expect(t, s.Do("DELETE", at("users/%d", s.developer), s.byRoot), 204, "")
		exchangeAll(t, s.API, map[string]exchange{
			"the user":     {"GET", at("users/%d", s.developer), parts(s.byRoot), 404, noUser},
			"the tokens":   {"GET", "user", parts(s.byDeveloper), 401, unauthorized},
			"the projects": {"GET", at("projects/%d", own), parts(s.byRoot), 404, noProject},
			"memberships":  {"GET", at("projects/%d/members/%d", s.site, s.developer), parts(s.byRoot), 404, `{"message":"404 Member Not Found"}`},
		})
		has(t, details(s.API, runner), map[string]string{"projects": "[]"})
	})
}
