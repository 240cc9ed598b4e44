package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

// issued is a token that was just made.
type issued struct {
	ID    domain.PersonalAccessTokenID
	Token string
}

func TestATokenShowsOnce(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		path := at("users/%d/personal_access_tokens", s.stranger)
		made := s.Do("POST", path, s.byRoot, apitest.Form("name", "mine", "scopes[]", "api", "scopes[]", "read_api", "expires_at", "2030-01-31"))
		assert.Equal(t, 201, made.Status, made.Body)
		golden(t, "token-new", made.Body)
		var token issued
		s.Into(made, &token)
		self := s.Do("GET", "personal_access_tokens/self", apitest.As(token.Token))
		golden(t, "token", self.Body)
		assert.NotContains(t, self.Body, token.Token)
		has(t, s.Do("GET", "user", apitest.As(token.Token)), map[string]string{"username": `"stranger"`})

		expect(t, s.Do("DELETE", at("personal_access_tokens/%d", token.ID), s.byOwner), 404, `{"message":"404 Personal Access Token Not Found"}`)
		expect(t, s.Do("DELETE", at("personal_access_tokens/%d", token.ID), apitest.As(token.Token)), 204, "")
		expect(t, s.Do("GET", "user", apitest.As(token.Token)), 401, tokenRevoked)
	})
}

func TestTokensThatAreNotMade(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		path := at("users/%d/personal_access_tokens", s.stranger)
		const unknown = `{"message":{"scopes":["can only contain available scopes"]}}`
		exchangeAll(t, s.API, map[string]exchange{
			"of nothing":         {"POST", path, parts(s.byRoot), 400, `{"error":"name is missing, scopes is missing"}`},
			"of another scope":   {"POST", path, parts(s.byRoot, apitest.Form("name", "x", "scopes[]", "api", "scopes[]", "root")), 400, unknown},
			"of no scope":        {"POST", path, parts(s.byRoot, apitest.JSON(`{"name":"x","scopes":[]}`)), 400, `{"message":{"scopes":["can't be blank"]}}`},
			"of no name":         {"POST", path, parts(s.byRoot, apitest.JSON(`{"name":" ","scopes":["api"]}`)), 400, `{"message":{"name":["can't be blank"]}}`},
			"until no day":       {"POST", path, parts(s.byRoot, apitest.JSON(`{"name":"x","scopes":["api"],"expires_at":"soon"}`)), 400, `{"error":"expires_at is invalid"}`},
			"of nobody":          {"POST", "users/999/personal_access_tokens", parts(s.byRoot, apitest.JSON(`{"name":"x","scopes":["api"]}`)), 404, noUser},
			"by the user":        {"POST", path, parts(s.byStranger, apitest.JSON(`{"name":"x","scopes":["api"]}`)), 403, forbidden},
			"end of none":        {"DELETE", "personal_access_tokens/999", parts(s.byRoot), 404, `{"message":"404 Personal Access Token Not Found"}`},
			"end of a word":      {"DELETE", "personal_access_tokens/abc", parts(s.byRoot), 400, idInvalid},
			"oneself, of nobody": {"GET", "personal_access_tokens/self", nil, 401, unauthorized},
		})
		for _, scope := range []string{
			"api", "read_api", "read_user", "create_runner", "manage_runner", "sudo", "read_repository", "write_repository",
		} {
			assert.Equal(t, 201, s.Do("POST", path, s.byRoot, apitest.JSON(`{"name":"x","scopes":["`+scope+`"]}`)).Status, scope)
		}
		past := s.Do("POST", path, s.byRoot, apitest.JSON(`{"name":"x","scopes":["api"],"expires_at":"2024-02-29"}`))
		assert.Equal(t, 201, past.Status)
		has(t, past, map[string]string{"active": "false", "revoked": "false", "expires_at": `"2024-02-29"`})
		var token issued
		s.Into(past, &token)
		expect(t, s.Do("GET", "user", apitest.As(token.Token)), 401, tokenExpired)
	})
}
