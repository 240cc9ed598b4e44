package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
)

// verify is a call of gitlab-runner 19.
func (c *crew) verify(t *testing.T, token, systemID, version string) {
	t.Helper()
	got := c.Do(http.MethodPost, "runners/verify", apitest.Header("X-Forwarded-For", "203.0.113.7"), apitest.JSON(fmt.Sprintf(
		`{"info":{"name":"gitlab-runner","version":"%s","revision":"d79f3e7b","platform":"linux","architecture":"amd64"},`+
			`"token":"%s","system_id":"%s"}`, version, token, systemID)))
	require.Equal(t, http.StatusOK, got.Status, got.Body)
}

func TestManagersOfARunner(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		managers := func() apitest.Response {
			return c.Do(http.MethodGet, runnerPath(c.instance, "/managers"), c.by("stranger"))
		}
		expect(t, managers(), http.StatusOK, `[]`)
		c.verify(t, "token-of-instance", "s_0123456789ab", "19.4.0")
		c.Clock.Advance(3 * time.Hour)
		c.verify(t, "token-of-instance", "r_LabManager02", "17.5.0")
		c.Clock.Advance(time.Second)
		assert.Equal(t, http.StatusOK, c.verified("token-of-instance"), "of an agent that names no machine")

		got := managers()
		expect(t, got, http.StatusOK, `[`+
			`{"id":1,"system_id":"s_0123456789ab","version":"19.4.0","revision":"d79f3e7b","platform":"linux","architecture":"amd64",`+
			`"created_at":"2024-02-29T12:34:56.789Z","contacted_at":"2024-02-29T12:34:56.789Z","ip_address":"203.0.113.7","status":"offline"},`+
			`{"id":2,"system_id":"r_LabManager02","version":"17.5.0","revision":"d79f3e7b","platform":"linux","architecture":"amd64",`+
			`"created_at":"2024-02-29T15:34:56.789Z","contacted_at":"2024-02-29T15:34:56.789Z","ip_address":"203.0.113.7","status":"online"},`+
			`{"id":3,"system_id":"\u003clegacy\u003e","version":null,"revision":null,"platform":null,"architecture":null,`+
			`"created_at":"2024-02-29T15:34:57.789Z","contacted_at":"2024-02-29T15:34:57.789Z","ip_address":"127.0.0.1","status":"online"}]`)
		for _, header := range []string{"X-Total", "X-Page", "X-Per-Page", "X-Total-Pages", "X-Next-Page", "X-Prev-Page", "Link"} {
			assert.Empty(t, got.Header.Values(header), "not paginated")
		}

		c.Clock.Advance(7*24*time.Hour - 3*time.Hour)
		assert.Equal(t, 1, strings.Count(managers().Body, `"status":"stale"`))
		assert.Equal(t, 2, strings.Count(managers().Body, `"status":"offline"`))
		c.Clock.Advance(4 * time.Hour)
		assert.Equal(t, 3, strings.Count(managers().Body, `"status":"stale"`))

		runner := c.Do(http.MethodGet, runnerPath(c.instance, ""), c.by("admin"))
		assert.Contains(t, runner.Body, `"status":"offline"`, "old clients know no stale runner")
		assert.Contains(t, runner.Body, `"version":"17.5.0"`, "of the most recent machine that told")
		assert.Contains(t, runner.Body, `"ip_address":"127.0.0.1"`)
	})
}

func TestManagersAreForThoseWhoMayReadTheRunner(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		for _, who := range standings {
			for id, may := range map[domain.RunnerID]string{
				c.instance: "stranger guest reporter developer maintainer owner admin",
				c.grouped:  "maintainer owner admin",
				c.assigned: "maintainer owner admin",
			} {
				got := c.Do(http.MethodGet, runnerPath(id, "/managers"), c.by(who))
				switch {
				case who == "anonymous":
					expect(t, got, http.StatusUnauthorized, unauthorized)
				case strings.Contains(may, who):
					expect(t, got, http.StatusOK, `[]`)
				default:
					expect(t, got, http.StatusForbidden, noAccess)
				}
			}
		}
		expect(t, c.Do(http.MethodGet, "runners/987654/managers", c.by("stranger")), http.StatusNotFound, notFound)
		expect(t, c.Do(http.MethodGet, "runners/x/managers", c.by("stranger")), http.StatusBadRequest, idInvalid)
		expect(t, c.Do(http.MethodGet, "runners/managers", c.by("stranger")), http.StatusBadRequest, idInvalid)
	})
}

func TestManagerIsRemovedByItsAgent(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		const oddly = `{"message":"404 Runner manager not found Not Found"}`
		remove := func(body string, parts ...apitest.Part) apitest.Response {
			return c.Do(http.MethodDelete, "runners/managers", append(parts, apitest.JSON(body))...)
		}
		c.verify(t, "token-of-instance", "s_0123456789ab", "19.4.0")
		c.verify(t, "token-of-instance", "r_LabManager02", "19.4.0")
		c.Clock.Advance(time.Hour)

		expect(t, remove(`{}`), http.StatusBadRequest, `{"error":"token is missing, system_id is missing"}`)
		expect(t, remove(`{"token":"token-of-instance"}`), http.StatusBadRequest, `{"error":"system_id is missing"}`)
		expect(t, remove(`{"system_id":"s_0123456789ab"}`), http.StatusBadRequest, `{"error":"token is missing"}`)
		expect(t, remove(`{"token":"wrong","system_id":"s_0123456789ab"}`), http.StatusForbidden, forbidden)
		expect(t, remove(`{"token":"","system_id":"s_0123456789ab"}`), http.StatusForbidden, forbidden)
		expect(t, remove(`{"token":"token-of-instance","system_id":"s_unknown"}`), http.StatusNotFound, oddly)
		expect(t, remove(`{"token":"token-of-grouped","system_id":"s_0123456789ab"}`), http.StatusNotFound, oddly)

		gone := `{"token":"token-of-instance","system_id":"s_0123456789ab"}`
		expect(t, remove(gone, apitest.As("glpat-of-nobody")), http.StatusNoContent, "")
		expect(t, remove(gone), http.StatusNotFound, oddly)
		left := c.Do(http.MethodGet, runnerPath(c.instance, "/managers"), c.by("admin"))
		assert.Equal(t, 1, strings.Count(left.Body, `"system_id"`))
		assert.Contains(t, left.Body, `"contacted_at":"2024-02-29T12:34:56.789Z"`, "leaving is no contact")
		c.verify(t, "token-of-instance", "s_0123456789ab", "19.4.0")
	})
}

func TestRunnerTokenInTheHeader(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		header := apitest.Header("RUNNER-TOKEN", "token-of-instance")
		verify := func(query string, parts ...apitest.Part) apitest.Response {
			return c.Do(http.MethodPost, "runners/verify"+query, parts...)
		}
		instance := fmt.Sprintf(`{"id":%d,"token":"token-of-instance","token_expires_at":null}`, c.instance)
		grouped := fmt.Sprintf(`{"id":%d,"token":"token-of-grouped","token_expires_at":null}`, c.grouped)
		expect(t, verify("", header), http.StatusOK, instance)
		expect(t, verify("", header, apitest.JSON(`{"token":"token-of-grouped"}`)), http.StatusOK, grouped)
		expect(t, verify("?token=token-of-grouped", header), http.StatusOK, grouped)
		expect(t, verify("?token=wrong", header, apitest.JSON(`{"token":"token-of-grouped"}`)), http.StatusOK, grouped)
		expect(t, verify("", header, apitest.JSON(`{"token":"wrong"}`)), http.StatusForbidden, forbidden)
		expect(t, verify("", header, apitest.JSON(`{"token":""}`)), http.StatusForbidden, forbidden)
		expect(t, verify(""), http.StatusBadRequest, `{"error":"token is missing"}`)
		expect(t, verify("", apitest.As("token-of-instance")), http.StatusBadRequest, `{"error":"token is missing"}`)
		expect(t, verify("", apitest.As("token-of-instance"), apitest.JSON(`{"token":"token-of-instance"}`)), http.StatusOK, instance)
		expect(t, c.Do(http.MethodGet, "runners", header), http.StatusUnauthorized, unauthorized)
	})
}

func TestSystemIDHasALimit(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		for length, want := range map[int]int{64: http.StatusOK, 65: http.StatusBadRequest} {
			got := c.Do(http.MethodPost, "runners/verify",
				apitest.Form("token", "token-of-instance", "system_id", strings.Repeat("s", length)))
			assert.Equal(t, want, got.Status, got.Body)
		}
	})
}
