package authorization

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/adapters/rest"
	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// Whoever adds a route says in a table who may use it.
func TestTheTablesKnowEveryRoute(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, r := range slices.Concat(everyTable()...) {
		known[r.request] = true
	}
	assert.ElementsMatch(t, slices.Concat(rest.Routes(), rest.Operations()), slices.Collect(maps.Keys(known)))
	t.Logf("%d routes in %d rows", len(known), len(slices.Concat(everyTable()...)))
}

// Scopes are looked at before anything else of the request, so any ids will do.
var anyID = strings.NewReplacer(":id", "1", ":user_id", "1", ":runner_id", "1", ":job_id", "1")

// What is asked for without a user, or with any token of one.
var withoutScope = []string{
	"POST /runners", "DELETE /runners", "POST /runners/verify", "GET /personal_access_tokens/self",
	"DELETE /runners/managers", "POST /runners/reset_authentication_token",
	"POST /jobs/request", "PUT /jobs/:id", "PATCH /jobs/:id/trace", "POST /jobs/:id/artifacts", "GET /jobs/:id/artifacts",
	"GET /runners/router/discovery",
}

var (
	needsAPI = answer{403, `{"error":"insufficient_scope","error_description":` +
		`"The request requires higher privileges than provided by the access token.","scope":"api"}`}
	needsCreateRunner = answer{403, `{"error":"insufficient_scope","error_description":` +
		`"The request requires higher privileges than provided by the access token.","scope":"api create_runner"}`}
	needsReadAPI = answer{403, `{"error":"insufficient_scope","error_description":` +
		`"The request requires higher privileges than provided by the access token.","scope":"api read_api"}`}
)

func TestTokensAreGoodForWhatTheirScopesSay(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		a := apitest.New(t, store)
		reading := apitest.As(a.TokenOf(domain.RootUser, domain.ScopeReadAPI))
		other := []domain.Scope{
			domain.ScopeReadUser, domain.ScopeSudo, domain.ScopeReadRepository, domain.ScopeWriteRepository,
		}
		allOthers := apitest.As(a.TokenOf(domain.RootUser, append(other, domain.ScopeCreateRunner, domain.ScopeManageRunner)...))
		notForMaking := apitest.As(a.TokenOf(domain.RootUser, append(other, domain.ScopeManageRunner)...))
		notForManaging := apitest.As(a.TokenOf(domain.RootUser, append(other, domain.ScopeCreateRunner)...))
		for _, name := range rest.Routes() {
			if slices.Contains(withoutScope, name) {
				continue
			}
			method, route, _ := strings.Cut(name, " ")
			others, needs := allOthers, needsAPI
			switch {
			case route == "/user/runners":
				others, needs = notForMaking, needsCreateRunner
			case strings.HasPrefix(route, "/runners/:id"):
				others = notForManaging
			}
			path := "/api/v4" + anyID.Replace(route)
			t.Run(strings.ReplaceAll(name, "/", "\u2215"), func(t *testing.T) {
				if method != "GET" {
					checkAnswer(t, needs, a.Do(method, path, reading))
					checkAnswer(t, needs, a.Do(method, path, others))
					return
				}
				checkAnswer(t, needsReadAPI, a.Do("GET", path, others))
				assert.Equal(t, 403, a.Do("HEAD", path, others).Status)
				root := a.Do("GET", path, apitest.As(a.Root))
				assert.Equal(t, root.Status, a.Do("GET", path, reading).Status)
				assert.Equal(t, root.Status, a.Do("HEAD", path, reading).Status)
				assert.NotContains(t, []int{401, 403}, root.Status)
			})
		}
	})
}

// Being asked which verbs there are needs a user where the verbs do.
func TestOptionsAreForUsers(t *testing.T) {
	t.Parallel()
	a := apitest.New(t, fixture.SQLite(t))
	for _, name := range rest.Routes() {
		_, route, _ := strings.Cut(name, " ")
		want := signIn
		switch route {
		case "/runners/verify", "/runners/managers", "/runners/reset_authentication_token", "/runners/router/discovery",
			"/jobs/request", "/jobs/:id", "/jobs/:id/trace", "/jobs/:id/artifacts":
			want = gone
		}
		t.Run(strings.ReplaceAll(name, "/", "\u2215"), func(t *testing.T) {
			checkAnswer(t, want, a.Do("OPTIONS", "/api/v4"+anyID.Replace(route)))
		})
	}
}
