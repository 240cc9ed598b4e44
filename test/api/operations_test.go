package api_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

func TestLivenessAndReadiness(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		var problem error
		api := apitest.New(t, store, func(c *apitest.Config) { c.Ready = func(context.Context) error { return problem } })
		expect(t, api.Do("GET", "/-/liveness"), 200, `{"status":"ok"}`)
		expect(t, api.Do("GET", "/-/readiness"), 200, `{"status":"ok"}`)
		problem = errors.New("2 migrations are pending")
		expect(t, api.Do("GET", "/-/liveness"), 200, `{"status":"ok"}`)
		failing := api.Do("GET", "/-/readiness")
		assert.Equal(t, 503, failing.Status)
		assert.Equal(t, []string{"application/json"}, failing.Header["Content-Type"])
		assert.Contains(t, failing.Body, "2 migrations are pending")
		expect(t, api.Do("POST", "/-/liveness"), 404, noRoute)
	})
}

func TestMetricsCountRequestsByTheirRoute(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for range 3 {
			s.Do("GET", at("runners/%d?private_token=%s", s.assigned, s.Root))
		}
		s.Do("BREW", "nonsense/"+s.Root)
		got := s.Do("GET", "/-/metrics")
		assert.Equal(t, 200, got.Status)
		assert.Contains(t, got.Header.Get("Content-Type"), "text/plain")
		assert.Contains(t, got.Body, `runyard_http_request_duration_seconds_count{method="GET",route="/api/v4/runners/:id",status="200"} 3`)
		assert.Contains(t, got.Body, `runyard_http_request_duration_seconds_count{method="any",route="",status="404"} 1`)
		assert.NotContains(t, got.Body, s.Root)
	})
}

func TestNoSecretGetsIntoTheLog(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		core, entries := observer.New(zapcore.DebugLevel)
		api := apitest.New(t, store, func(c *apitest.Config) { c.Log = zap.New(core) })
		runner := register(t, api, apitest.Form("token", apitest.RegistrationToken))
		var token issued
		api.Into(api.Do("POST", "users/1/personal_access_tokens", apitest.As(api.Root), apitest.JSON(`{"name":"n","scopes":["api"]}`)), &token)
		var group struct {
			Token string `json:"runners_token"`
		}
		api.Into(api.Do("POST", "groups", apitest.As(api.Root), apitest.Form("name", "g", "path", "g")), &group)
		secrets := []string{api.Root, apitest.RegistrationToken, runner.Token, token.Token, group.Token}

		for _, secret := range secrets {
			require.NotEmpty(t, secret)
			api.Do("GET", "runners?private_token="+secret+"&tag_list=questioned")
			api.Do("GET", "runners", apitest.Header("Authorization", "Bearer "+secret))
			api.Do("GET", "runners/"+secret, apitest.As(api.Root))
			api.Do("GET", "nonsense/"+secret)
			api.Do("POST", "runners?token="+secret, apitest.JSON("{"))
			api.Do("POST", "runners", apitest.Form("token", secret, "description", secret))
			api.Do("POST", "runners/verify", apitest.JSON(`{"token":"`+secret+`"}`))
			api.Do("DELETE", "runners?token="+secret, old)
			api.Do("POST", "users", apitest.As(api.Root), apitest.Form("email", secret, "name", secret, "username", secret))
			api.Do("GET", "user?sudo="+secret, apitest.As(api.Root))
		}
		require.NotEmpty(t, entries.All())
		encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
		for _, entry := range entries.All() {
			line, err := encoder.EncodeEntry(entry.Entry, entry.Context)
			require.NoError(t, err)
			for _, secret := range secrets {
				assert.NotContains(t, line.String(), secret)
				assert.NotContains(t, line.String(), string(api.Vault.Digest(domain.Secret(secret))))
			}
			assert.NotContains(t, line.String(), "questioned")
		}
	})
}

func TestAFailureOfOursSaysNothing(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		core, entries := observer.New(zapcore.ErrorLevel)
		store.Runners = brokenRunners{store.Runners}
		api := apitest.New(t, store, func(c *apitest.Config) { c.Log = zap.New(core) })
		expect(t, api.Do("GET", "runners", apitest.As(api.Root)), 500, `{"message":"500 Internal Server Error"}`)
		expect(t, api.Do("GET", "runners/1", apitest.As(api.Root)), 500, `{"message":"500 Internal Server Error"}`)
		assert.Equal(t, 2, entries.Len(), "the operator learns what the client does not")
	})
}
