package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

const (
	tokenExpired  = `{"error":"invalid_token","error_description":"Token is expired. You can either do re-authorization or token refresh."}`
	tokenRevoked  = `{"error":"invalid_token","error_description":"Token was revoked. You have to re-authorize from the user."}`
	scopeTooSmall = `{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":`
	blocked       = `{"message":"403 Forbidden - Your account has been blocked."}`
)

// secretLike is a token of the length that personal access tokens have.
func secretLike(text string) domain.Secret {
	return domain.Secret("glpat-" + text + strings.Repeat("0", 20-len(text)))
}

func (s *scene) tokenWith(user domain.UserID, secret domain.Secret, changes ...func(*domain.PersonalAccessTokenState)) string {
	s.AddToken(user, append(changes, func(p *domain.PersonalAccessTokenState) { p.Digest = s.Vault.Digest(secret) })...)
	return secret.Reveal()
}

func TestTheFirstCredentialThatIsPresentDecides(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		good := s.tokenWith(s.stranger, secretLike("good"))
		odd := s.tokenWith(s.stranger, "a token of another length")
		bad := secretLike("bad").Reveal()
		bearer := func(token string) apitest.Part { return apitest.Header("Authorization", "Bearer "+token) }
		for name, test := range map[string]struct {
			path   string
			parts  []apitest.Part
			status int
		}{
			"the header of a token":                  {"version", parts(apitest.As(good)), 200},
			"the parameter of a token":               {"version?private_token=" + good, nil, 200},
			"the parameter before the header":        {"version?private_token=" + bad, parts(apitest.As(good)), 401},
			"the parameter rescues a bad header":     {"version?private_token=" + good, parts(apitest.As(bad)), 200},
			"a blank parameter is none":              {"version?private_token=%20", parts(apitest.As(good)), 200},
			"a blank header is none":                 {"version", parts(apitest.Header("PRIVATE-TOKEN", " "), bearer(good)), 200},
			"a bearer":                               {"version", parts(bearer(good)), 200},
			"a bearer in small letters":              {"version", parts(apitest.Header("Authorization", "bearer "+good)), 200},
			"a bearer of another length":             {"version", parts(bearer(odd)), 200},
			"access_token":                           {"version?access_token=" + good, nil, 200},
			"bearer_token":                           {"version?bearer_token=" + good, nil, 200},
			"access_token before the bearer":         {"version?access_token=" + bad, parts(bearer(good)), 401},
			"the bearer before bearer_token":         {"version?bearer_token=" + good, parts(bearer(bad)), 401},
			"a bearer of another length comes first": {"version", parts(bearer("bad"), apitest.As(good)), 401},
			"a bearer like a token comes last":       {"version", parts(bearer(bad), apitest.As(good)), 200},
			"a bearer like a token behind a bad one": {"version", parts(bearer(good), apitest.As(bad)), 401},
			"HTTP Basic":                             {"version", parts(apitest.Header("Authorization", "Basic cm9vdDpyb290")), 401},
			"a job token":                            {"version?job_token=" + good, parts(apitest.Header("JOB-TOKEN", good)), 401},
			"a deploy token":                         {"version", parts(apitest.Header("Deploy-Token", good)), 401},
			"nothing":                                {"version", nil, 401},
			"an unknown token":                       {"version", parts(apitest.As("nobody's")), 401},
			"the registration token":                 {"version", parts(apitest.As(apitest.RegistrationToken)), 401},
			"the digest in place of the token":       {"version", parts(apitest.As(string(s.Vault.Digest(domain.Secret(good))))), 401},
			"a list as token":                        {"version?private_token[]=" + good, nil, 401},
		} {
			t.Run(name, func(t *testing.T) {
				assert.Equal(t, test.status, s.Do("GET", test.path, test.parts...).Status)
			})
		}
		inBody := s.Do("PUT", at("runners/%d", s.assigned), apitest.JSON(`{"private_token":"`+s.Root+`","locked":true}`))
		assert.Equal(t, 200, inBody.Status, "a token in the body")
	})
}

func TestTokensThatAreNotGoodAnyMore(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for name, test := range map[string]struct {
			change func(*domain.PersonalAccessTokenState)
			body   string
		}{
			"expired": {func(p *domain.PersonalAccessTokenState) { p.ExpiresAt = fixture.Moment.Truncate(24 * time.Hour) }, tokenExpired},
			"revoked": {func(p *domain.PersonalAccessTokenState) { p.Revoked = true }, tokenRevoked},
		} {
			token := apitest.As(s.tokenWith(s.stranger, secretLike(name), test.change))
			for _, method := range []string{"GET", "OPTIONS"} {
				got := s.Do(method, "runners", token)
				expect(t, got, 401, test.body)
				description := test.body[strings.Index(test.body, `description":"`)+len(`description":"`) : len(test.body)-2]
				assert.Equal(t, `Bearer realm="Protected by OAuth 2.0", error="invalid_token", error_description="`+description+`"`,
					got.Header.Get("WWW-Authenticate"))
			}
		}
		tomorrow := s.tokenWith(s.stranger, secretLike("tomorrow"), func(p *domain.PersonalAccessTokenState) {
			p.ExpiresAt = fixture.Moment.Truncate(24*time.Hour).AddDate(0, 0, 1)
		})
		assert.Equal(t, 200, s.Do("GET", "runners", apitest.As(tomorrow)).Status)
		s.Clock.Advance(24 * time.Hour)
		expect(t, s.Do("GET", "runners", apitest.As(tomorrow)), 401, tokenExpired)
		assert.Empty(t, s.Do("GET", "runners").Header.Get("WWW-Authenticate"), "401 for nobody is no matter of OAuth")
	})
}

func TestScopesBoundATokenToReadingOrLess(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		reader := parts(apitest.As(s.TokenOf(domain.RootUser, domain.ScopeReadAPI)))
		other := parts(apitest.As(s.TokenOf(domain.RootUser, domain.ScopeReadUser, domain.ScopeSudo)))
		one := at("runners/%d", s.assigned)
		site := at("projects/%d/runners", s.site)
		toWrite, toRead := scopeTooSmall+`"api"}`, scopeTooSmall+`"api read_api"}`
		for _, path := range []string{"runners", "runners/all", one, one + "/jobs", site, at("groups/%d/runners", s.group)} {
			assert.Equal(t, 200, s.Do("GET", path, reader...).Status, path)
			assert.Equal(t, 200, s.Do("HEAD", path, reader...).Status, path)
			got := s.Do("GET", path, other...)
			expect(t, got, 403, toRead)
			assert.Empty(t, got.Header.Get("WWW-Authenticate"))
		}
		exchangeAll(t, s.API, map[string]exchange{
			"PUT a runner":                    {"PUT", one, reader, 403, toWrite},
			"DELETE a runner":                 {"DELETE", one, reader, 403, toWrite},
			"POST a runner to a project":      {"POST", site, reader, 403, toWrite},
			"DELETE a runner from a project":  {"DELETE", site + "/1", other, 403, toWrite},
			"the scope before the parameters": {"PUT", "runners/abc", reader, 403, toWrite},
			"the scope before the project":    {"POST", "projects/999/runners", other, 403, toWrite},
		})
		assert.Equal(t, 200, s.Do("GET", "personal_access_tokens/self", other...).Status)
	})
}

func TestBlockedUsersGetNowhere(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		expect(t, s.Do("POST", at("users/%d/block", s.owner), s.byRoot), 201, "true")
		for _, path := range []string{"runners", "runners/all", "runners/abc", at("runners/%d", s.grouped), at("groups/%d/runners", s.group)} {
			expect(t, s.Do("GET", path, s.byOwner), 403, blocked)
		}
		expect(t, s.Do("POST", at("users/%d/unblock", s.owner), s.byRoot), 201, "true")
		assert.Equal(t, 200, s.Do("GET", "runners", s.byOwner).Status)
	})
}

func TestSudoLetsAdministratorsActForOthers(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		powerful := apitest.As(s.TokenOf(domain.RootUser, domain.ScopeAPI, domain.ScopeSudo))
		for _, part := range []apitest.Part{apitest.Header("Sudo", "developer"), apitest.Header("Sudo", at("%d", s.developer))} {
			has(t, s.Do("GET", "user", powerful, part), map[string]string{"username": `"developer"`})
		}
		has(t, s.Do("GET", "user?sudo=developer", powerful), map[string]string{"username": `"developer"`})
		expect(t, s.Do("GET", "runners/all?sudo=developer", powerful), 403, forbidden)

		assert.Equal(t, 201, s.Do("POST", at("users/%d/block", s.stranger), s.byRoot).Status)
		exchangeAll(t, s.API, map[string]exchange{
			"not an administrator":   {"GET", "user?sudo=root", parts(s.byDeveloper), 403, `{"message":"403 Forbidden - Must be admin to use sudo"}`},
			"without the scope":      {"GET", "user?sudo=developer", parts(s.byRoot), 403, scopeTooSmall + `"sudo"}`},
			"as nobody":              {"GET", "user?sudo=nobody", parts(powerful), 404, `{"message":"404 User with ID or username 'nobody' Not Found"}`},
			"as a number of nobody":  {"GET", "user", parts(powerful, apitest.Header("Sudo", "999")), 404, `{"message":"404 User with ID or username '999' Not Found"}`},
			"as somebody blocked":    {"GET", "user?sudo=stranger", parts(powerful), 403, blocked},
			"nobody needs sudo here": {"POST", "runners/verify?sudo=x&token=x", nil, 403, forbidden},
		})
	})
}
