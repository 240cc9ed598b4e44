package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

func TestVerifyingARunner(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		runner := register(t, api, apitest.JSON(`{"token":"`+apitest.RegistrationToken+`","info":{"name":"n","version":"1","platform":"linux"}}`))
		got := api.Do("POST", "runners/verify", apitest.Form("token", runner.Token), apitest.Header("Runner-Token", "x"))
		assert.Equal(t, 200, got.Status)
		golden(t, "verify", got.Body)
		has(t, details(api, runner.ID), map[string]string{
			"contacted_at": `"2024-02-29T12:34:56.789Z"`, "status": `"online"`, "online": "true",
			"version": `"1"`, "platform": `"linux"`,
		})
		assert.Equal(t, []domain.RunnerID{runner.ID}, ids[domain.RunnerID](t, api.Do("GET", "runners/all?status=online", apitest.As(api.Root))))

		api.Clock.Advance(3 * time.Hour)
		has(t, details(api, runner.ID), map[string]string{"status": `"offline"`, "online": "false"})
		assert.Equal(t, 200, api.Do("POST", "runners/verify", apitest.JSON(`{"token":"`+runner.Token+`","info":{"name":"other","version":"2","revision":"r","platform":" "}}`)).Status)
		has(t, details(api, runner.ID), map[string]string{
			"contacted_at": `"2024-02-29T15:34:56.789Z"`, "name": `"n"`, "version": `"2"`, "revision": `"r"`, "platform": `"linux"`,
		})
	})
}

func TestVerifyIsRefused(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		exchangeAll(t, s.API, map[string]exchange{
			"without a token":             {"POST", "runners/verify", nil, 400, `{"error":"token is missing"}`},
			"with an unknown token":       {"POST", "runners/verify", parts(apitest.Form("token", "x")), 403, forbidden},
			"with an empty token":         {"POST", "runners/verify", parts(apitest.Form("token", "")), 403, forbidden},
			"with a null token":           {"POST", "runners/verify", parts(apitest.JSON(`{"token":null}`)), 403, forbidden},
			"with the registration token": {"POST", "runners/verify", parts(apitest.Form("token", apitest.RegistrationToken)), 403, forbidden},
			"with a user's token":         {"POST", "runners/verify", parts(apitest.Form("token", s.Root)), 403, forbidden},
		})
	})
}

func TestAContactLeavesTheRunnerUnmodified(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		runner := register(t, api, apitest.Form("token", apitest.RegistrationToken))
		api.Clock.Advance(time.Hour)
		assert.Equal(t, 200, api.Do("POST", "runners/verify", apitest.Form("token", runner.Token)).Status)
		expect(t, api.Do("DELETE", at("runners/%d", runner.ID), apitest.As(api.Root),
			apitest.Header("If-Unmodified-Since", "Thu, 29 Feb 2024 13:00:00 GMT")), 204, "")
	})
}

func TestAChangeByAPersonModifiesTheRunner(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		s.Clock.Advance(time.Hour)
		path := at("runners/%d", s.assigned)
		assert.Equal(t, 200, s.Do("PUT", path, s.byMaintainer, apitest.Form("locked", "1")).Status)
		expect(t, s.Do("DELETE", path, s.byMaintainer, apitest.Header("If-Unmodified-Since", "Thu, 29 Feb 2024 13:00:00 GMT")), 412, preconditioned)
	})
}
