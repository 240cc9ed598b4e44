package api_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// crew is a group with a group below it, a project in that one, people of every
// standing, and runners that have tokens.
type crew struct {
	*apitest.API
	top, below domain.GroupID
	project    domain.ProjectID
	people     map[string]domain.UserID
	// instance, grouped and assigned are runners whose tokens are "token-of-"
	// and these names.
	instance, grouped, assigned domain.RunnerID
}

// withCrew runs the test on every database, under an operator who decided so.
func withCrew(t *testing.T, policy domain.RunnerPolicy, test func(t *testing.T, c *crew)) {
	t.Helper()
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		t.Helper()
		test(t, newCrew(apitest.NewUnder(t, store, policy)))
	})
}

func newCrew(api *apitest.API) *crew {
	c := &crew{API: api, people: map[string]domain.UserID{}}
	for _, name := range []string{"stranger", "guest", "reporter", "developer", "maintainer", "owner"} {
		c.people[name] = api.AddUser(func(u *domain.UserState) {
			u.Username, u.Name, u.Email = name, name, name+"@example.com"
		})
	}
	c.top = api.AddGroupOf(c.people["owner"], 0)
	c.below = api.AddGroup(c.top)
	c.project = api.AddProject(c.below)
	for name, level := range map[string]domain.AccessLevel{
		"guest": domain.Guest, "reporter": domain.Reporter, "developer": domain.Developer, "maintainer": domain.Maintainer,
	} {
		api.AddGroupMember(c.below, c.people[name], level)
	}
	token := func(name string) func(*domain.RunnerState) {
		return func(s *domain.RunnerState) { s.Token = api.Vault.Digest(domain.Secret("token-of-" + name)) }
	}
	c.instance = api.AddInstanceRunner(token("instance"))
	c.grouped = api.AddGroupRunner(c.below, token("grouped"))
	c.assigned = api.AddProjectRunner(c.project, token("assigned"))
	return c
}

// by shows a token of that person; "admin" is root, "anonymous" nobody.
func (c *crew) by(name string) apitest.Part {
	switch name {
	case "admin":
		return apitest.As(c.Root)
	case "anonymous":
		return apitest.As("")
	}
	return apitest.As(c.TokenOf(c.people[name]))
}

// standings are all sorts of callers, from nobody up.
var standings = []string{
	"anonymous", "stranger", "guest", "reporter", "developer", "maintainer", "owner", "admin",
}

// runnerPath is a path below that of a runner.
func runnerPath(id domain.RunnerID, below string) string { return at("runners/%d", id) + below }

func decimalOf[ID ~int64](id ID) string { return strconv.FormatInt(int64(id), 10) }

// newToken is what the answers with a new token have in common.
type newToken struct {
	ID             int64   `json:"id"`
	Token          string  `json:"token"`
	TokenExpiresAt *string `json:"token_expires_at"`
}

func issuedBy(t *testing.T, got apitest.Response) newToken {
	t.Helper()
	require.Equal(t, http.StatusCreated, got.Status, got.Body)
	var i newToken
	require.NoError(t, json.Unmarshal([]byte(got.Body), &i))
	require.NotEmpty(t, i.Token)
	return i
}

// verified is the status that an agent with the token gets.
func (c *crew) verified(token string) int {
	return c.Do(http.MethodPost, "runners/verify", apitest.Form("token", token)).Status
}

const (
	insufficient     = `{"message":"403 Forbidden - Insufficient permissions"}`
	registrationGone = `{"message":"410 Gone - runner registration disallowed"}`
)

// scopeRefused is the answer to a token that is good for something else.
func scopeRefused(scopes string) string {
	return `{"error":"insufficient_scope","error_description":` +
		`"The request requires higher privileges than provided by the access token.","scope":"` + scopes + `"}`
}
