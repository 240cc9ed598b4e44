package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
)

func TestExpiredTokenIsRefusedEverywhere(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{TokenLifetime: time.Hour}, func(t *testing.T, c *crew) {
		registered := c.Do(http.MethodPost, "runners", apitest.Form("token", apitest.RegistrationToken))
		runner := issuedBy(t, registered)
		const expiry = `"2024-02-29T13:34:56.789Z"`
		assert.Equal(t, fmt.Sprintf(`{"id":%d,"token":"%s","token_expires_at":%s}`, runner.ID, runner.Token, expiry), registered.Body)
		verified := c.Do(http.MethodPost, "runners/verify", apitest.Form("token", runner.Token, "system_id", "s_0123456789ab"))
		expect(t, verified, http.StatusOK, registered.Body)
		made := c.Do(http.MethodPost, "user/runners", c.by("admin"), apitest.Form("runner_type", "instance_type"))
		assert.Contains(t, made.Body, expiry)

		c.Clock.Advance(time.Hour - time.Microsecond)
		assert.Equal(t, http.StatusOK, c.verified(runner.Token))
		c.Clock.Advance(time.Microsecond)
		before := c.Runner(domain.RunnerID(runner.ID)).State()
		for _, call := range [][2]string{
			{http.MethodPost, "runners/verify"},
			{http.MethodDelete, "runners"},
			{http.MethodDelete, "runners/managers"},
			{http.MethodPost, "runners/reset_authentication_token"},
		} {
			got := c.Do(call[0], call[1], apitest.Form("token", runner.Token, "system_id", "s_0123456789ab"))
			expect(t, got, http.StatusForbidden, forbidden)
		}
		assert.Equal(t, before, c.Runner(domain.RunnerID(runner.ID)).State(), "and nothing is recorded")

		reset := c.Do(http.MethodPost, runnerPath(domain.RunnerID(runner.ID), "/reset_authentication_token"), c.by("admin"))
		token := issuedBy(t, reset).Token
		assert.Equal(t, `{"token":"`+token+`","token_expires_at":"2024-02-29T14:34:56.789Z"}`, reset.Body, "a new span")
		assert.Equal(t, http.StatusOK, c.verified(token))
		rotated := c.Do(http.MethodPost, "runners/reset_authentication_token", apitest.Form("token", token))
		assert.Equal(t, "2024-02-29T14:34:56.789Z", *issuedBy(t, rotated).TokenExpiresAt)
		assert.Equal(t, http.StatusOK, c.verified("token-of-instance"), "made before anything was to expire")
	})
}

func TestShortestLifetimeCounts(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{TokenLifetime: 3 * time.Hour}, func(t *testing.T, c *crew) {
		expiry := func(got apitest.Response) string {
			i := issuedBy(t, got)
			require.NotNil(t, i.TokenExpiresAt)
			at, err := time.Parse(time.RFC3339, *i.TokenExpiresAt)
			require.NoError(t, err)
			return at.Sub(c.Clock.Now().Truncate(time.Millisecond)).String()
		}
		inGroup := func() string {
			return expiry(c.Do(http.MethodPost, "user/runners", c.by("admin"),
				apitest.Form("runner_type", "group_type", "group_id", decimalOf(c.below))))
		}
		inProject := func() string {
			reset := c.Do(http.MethodPost, "projects/"+decimalOf(c.project)+"/runners/reset_registration_token", c.by("admin"))
			return expiry(c.Do(http.MethodPost, "runners", apitest.Form("token", issuedBy(t, reset).Token)))
		}
		reset := func(id domain.RunnerID) string {
			return expiry(c.Do(http.MethodPost, runnerPath(id, "/reset_authentication_token"), c.by("admin")))
		}
		set := func(path, seconds string) {
			got := c.Do(http.MethodPut, path, c.by("admin"), apitest.JSON(`{"runner_token_expiration_interval":`+seconds+`}`))
			require.Equal(t, http.StatusOK, got.Status, got.Body)
			if seconds == "null" {
				assert.NotContains(t, got.Body, "runner_token_expiration_interval", "old clients do not know it")
				return
			}
			assert.Contains(t, got.Body, `"runner_token_expiration_interval":`+seconds)
		}
		top, below, project := "groups/"+decimalOf(c.top), "groups/"+decimalOf(c.below), "projects/"+decimalOf(c.project)

		assert.Equal(t, "3h0m0s", inGroup())
		assert.Equal(t, "3h0m0s", inProject())
		set(top, "7200")
		assert.Equal(t, "2h0m0s", inGroup(), "groups above count")
		assert.Equal(t, "2h0m0s", reset(c.grouped))
		assert.Equal(t, "2h0m0s", reset(c.assigned))
		set(project, "60")
		assert.Equal(t, "1m0s", inProject())
		assert.Equal(t, "1m0s", reset(c.assigned))
		assert.Equal(t, "2h0m0s", reset(c.grouped))
		set(below, "3600")
		assert.Equal(t, "1h0m0s", inGroup())
		set(project, "36000")
		assert.Equal(t, "1h0m0s", reset(c.assigned))
		assert.Equal(t, "3h0m0s", reset(c.instance), "which belongs to no group")
		for _, path := range []string{top, below, project} {
			set(path, "null")
		}
		assert.Equal(t, "3h0m0s", reset(c.assigned))
	})
}

func TestTokenExpirationIntervalOfGroupsAndProjects(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		const shown, name = `"runner_token_expiration_interval":86400`, "runner_token_expiration_interval"
		root := c.by("admin")
		create := func(path, pairs string) apitest.Response {
			return c.Do(http.MethodPost, path, root, apitest.JSON(`{"name":"New","path":"new",`+pairs+`}`))
		}
		assert.Contains(t, create("groups", `"runner_token_expiration_interval":86400`).Body, shown)
		assert.Contains(t, create("projects", `"runner_token_expiration_interval":"86400"`).Body, shown)
		assert.NotContains(t, c.Do(http.MethodGet, "groups/"+decimalOf(c.below), root).Body, name)
		assert.NotContains(t, c.Do(http.MethodGet, "projects/"+decimalOf(c.project), root).Body, name)

		const invalid = `{"error":"runner_token_expiration_interval is invalid"}`
		expect(t, create("groups", `"runner_token_expiration_interval":"x"`), http.StatusBadRequest, invalid)
		expect(t, create("projects", `"runner_token_expiration_interval":"x"`), http.StatusBadRequest, invalid)
		const between = "needs to be between 1 second and 100 years"
		expect(t, c.Do(http.MethodPut, "groups/"+decimalOf(c.below), root, apitest.Form("runner_token_expiration_interval", "0")),
			http.StatusBadRequest, `{"message":"Failed to save group {:runner_token_expiration_interval=\u003e[\"`+between+`\"]}"}`)
		expect(t, c.Do(http.MethodPut, "projects/"+decimalOf(c.project), root, apitest.Form("runner_token_expiration_interval", "-1")),
			http.StatusBadRequest, `{"message":{"runner_token_expiration_interval":["`+between+`"]}}`)
	})
}
