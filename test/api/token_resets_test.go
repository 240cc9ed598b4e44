package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

func TestTokenIsResetByThoseWhoMayChangeTheRunner(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		current := map[domain.RunnerID]string{
			c.instance: "token-of-instance", c.grouped: "token-of-grouped", c.assigned: "token-of-assigned",
		}
		for _, who := range standings {
			for id, may := range map[domain.RunnerID]string{
				c.instance: "admin", c.grouped: "owner admin", c.assigned: "maintainer owner admin",
			} {
				got := c.Do(http.MethodPost, runnerPath(id, "/reset_authentication_token"), c.by(who), apitest.JSON("null"))
				switch {
				case who == "anonymous":
					expect(t, got, http.StatusUnauthorized, unauthorized)
				case strings.Contains(may, who):
					reset := issuedBy(t, got)
					assert.Equal(t, fmt.Sprintf(`{"token":"%s","token_expires_at":null}`, reset.Token), got.Body)
					assert.NotRegexp(t, `^glrt-`, reset.Token, "agents take the prefix for another kind of runner")
					assert.Equal(t, http.StatusForbidden, c.verified(current[id]), "dead at once")
					current[id] = reset.Token
				default:
					expect(t, got, http.StatusForbidden, noAccess)
				}
				assert.Equal(t, http.StatusOK, c.verified(current[id]))
			}
		}
	})
}

func TestTokenResetByID(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		path := runnerPath(c.instance, "/reset_authentication_token")
		root := apitest.As(c.Root)
		for _, body := range []apitest.Part{
			apitest.JSON("null"), apitest.Body("", "null"), apitest.JSON(""), apitest.Form("any", "thing"),
		} {
			issuedBy(t, c.Do(http.MethodPost, path, root, body))
		}
		expect(t, c.Do(http.MethodPost, "runners/987654/reset_authentication_token", root), http.StatusNotFound, notFound)
		expect(t, c.Do(http.MethodPost, "runners/x/reset_authentication_token", root), http.StatusBadRequest, idInvalid)
		expect(t, c.Do(http.MethodPost, path, apitest.As("wrong")), http.StatusUnauthorized, unauthorized)
		expect(t, c.Do(http.MethodPost, path, apitest.Header("RUNNER-TOKEN", "token-of-instance")), http.StatusUnauthorized, unauthorized)
		expect(t, c.Do(http.MethodGet, path, root), http.StatusNotFound, noRoute)
	})
}

func TestTokenIsRotatedByTheAgent(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		rotate := func(parts ...apitest.Part) apitest.Response {
			return c.Do(http.MethodPost, "runners/reset_authentication_token", parts...)
		}
		expect(t, rotate(apitest.JSON(`{}`)), http.StatusBadRequest, `{"error":"token is missing"}`)
		expect(t, rotate(apitest.JSON(`{"token":"wrong"}`)), http.StatusForbidden, forbidden)
		expect(t, rotate(apitest.JSON(`{"token":""}`)), http.StatusForbidden, forbidden)

		first := rotate(apitest.JSON(`{"token":"token-of-instance"}`), apitest.As("glpat-of-nobody"))
		second := issuedBy(t, rotate(apitest.JSON(`{"token":"`+issuedBy(t, first).Token+`"}`)))
		assert.Equal(t, fmt.Sprintf(`{"token":"%s","token_expires_at":null}`, issuedBy(t, first).Token), first.Body)
		expect(t, rotate(apitest.JSON(`{"token":"token-of-instance"}`)), http.StatusForbidden, forbidden)
		expect(t, rotate(apitest.JSON(`{"token":"`+issuedBy(t, first).Token+`"}`)), http.StatusForbidden, forbidden)
		runner := c.Do(http.MethodGet, runnerPath(c.instance, ""), c.by("admin"))
		assert.Contains(t, runner.Body, `"status":"online"`, "rotating is a contact")
		managers := c.Do(http.MethodGet, runnerPath(c.instance, "/managers"), c.by("admin"))
		expect(t, managers, http.StatusOK, `[]`)
		assert.Equal(t, http.StatusOK, c.verified(second.Token))

		made := issuedBy(t, c.Do(http.MethodPost, "user/runners", c.by("admin"), apitest.Form("runner_type", "instance_type")))
		rotated := issuedBy(t, rotate(apitest.Form("token", made.Token)))
		assert.Regexp(t, `^glrt-`, rotated.Token, "a runner that a user made stays one")
		byID := c.Do(http.MethodPost, runnerPath(domain.RunnerID(made.ID), "/reset_authentication_token"), c.by("admin"))
		assert.Regexp(t, `^glrt-`, issuedBy(t, byID).Token)
	})
}

func TestRegistrationTokensAreReset(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{}, func(t *testing.T, c *crew) {
		register := func(token string) int {
			return c.Do(http.MethodPost, "runners", apitest.Form("token", token)).Status
		}
		project, group := decimalOf(c.project), decimalOf(c.below)
		for path, test := range map[string]struct{ may, hidden, answer string }{
			"runners/reset_registration_token":                          {may: "admin"},
			"projects/" + project + "/runners/reset_registration_token": {"maintainer owner admin", "stranger", noProject},
			"groups/" + group + "/runners/reset_registration_token":     {"owner admin", "stranger", noGroup},
		} {
			previous := ""
			for _, who := range standings {
				got := c.Do(http.MethodPost, path, c.by(who))
				switch {
				case who == "anonymous":
					expect(t, got, http.StatusUnauthorized, unauthorized)
				case who == test.hidden:
					expect(t, got, http.StatusNotFound, test.answer)
				case strings.Contains(test.may, who):
					token := issuedBy(t, got).Token
					assert.Equal(t, `{"token":"`+token+`"}`, got.Body)
					assert.Equal(t, http.StatusCreated, register(token))
					assert.Equal(t, http.StatusForbidden, register(previous), "dead at once")
					previous = token
				default:
					expect(t, got, http.StatusForbidden, forbidden)
				}
			}
			if shown := strings.TrimSuffix(path, "/runners/reset_registration_token"); shown != path {
				assert.Contains(t, c.Do(http.MethodGet, shown, c.by("admin")).Body, `"runners_token":"`+previous+`"`)
			}
		}
		assert.Equal(t, http.StatusForbidden, register(apitest.RegistrationToken))
		expect(t, c.Do(http.MethodPost, "projects/987654/runners/reset_registration_token", c.by("admin")), http.StatusNotFound, noProject)
		expect(t, c.Do(http.MethodPost, "groups/987654/runners/reset_registration_token", c.by("admin")), http.StatusNotFound, noGroup)
	})
}

func TestRegistrationByTokenSwitchedOff(t *testing.T) {
	withCrew(t, domain.RunnerPolicy{RegistrationClosed: true}, func(t *testing.T, c *crew) {
		for _, token := range []string{apitest.RegistrationToken, "wrong"} {
			expect(t, c.Do(http.MethodPost, "runners", apitest.Form("token", token)), http.StatusGone, registrationGone)
		}
		expect(t, c.Do(http.MethodPost, "runners"), http.StatusBadRequest, `{"error":"token is missing"}`)
		for _, below := range []string{"", "projects/" + decimalOf(c.project) + "/", "groups/" + decimalOf(c.below) + "/"} {
			got := c.Do(http.MethodPost, below+"runners/reset_registration_token", c.by("admin"))
			expect(t, got, http.StatusForbidden, forbidden)
		}
		made := issuedBy(t, c.Do(http.MethodPost, "user/runners", c.by("admin"), apitest.Form("runner_type", "instance_type")))
		assert.Equal(t, http.StatusOK, c.verified(made.Token))
		assert.Equal(t, http.StatusOK, c.verified("token-of-instance"), "who is registered stays")
	})
}
