package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

func TestDeletingARunner(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		several := s.AddProjectRunner(s.site)
		s.Assign(several, s.shop)
		const many = `{"message":"403 Forbidden - Runner associated with more than one project"}`
		exchangeAll(t, s.API, map[string]exchange{
			"one that does not exist":        {"DELETE", "runners/999", parts(s.byRoot), 404, notFound},
			"by a word":                      {"DELETE", "runners/abc", parts(s.byRoot), 400, idInvalid},
			"by nobody":                      {"DELETE", at("runners/%d", s.assigned), nil, 401, unauthorized},
			"an instance runner":             {"DELETE", at("runners/%d", s.instance), parts(s.byOwner), 403, noAccess},
			"a group runner":                 {"DELETE", at("runners/%d", s.grouped), parts(s.byMaintainer), 403, noAccess},
			"one of one project":             {"DELETE", at("runners/%d", s.assigned), parts(s.byDeveloper), 403, noAccess},
			"of several by its Maintainer":   {"DELETE", at("runners/%d", several), parts(s.byMaintainer), 403, many},
			"of several by its Owner":        {"DELETE", at("runners/%d", several), parts(s.byOwner), 403, many},
			"of several by a stranger":       {"DELETE", at("runners/%d", several), parts(s.byStranger), 403, many},
			"of several, changed since":      {"DELETE", at("runners/%d", several), parts(s.byOwner, old), 403, many},
			"changed since a date":           {"DELETE", at("runners/%d", s.assigned), parts(s.byMaintainer, old), 412, preconditioned},
			"changed since a date of HTTP":   {"DELETE", at("runners/%d", s.assigned), parts(s.byMaintainer, apitest.Header("If-Unmodified-Since", "Mon, 01 Jan 2024 00:00:00 GMT")), 412, preconditioned},
			"changed within the same second": {"DELETE", at("runners/%d", s.assigned), parts(s.byMaintainer, apitest.Header("If-Unmodified-Since", "Thu, 29 Feb 2024 12:34:56 GMT")), 412, preconditioned},
		})
		assert.Len(t, ids[domain.RunnerID](t, s.Do("GET", "runners/all", s.byRoot)), 4, "nothing was deleted")

		expect(t, s.Do("DELETE", at("runners/%d", s.assigned), s.byMaintainer, apitest.Header("If-Unmodified-Since", "Thu, 29 Feb 2024 12:34:57 GMT")), 204, "")
		expect(t, s.Do("DELETE", at("runners/%d", s.grouped), s.byOwner, apitest.Header("If-Unmodified-Since", "no date")), 204, "")
		expect(t, s.Do("DELETE", at("runners/%d", several), s.byRoot), 204, "")
		expect(t, s.Do("DELETE", at("runners/%d", s.instance), s.byRoot, apitest.Header("If-Unmodified-Since", "2030-01-01T00:00:00+02:00")), 204, "")
		assert.Empty(t, ids[domain.RunnerID](t, s.Do("GET", "runners/all", s.byRoot)))
		expect(t, s.Do("DELETE", at("runners/%d", s.instance), s.byRoot), 404, notFound)
	})
}

func TestARunnerDeletesItself(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		token := apitest.Form("token", register(t, s.API, apitest.Form("token", apitest.RegistrationToken)).Token)
		expect(t, s.Do("DELETE", "runners", token, old), 412, preconditioned)
		exchangeAll(t, s.API, map[string]exchange{
			"without a token":       {"DELETE", "runners", nil, 400, `{"error":"token is missing"}`},
			"with an unknown token": {"DELETE", "runners", parts(apitest.Form("token", "x")), 403, forbidden},
			"with an empty token":   {"DELETE", "runners", parts(apitest.Form("token", "")), 403, forbidden},
			"with a null token":     {"DELETE", "runners", parts(apitest.JSON(`{"token":null}`)), 403, forbidden},
			"with a hash":           {"DELETE", "runners?token[a]=b", nil, 400, `{"error":"token is invalid"}`},
			"as root":               {"DELETE", "runners", parts(s.byRoot), 400, `{"error":"token is missing"}`},
		})
		expect(t, s.Do("DELETE", "runners", token, apitest.As("a bad token of a user")), 204, "")
		expect(t, s.Do("DELETE", "runners", token), 403, forbidden)
	})
}

func TestARunnerOfSeveralProjectsDeletesItself(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		secret := domain.Secret("the token of a runner")
		several := s.AddProjectRunner(s.site, func(r *domain.RunnerState) { r.Token = s.Vault.Digest(secret) })
		s.Assign(several, s.shop)
		expect(t, s.Do("DELETE", "runners", apitest.Form("token", secret.Reveal())), 204, "")
		expect(t, details(s.API, several), 404, notFound)
	})
}
