package rest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
)

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	const methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
	for name, test := range map[string]struct {
		method, path string
		sent         http.Header
		status       int
		want         http.Header
	}{
		"a preflight is answered to anyone": {
			"OPTIONS", "/api/v4/runners/6",
			http.Header{
				"Origin": {"https://a.example"}, "Access-Control-Request-Method": {"PUT"},
				"Access-Control-Request-Headers": {"private-token, x-any"},
			},
			204,
			http.Header{
				"Vary": {"Origin"}, "Access-Control-Allow-Origin": {"*"}, "Access-Control-Allow-Methods": {methods},
				"Access-Control-Allow-Headers": {"private-token, x-any"}, "Access-Control-Max-Age": {"7200"},
			},
		},
		"a preflight may ask for no header": {
			"OPTIONS", "/api/v4/runners",
			http.Header{"Access-Control-Request-Method": {"GET"}},
			204,
			http.Header{
				"Vary": {"Origin"}, "Access-Control-Allow-Origin": {"*"}, "Access-Control-Allow-Methods": {methods},
				"Access-Control-Max-Age": {"7200"},
			},
		},
		"other OPTIONS go on": {
			"OPTIONS", "/api/v4/runners", http.Header{}, 418, http.Header{"Vary": {"Origin"}},
		},
		"a script may read the paging headers": {
			"GET", "/api/v4/runners",
			http.Header{"Origin": {"https://a.example"}},
			418,
			http.Header{
				"Vary": {"Origin"}, "Access-Control-Allow-Origin": {"*"}, "Access-Control-Allow-Methods": {methods},
				"Access-Control-Max-Age":        {"7200"},
				"Access-Control-Expose-Headers": {"Link, X-Total, X-Total-Pages, X-Per-Page, X-Page, X-Next-Page, X-Prev-Page"},
			},
		},
		"a request without an origin gets none": {
			"GET", "/api/v4/runners", http.Header{}, 418, http.Header{"Vary": {"Origin"}},
		},
		"nothing outside the API takes part": {
			"OPTIONS", "/metrics",
			http.Header{"Origin": {"https://a.example"}, "Access-Control-Request-Method": {"GET"}},
			418,
			http.Header{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(test.method, test.path, nil)
			r.Header = test.sent
			w := httptest.NewRecorder()
			AllowCrossOrigin(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusTeapot)
			})).ServeHTTP(w, r)
			assert.Equal(t, test.status, w.Code)
			assert.Empty(t, cmp.Diff(test.want, w.Header()))
		})
	}
}
