package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

const formType = "application/x-www-form-urlencoded"

func TestEveryEncodingIsUnderstoodOnEveryVerb(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		fields := []string{"description", "told", "tag_list", "a,b", "locked", "yes"}
		for name, body := range map[string]apitest.Part{
			"a form":            apitest.Form(fields...),
			"multipart":         apitest.Multipart(fields...),
			"JSON":              apitest.JSON(`{"description":"told","tag_list":["a","b"],"locked":true}`),
			"JSON with charset": apitest.Body("application/json; charset=utf-8", `{"description":"told","tag_list":"a,b","locked":1}`),
		} {
			t.Run("PUT takes "+name, func(t *testing.T) {
				id := s.AddInstanceRunner()
				got := s.Do("PUT", at("runners/%d", id), s.byRoot, body)
				assert.Equal(t, 200, got.Status, got.Body)
				has(t, got, map[string]string{"description": `"told"`, "tag_list": `["a","b"]`, "locked": "true"})
			})
		}
		t.Run("PUT takes a query", func(t *testing.T) {
			got := s.Do("PUT", at("runners/%d?description=told&tag_list[]=a&tag_list[]=b", s.AddInstanceRunner()), s.byRoot)
			has(t, got, map[string]string{"description": `"told"`, "tag_list": `["a","b"]`})
		})
		t.Run("POST takes a query", func(t *testing.T) {
			assert.Equal(t, 201, s.Do("POST", "runners?token="+apitest.RegistrationToken).Status)
		})
		t.Run("POST takes multipart", func(t *testing.T) {
			assert.Equal(t, 201, s.Do("POST", "runners", apitest.Multipart("token", apitest.RegistrationToken, "info[name]", "x")).Status)
		})
	})
}

func TestDeleteReadsItsTokenFromEveryEncoding(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		for name, of := range map[string]func(token string) (string, apitest.Part){
			"a form":    func(token string) (string, apitest.Part) { return "runners", apitest.Form("token", token) },
			"multipart": func(token string) (string, apitest.Part) { return "runners", apitest.Multipart("token", token) },
			"JSON":      func(token string) (string, apitest.Part) { return "runners", apitest.JSON(`{"token":"` + token + `"}`) },
			"a query": func(token string) (string, apitest.Part) {
				return "runners?token=" + token, apitest.Body("application/json", "")
			},
		} {
			t.Run(name, func(t *testing.T) {
				runner := register(t, api, apitest.Form("token", apitest.RegistrationToken))
				path, body := of(runner.Token)
				expect(t, api.Do("DELETE", path, body), 204, "")
				expect(t, api.Do("GET", at("runners/%d", runner.ID), apitest.As(api.Root)), 404, notFound)
			})
		}
	})
}

func TestPathBeatsBodyBeatsQuery(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		got := s.Do("PUT", at("runners/%d?description=query&tag_list=query&id=%d", s.assigned, s.grouped), s.byRoot,
			apitest.JSON(at(`{"id":%d,"description":"body"}`, s.instance)))
		has(t, got, map[string]string{"id": at("%d", s.assigned), "description": `"body"`, "tag_list": `["query"]`})

		twice := s.Do("PUT", at("runners/%d?description=a&description=b", s.assigned), s.byRoot)
		has(t, twice, map[string]string{"description": `"b"`})

		list := s.Do("GET", "runners/all?status=paused&status=active", s.byRoot)
		assert.Len(t, ids[domain.RunnerID](t, list), 3)

		ignored := s.Do("GET", "runners/all?unknown=1", s.byRoot, apitest.JSON(`{"status":"paused"}`))
		assert.Equal(t, list.Body, ignored.Body, "the body of a GET is ignored")
	})
}

func TestBodiesThatHoldNothing(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		missing := `{"error":"token is missing"}`
		exchangeAll(t, s.API, map[string]exchange{
			"JSON's type without a body":   {"POST", "runners/verify", parts(apitest.JSON("")), 400, missing},
			"a JSON array":                 {"POST", "runners/verify", parts(apitest.JSON(`["token"]`)), 400, missing},
			"a JSON string":                {"POST", "runners", parts(apitest.JSON(`"token"`)), 400, missing},
			"a JSON number":                {"DELETE", "runners", parts(apitest.JSON(`5`)), 400, missing},
			"JSON null":                    {"DELETE", "runners", parts(apitest.JSON(`null`)), 400, missing},
			"plain text":                   {"POST", "runners/verify", parts(apitest.Body("text/plain", "token=x")), 400, missing},
			"no type on DELETE":            {"DELETE", "runners", parts(apitest.Body("", "token=x")), 400, missing},
			"no type on POST":              {"POST", "runners", parts(apitest.Body("", "token=x")), 403, forbidden},
			"nothing at all":               {"POST", "runners", nil, 400, missing},
			"multipart without a boundary": {"POST", "runners", parts(apitest.Body("multipart/form-data", "token=x")), 400, missing},
		})
	})
}

func TestBodiesThatAreRefusedBeforeAnythingElse(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		malformed := `{"status":400,"error":"Bad Request"}`
		unsupported := func(mediaType string) string {
			return `{"error":"The provided content-type '` + mediaType + `' is not supported."}`
		}
		large := `{"token":"` + longText(1<<20) + `"}`
		exchangeAll(t, s.API, map[string]exchange{
			"XML":                          {"POST", "runners", parts(apitest.Body("text/xml", "<x/>")), 415, unsupported("text/xml")},
			"XML on DELETE":                {"DELETE", "runners", parts(apitest.Body("text/xml", "<x/>")), 415, unsupported("text/xml")},
			"XML with charset":             {"PUT", "runners/1", parts(apitest.Body("text/xml; charset=utf-8", "<x/>")), 415, unsupported("text/xml")},
			"bytes, of nobody":             {"PUT", "runners/1", parts(apitest.Body("application/octet-stream", "x")), 415, unsupported("application/octet-stream")},
			"JSON:API":                     {"POST", "runners", parts(apitest.Body("application/vnd.api+json", "{}")), 415, unsupported("application/vnd.api+json")},
			"cut JSON":                     {"POST", "runners", parts(apitest.JSON(`{"token":`)), 400, malformed},
			"cut JSON, of nobody":          {"PUT", "runners/1", parts(apitest.JSON(`{`)), 400, malformed},
			"cut JSON, any Accept":         {"DELETE", "runners", parts(apitest.JSON(`{`), apitest.Header("Accept", "*/*")), 400, malformed},
			"two JSON values":              {"POST", "runners", parts(apitest.JSON(`{} {}`)), 400, malformed},
			"NUL in JSON":                  {"POST", "runners", parts(apitest.JSON(`{"token":"a\u0000"}`)), 400, malformed},
			"NUL in a key of JSON":         {"POST", "runners", parts(apitest.JSON(`{"to\u0000ken":"a"}`)), 400, malformed},
			"no UTF-8 in JSON":             {"POST", "runners", parts(apitest.JSON("{\"token\":\"\xff\"}")), 400, malformed},
			"a large body":                 {"POST", "runners", parts(apitest.JSON(large)), 413, `{"error":"Request Entity Too Large"}`},
			"a large form, of nobody":      {"PUT", "runners/1", parts(apitest.Form("description", longText(1<<20))), 413, `{"error":"Request Entity Too Large"}`},
			"NUL in a query":               {"GET", "runners?scope=%00", nil, 400, "Bad Request"},
			"NUL in a name of a query":     {"GET", "runners?a%00=1", nil, 400, "Bad Request"},
			"no UTF-8 in a query":          {"GET", "runners?scope=%ff", nil, 400, "Bad Request"},
			"NUL in a path":                {"GET", "runners/%00", nil, 400, "Bad Request"},
			"NUL in a path without routes": {"GET", "nonsense/%00", nil, 400, "Bad Request"},
			"no UTF-8 in a path":           {"GET", "projects/%ff/runners", nil, 400, "Bad Request"},
			"NUL in a form":                {"POST", "runners", parts(apitest.Body(formType, "token=%00")), 400, "Bad Request"},
			"no UTF-8 in a form":           {"POST", "runners", parts(apitest.Body(formType, "token=%ff")), 400, "Bad Request"},
			"NUL in multipart":             {"POST", "runners", parts(apitest.Multipart("token", "a\x00")), 400, "Bad Request"},
			"contradictory nesting":        {"GET", "runners?scope=a&scope[b]=c", nil, 400, "Bad Request"},
			"contradictory lists":          {"GET", "runners?scope=a&scope[]=c", nil, 400, "Bad Request"},
			"an unsupported format":        {"GET", "runners?format=xml", nil, 406, `{"error":"The requested format 'xml' is not supported."}`},
			"the format before the body":   {"POST", "runners?format=xml", parts(apitest.JSON("{")), 406, `{"error":"The requested format 'xml' is not supported."}`},
			"the route before the format":  {"GET", "nonsense?format=xml", nil, 404, noRoute},
		})
		for _, accept := range []string{"text/html", "application/xml", "image/png;q=1"} {
			got := s.Do("GET", "runners/all?format=json", s.byRoot, apitest.Header("Accept", accept))
			assert.Equal(t, 200, got.Status, accept)
		}
	})
}

func TestTagListsMayBeSpelledTwice(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		got := s.Do("PUT", at("runners/%d?tag_list=a&tag_list[]=b", s.assigned), s.byMaintainer)
		has(t, got, map[string]string{"tag_list": `["a","b"]`})
	})
}

func longText(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = 'x'
	}
	return string(text)
}
