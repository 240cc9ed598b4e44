package api_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

func TestEveryAnswerHasTheHeadersOfAll(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for _, test := range []struct{ method, path string }{
			{"GET", "runners/all"},
			{"GET", "runners/999"},
			{"GET", "nonsense"},
			{"GET", "runners?scope=%00"},
			{"GET", "/api/v3/runners"},
			{"OPTIONS", "runners"},
			{"DELETE", at("runners/%d", s.instance)},
			{"GET", "/-/liveness"},
		} {
			got := s.Do(test.method, test.path, s.byRoot, apitest.Header("X-Request-Id", "my-id_1.2"))
			assert.Equal(t, "SAMEORIGIN", got.Header.Get("X-Frame-Options"), test.path)
			assert.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"), test.path)
			assert.Equal(t, "my-id_1.2", got.Header.Get("X-Request-Id"), test.path)
		}
		first, second := s.Do("GET", "version", s.byRoot), s.Do("GET", "version", s.byRoot, apitest.Header("X-Request-Id", "a\nb"))
		assert.NotEmpty(t, first.Header.Get("X-Request-Id"))
		assert.NotEmpty(t, second.Header.Get("X-Request-Id"))
		assert.NotEqual(t, "a\nb", second.Header.Get("X-Request-Id"))
		assert.Equal(t, "max-age=0, private, must-revalidate", first.Header.Get("Cache-Control"))
		assert.Equal(t, "no-cache", s.Do("GET", "version").Header.Get("Cache-Control"))
		for _, name := range []string{"RateLimit-Limit", "RateLimit-Remaining"} {
			assert.NotContains(t, first.Header, name, "a client would slow down")
		}
	})
}

func TestScriptsOfEveryOriginAreWelcome(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		preflight := s.Do("OPTIONS", "runners/6", apitest.Header("Origin", "https://elsewhere.example"),
			apitest.Header("Access-Control-Request-Method", "PUT"), apitest.Header("Access-Control-Request-Headers", "private-token, x-odd"))
		expect(t, preflight, 204, "")
		assert.Equal(t, "*", preflight.Header.Get("Access-Control-Allow-Origin"))
		assert.Contains(t, preflight.Header.Get("Access-Control-Allow-Methods"), "PUT")
		assert.Contains(t, preflight.Header.Get("Access-Control-Allow-Headers"), "private-token, x-odd")
		assert.Empty(t, preflight.Header.Get("Access-Control-Allow-Credentials"))

		for _, got := range []apitest.Response{
			s.Do("GET", "runners", s.byOwner, apitest.Header("Origin", "null")),
			s.Do("GET", "runners", apitest.Header("Origin", "https://elsewhere.example")),
		} {
			assert.Equal(t, "*", got.Header.Get("Access-Control-Allow-Origin"))
			for _, name := range []string{"Link", "X-Total", "X-Total-Pages", "X-Per-Page", "X-Page", "X-Next-Page", "X-Prev-Page"} {
				assert.Contains(t, got.Header.Get("Access-Control-Expose-Headers"), name)
			}
			assert.Contains(t, got.Header.Values("Vary"), "Origin")
		}
	})
}

func TestTheExternalPathMayStandInFrontOrNot(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		api := apitest.New(t, store, func(c *apitest.Config) {
			external, err := url.Parse("https://runyard.example.com:8443/git/lab")
			require.NoError(t, err)
			c.External = external
		})
		group := api.AddGroup(0, func(g *domain.GroupState) { g.Path = "acme" })
		runner := api.AddGroupRunner(group)
		for _, prefix := range []string{"", "/git/lab", "//git//lab/"} {
			got := api.Do("GET", prefix+"/api/v4/groups/acme/runners", apitest.As(api.Root))
			assert.Equal(t, []domain.RunnerID{runner}, ids[domain.RunnerID](t, got), prefix)
			assert.Contains(t, got.Header.Get("Link"), "<https://runyard.example.com:8443/git/lab/api/v4/groups/acme/runners?id=acme&page=1&per_page=20>")
			assert.Contains(t, api.Do("GET", prefix+at("/api/v4/runners/%d", runner), apitest.As(api.Root)).Body,
				`"web_url":"https://runyard.example.com:8443/git/lab/groups/acme"`)
			assert.Equal(t, 410, api.Do("GET", prefix+"/api/v3/runners").Status)
			assert.Equal(t, 200, api.Do("GET", prefix+"/-/liveness").Status)
			assert.Equal(t, 204, api.Do("OPTIONS", prefix+"/api/v4/runners", apitest.As(api.Root)).Status)
		}
		expect(t, api.Do("GET", "/git/labyrinth/api/v4/runners", apitest.As(api.Root)), 404, noRoute)
	})
}

func TestTheAddressIsThatOfTheClientBehindTheProxies(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		forwarded := func(list string) apitest.Part { return apitest.Header("X-Forwarded-For", list) }
		for name, test := range map[string]struct {
			parts []apitest.Part
			want  string
		}{
			"the example of the reference":    {parts(forwarded("123.111.123.111")), "123.111.123.111"},
			"the right-most of the strangers": {parts(forwarded("9.9.9.9, 8.8.8.8, 10.0.0.1, 127.0.0.1")), "8.8.8.8"},
			"private addresses only":          {parts(forwarded("10.0.0.1")), "127.0.0.1"},
			"no address":                      {parts(forwarded("unknown")), "127.0.0.1"},
			"several headers":                 {parts(forwarded("8.8.8.8"), forwarded("9.9.9.9")), "9.9.9.9"},
			"IPv6":                            {parts(forwarded("2001:db8::1")), "2001:db8::1"},
			"a peer that is no proxy":         {parts(forwarded("8.8.8.8"), apitest.Remote("203.0.113.7:1234")), "203.0.113.7"},
			"the peer":                        {parts(apitest.Remote("203.0.113.8:1")), "203.0.113.8"},
			"a peer with IPv6":                {parts(apitest.Remote("[2001:db8::2]:1")), "2001:db8::2"},
		} {
			t.Run(name, func(t *testing.T) {
				runner := register(t, api, append(test.parts, apitest.Form("token", apitest.RegistrationToken))...)
				has(t, details(api, runner.ID), map[string]string{"ip_address": `"` + test.want + `"`})
				assert.Equal(t, 200, api.Do("POST", "runners/verify", apitest.Form("token", runner.Token), forwarded("5.6.7.8")).Status)
				has(t, details(api, runner.ID), map[string]string{"ip_address": `"5.6.7.8"`})
			})
		}
	})
}

func TestTextIsEscapedForPages(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		got := s.Do("PUT", at("runners/%d", s.assigned), s.byRoot, apitest.JSON(`{"description":"<b>&'\u2028é\"/"}`))
		assert.Contains(t, got.Body, `"description":"\u003cb\u003e\u0026'\u2028é\"/"`)
	})
}
