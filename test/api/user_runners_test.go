package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
)

func TestUserRunnersAreMadeByThoseWhoMay(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		for body, may := range map[string][]string{
			`{"runner_type":"instance_type"}`:                                        {"admin"},
			fmt.Sprintf(`{"runner_type":"group_type","group_id":%d}`, c.below):       {"owner", "admin"},
			fmt.Sprintf(`{"runner_type":"group_type","group_id":%d}`, c.top):         {"owner", "admin"},
			fmt.Sprintf(`{"runner_type":"project_type","project_id":%d}`, c.project): {"maintainer", "owner", "admin"},
			`{"runner_type":"group_type","group_id":987654}`:                         nil,
			`{"runner_type":"project_type","project_id":987654}`:                     nil,
			`{"runner_type":"project_type","project_id":""}`:                         nil,
		} {
			for _, who := range standings {
				got := c.Do(http.MethodPost, "user/runners", c.by(who), apitest.JSON(body))
				switch {
				case who == "anonymous":
					expect(t, got, http.StatusUnauthorized, unauthorized)
				case strings.Contains(strings.Join(may, " "), who):
					made := issuedBy(t, got)
					assert.Equal(t, fmt.Sprintf(`{"id":%d,"token":"%s","token_expires_at":null}`, made.ID, made.Token), got.Body)
					assert.Regexp(t, `^glrt-`, made.Token)
				default:
					expect(t, got, http.StatusForbidden, insufficient)
				}
			}
		}
	})
}

func TestUserRunnersAreAsAskedFor(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		made := issuedBy(t, c.Do(http.MethodPost, "user/runners", c.by("owner"), apitest.JSON(fmt.Sprintf(
			`{"runner_type":"group_type","group_id":%d,"description":"fast","maintenance_note":"no disk","paused":true,`+
				`"locked":true,"access_level":"ref_protected","run_untagged":false,"tag_list":"a, b","maximum_timeout":700}`, c.below))))
		shown := c.Do(http.MethodGet, runnerPath(domain.RunnerID(made.ID), ""), c.by("owner"))
		require.Equal(t, http.StatusOK, shown.Status)
		assert.Contains(t, shown.Body, `"description":"fast","ip_address":null,"active":false,"paused":true,"is_shared":false,`+
			`"runner_type":"group_type","name":null,"online":null,"status":"not_connected","tag_list":["a","b"],`+
			`"run_untagged":false,"locked":true,"maximum_timeout":700,"access_level":"ref_protected"`)
		assert.Contains(t, shown.Body, `"maintenance_note":"no disk"`)
		assert.NotContains(t, shown.Body, made.Token, "shown only once")
		assert.Equal(t, http.StatusOK, c.verified(made.Token))
	})
}

func TestUserRunnersRefuseWhatIsWrong(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		long := strings.Repeat("x", 1025)
		for body, want := range map[string]string{
			`{}`:                                          `{"error":"runner_type is missing, runner_type does not have a valid value"}`,
			`{"runner_type":"specific"}`:                  `{"error":"runner_type does not have a valid value"}`,
			`{"runner_type":""}`:                          `{"error":"runner_type does not have a valid value"}`,
			`{"runner_type":"group_type"}`:                `{"error":"group_id is missing"}`,
			`{"runner_type":"project_type"}`:              `{"error":"project_id is missing"}`,
			`{"runner_type":"group_type","group_id":"x"}`: `{"error":"group_id is invalid"}`,
			`{"runner_type":"instance_type","locked":"x","access_level":"x"}`: `{"error":"locked is invalid, access_level does not have a valid value"}`,
			`{"runner_type":"instance_type","run_untagged":false}`: `{"message":"400 Bad request - ` +
				`Tags list can not be empty when runner is not allowed to pick untagged jobs"}`,
			`{"runner_type":"instance_type","run_untagged":false,"maximum_timeout":1}`: `{"message":"400 Bad request - ` +
				`Tags list can not be empty when runner is not allowed to pick untagged jobs and Maximum timeout needs to be at least 10 minutes"}`,
			`{"runner_type":"instance_type","run_untagged":false,"maximum_timeout":1,"maintenance_note":"` + long + `"}`: `{"message":"400 Bad request - ` +
				`Tags list can not be empty when runner is not allowed to pick untagged jobs, Maximum timeout needs to be at least 10 minutes, ` +
				`and Maintenance note is too long (maximum is 1024 characters)"}`,
		} {
			expect(t, c.Do(http.MethodPost, "user/runners", c.by("admin"), apitest.JSON(body)), http.StatusBadRequest, want)
		}
		made := c.Do(http.MethodPost, "user/runners", c.by("admin"), apitest.JSON(`{"runner_type":"instance_type","group_id":"x"}`))
		assert.Equal(t, http.StatusCreated, made.Status, "the group of an instance runner is not looked at")
		notSignedIn := c.Do(http.MethodPost, "user/runners", apitest.JSON(`{}`))
		expect(t, notSignedIn, http.StatusUnauthorized, unauthorized)
	})
}

func TestScopesForRunners(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		const read, write, create = "api read_api", "api", "api create_runner"
		creates, manages := []domain.Scope{domain.ScopeCreateRunner}, []domain.Scope{domain.ScopeManageRunner}
		project := "projects/" + decimalOf(c.project)
		for _, test := range []struct {
			method, path string
			scopes       []domain.Scope
			refused      string // empty: not for its scope
		}{
			{http.MethodPost, "user/runners", creates, ""},
			{http.MethodPost, "user/runners", manages, create},
			{http.MethodPost, "user/runners", []domain.Scope{domain.ScopeReadAPI}, create},
			{http.MethodGet, "runners", creates, read},
			{http.MethodGet, runnerPath(c.assigned, ""), creates, read},
			{http.MethodPut, runnerPath(c.assigned, "?active=true"), creates, write},
			{http.MethodGet, runnerPath(c.assigned, "/managers"), creates, read},
			{http.MethodPost, runnerPath(c.assigned, "/reset_authentication_token"), creates, write},
			{http.MethodPost, "runners/reset_registration_token", creates, write},

			{http.MethodGet, runnerPath(c.assigned, ""), manages, ""},
			{http.MethodHead, runnerPath(c.assigned, ""), manages, ""},
			{http.MethodPut, runnerPath(c.assigned, "?active=true"), manages, ""},
			{http.MethodGet, runnerPath(c.assigned, "/jobs"), manages, ""},
			{http.MethodGet, runnerPath(c.assigned, "/managers"), manages, ""},
			{http.MethodPost, runnerPath(c.assigned, "/reset_authentication_token"), manages, ""},
			{http.MethodGet, "runners", manages, read},
			{http.MethodGet, "runners/all", manages, read},
			{http.MethodGet, project, manages, read},
			{http.MethodGet, project + "/runners", manages, read},
			{http.MethodPost, project + "/runners", manages, write},
			{http.MethodPost, project + "/runners/reset_registration_token", manages, write},
			{http.MethodPost, "runners/reset_registration_token", manages, write},
			{http.MethodDelete, project + "/runners/1", manages, write},
			{http.MethodDelete, runnerPath(c.assigned, ""), []domain.Scope{domain.ScopeReadAPI}, write},
			{http.MethodDelete, runnerPath(c.assigned, ""), manages, ""},
		} {
			got := c.Do(test.method, test.path, apitest.As(c.TokenOf(c.people["maintainer"], test.scopes...)))
			if test.refused != "" {
				expect(t, got, http.StatusForbidden, scopeRefused(test.refused))
				continue
			}
			assert.NotContains(t, got.Body, "insufficient_scope", test.path)
			assert.NotEqual(t, http.StatusForbidden, got.Status, test.path)
		}
	})
}
