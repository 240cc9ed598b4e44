package rest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/assert"
)

// sendPath sends a path as a client wrote it; httptest.NewRequest would refuse
// some of them.
func sendPath(h http.Handler, target string) *httptest.ResponseRecorder {
	path, query, _ := strings.Cut(target, "?")
	plain, err := url.PathUnescape(path)
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL = &url.URL{Path: plain, RawPath: path, RawQuery: query}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPathsTakeOneForm(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ externalPath, target, escaped, plain string }{
		"a plain path stays":               {"", "/api/v4/runners", "/api/v4/runners", "/api/v4/runners"},
		"duplicate slashes are squeezed":   {"", "//api/v4///runners//", "/api/v4/runners", "/api/v4/runners"},
		"a slash at the end is ignored":    {"", "/api/v4/runners/", "/api/v4/runners", "/api/v4/runners"},
		"the root stays":                   {"", "/", "/", "/"},
		"a suffix is stripped":             {"", "/api/v4/runners/6.json", "/api/v4/runners/6", "/api/v4/runners/6"},
		"a suffix of a list is stripped":   {"", "/api/v4/runners.json", "/api/v4/runners", "/api/v4/runners"},
		"another suffix stays":             {"", "/api/v4/runners/6.xml", "/api/v4/runners/6.xml", "/api/v4/runners/6.xml"},
		"a suffix alone is a segment":      {"", "/api/v4/runners/.json", "/api/v4/runners/.json", "/api/v4/runners/.json"},
		"a suffix within the path stays":   {"", "/api/v4/projects/a.json/runners", "/api/v4/projects/a.json/runners", "/api/v4/projects/a.json/runners"},
		"a suffix outside the API stays":   {"", "/swagger.json", "/swagger.json", "/swagger.json"},
		"the external path is cut off":     {"/gitlab", "/gitlab/api/v4/runners", "/api/v4/runners", "/api/v4/runners"},
		"it may end in a slash":            {"/gitlab/", "//gitlab/api/v4/runners", "/api/v4/runners", "/api/v4/runners"},
		"it may have several segments":     {"/a/b", "/a/b/api/v4/runners", "/api/v4/runners", "/api/v4/runners"},
		"it may be the whole path":         {"/gitlab", "/gitlab", "/", "/"},
		"it may have been cut off already": {"/gitlab", "/api/v4/runners", "/api/v4/runners", "/api/v4/runners"},
		"only whole segments are cut off":  {"/gitlab", "/gitlabs/x", "/gitlabs/x", "/gitlabs/x"},
		"escaped slashes stay escaped":     {"", "/api/v4/projects/a%2Fb/runners/", "/api/v4/projects/a%2Fb/runners", "/api/v4/projects/a/b/runners"},
		"escaped slashes are not squeezed": {"", "/api/v4/groups/a%2F%2Fb/runners", "/api/v4/groups/a%2F%2Fb/runners", "/api/v4/groups/a//b/runners"},
		"escaped dots stay escaped":        {"", "/api/v4/groups/a%2Eb/runners", "/api/v4/groups/a%2Eb/runners", "/api/v4/groups/a.b/runners"},
		"an escaped suffix stays":          {"", "/api/v4/groups/a%2Ejson", "/api/v4/groups/a%2Ejson", "/api/v4/groups/a.json"},
		"a plus is escaped":                {"", "/api/v4/groups/c++/runners", "/api/v4/groups/c%2B%2B/runners", "/api/v4/groups/c++/runners"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen *url.URL
			sendPath(NormalizePath(test.externalPath, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				seen = r.URL
			})), test.target+"?a=%2F")
			assert.Equal(t, test.plain, seen.Path)
			assert.Equal(t, test.escaped, seen.RawPath)
			assert.Equal(t, test.escaped, seen.EscapedPath(), "Path and RawPath must agree")
			assert.Equal(t, "a=%2F", seen.RawQuery)
		})
	}
}

func TestPathsThatAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	const gone = `{"error":"API V3 is no longer supported. Use API V4 instead."}`
	for name, test := range map[string]struct {
		target            string
		status            int
		contentType, body string
	}{
		"NUL in the path":            {"/api/v4/groups/%00/runners", 400, "text/plain", "Bad Request"},
		"invalid UTF-8 in the path":  {"/api/v4/groups/%ff/runners", 400, "text/plain", "Bad Request"},
		"NUL in the query":           {"/api/v4/runners?a=%00", 400, "text/plain", "Bad Request"},
		"invalid UTF-8 in the query": {"/api/v4/runners?a=%c3%28", 400, "text/plain", "Bad Request"},
		"a broken escape":            {"/api/v4/runners?a=%zz", 400, "text/plain", "Bad Request"},
		"API v3":                     {"/api/v3/runners", 410, "application/json", gone},
		"API v3 in any spelling":     {"/gitlab//api//v3/projects/1/", 410, "application/json", gone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := sendPath(NormalizePath("/gitlab", http.NotFoundHandler()), test.target)
			assert.Equal(t, test.status, got.Code)
			assert.Equal(t, test.contentType, got.Header().Get("Content-Type"))
			assert.Equal(t, test.body, got.Body.String())
		})
	}
}

func TestGinSeesWholeUnescapedSegments(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.UseRawPath, engine.UnescapePathValues = true, true
	engine.GET("/api/v4/groups/:id/runners", func(c *gin.Context) { c.String(http.StatusOK, c.Param("id")) })
	engine.GET("/api/v4/runners/:id", func(c *gin.Context) { c.String(http.StatusOK, c.Param("id")) })
	for target, want := range map[string]string{
		"/api/v4/groups/a%2Fb%2Ec/runners":     "a/b.c",
		"/api/v4//groups/a%252Fb/runners.json": "a%2Fb",
		"/api/v4/groups/c++/runners/":          "c++",
		"/api/v4/groups/a%20b/runners":         "a b",
		"/api/v4/runners/%206.json":            " 6",
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, sendPath(NormalizePath("", engine), target).Body.String())
		})
	}
}

func TestTheRequestOfTheCallerStaysAsItWas(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/api/v4/runners/", nil)
	NormalizePath("", http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
	assert.Equal(t, "/api/v4/runners/", r.URL.Path)
}
