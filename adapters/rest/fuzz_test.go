package rest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/params"
	"runyard/domain"
)

// What NormalizePath lets through has one form, which stays what it is when it
// is normalized again, and which gin splits into the segments that were sent.
func FuzzPaths(f *testing.F) {
	for _, seed := range []string{
		"/api/v4/runners", "//api//v4/projects/a%2Fb/runners.json/", "/ci/api/v4/x+y", "/api/v3/x", "", "/%2e%2e/x", "/a%00b", "/a%ffb",
		"/api/v4/runners/.json", "/ci", "/cix", "/api/v4/%2F%2f/%252F", "/api/v4/groups/a%2Fb%20c+d",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return // no server lets such a request pass
		}
		escaped, status := sentThrough(u)
		if escaped == "" {
			require.Contains(t, []int{http.StatusBadRequest, http.StatusGone}, status)
			return
		}
		require.True(t, strings.HasPrefix(escaped, "/"), escaped)
		require.NotContains(t, escaped, "//")
		require.NotContains(t, escaped, "+", "gin would make a blank of it")
		if escaped != "/" {
			require.False(t, strings.HasSuffix(escaped, "/"), escaped)
		}
		plain, err := url.PathUnescape(escaped)
		require.NoError(t, err)
		require.True(t, params.WellFormed(plain), "%q", plain)
		for i, segment := range segmentsOf(escaped) {
			want, err := url.PathUnescape(strings.Split(escaped, "/")[i+1])
			require.NoError(t, err)
			require.Equal(t, want, segment)
		}
	})
}

// sentThrough sends the URL through NormalizePath, and returns the path that gin
// works on; empty: it was answered there.
func sentThrough(u *url.URL) (escaped string, status int) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL = u
	w := httptest.NewRecorder()
	NormalizePath("/ci", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if escaped = r.URL.RawPath; escaped == "" {
			escaped = r.URL.Path
		}
	})).ServeHTTP(w, r)
	return escaped, w.Code
}

// segmentsOf is what gin's routes make of up to four segments.
func segmentsOf(escaped string) []string {
	var got []string
	engine := newEngine()
	for _, route := range []string{"/:a", "/:a/:b", "/:a/:b/:c", "/:a/:b/:c/:d"} {
		engine.GET(route, func(g *gin.Context) {
			for _, p := range g.Params {
				got = append(got, p.Value)
			}
		})
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL = &url.URL{RawPath: escaped}
	r.URL.Path, _ = url.PathUnescape(escaped)
	engine.ServeHTTP(httptest.NewRecorder(), r)
	return got
}

// Whoever is no trusted proxy cannot choose the address that is noted of them;
// and whoever is one can name public addresses alone.
func FuzzClientAddress(f *testing.F) {
	f.Add("203.0.113.9:1", "198.51.100.7")
	f.Add("127.0.0.1:1", "198.51.100.7, 10.0.0.1")
	f.Add("[::ffff:10.0.0.1]:80", "unknown, [2001:db8::1]:443, fe80::1%eth0")
	f.Add("@", "1.2.3.4")
	f.Add("[fe80::1%eth0]:1", ",,, 1.2.3.4:99999")
	trusted := DefaultTrustedProxies()
	f.Fuzz(func(t *testing.T, peer, forwarded string) {
		r := &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": {forwarded}}}
		got := ClientAddress(r, trusted)
		own := ClientAddress(&http.Request{RemoteAddr: peer}, trusted)
		if own == "" {
			require.Empty(t, got, "who has no address gets none")
			return
		}
		address, err := netip.ParseAddr(got)
		require.NoError(t, err)
		require.Equal(t, address.String(), got)
		require.Empty(t, address.Zone())
		require.False(t, address.Is4In6())
		if !contains(trusted, netip.MustParseAddr(own)) {
			require.Equal(t, own, got, "a header of a stranger is not believed")
		}
		if got != own {
			require.False(t, contains(trusted, address) || address.IsPrivate() || address.IsLoopback(), got)
			require.Contains(t, strings.ToLower(forwarded), firstDigits(got), "it was forwarded")
		}
	})
}

// firstDigits is what every spelling of an address begins with.
func firstDigits(address string) string {
	digits, _, _ := strings.Cut(address, ".")
	digits, _, _ = strings.Cut(digits, ":")
	return digits
}

// A trace begins where the header says, to the byte, or the header is refused.
func FuzzContentRanges(f *testing.F) {
	for _, seed := range []string{"0-10", "5-", "007-3", "-1-2", "9223372036854775808-1", "9223372036854775807-", "1-2/3", "bytes 0-1", "٣-4", "1-2\n", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		first, err := firstByte(header)
		if err != nil {
			require.ErrorIs(t, err, errNoTraceRange)
			require.Zero(t, first)
			return
		}
		require.GreaterOrEqual(t, first, int64(0))
		digits, _, found := strings.Cut(header, "-")
		require.True(t, found)
		require.Equal(t, strings.TrimLeft(digits, "0"), strings.TrimPrefix(strconv.FormatInt(first, 10), "0"))
		again, err := firstByte(strconv.FormatInt(first, 10) + "-")
		require.NoError(t, err)
		require.Equal(t, first, again)
	})
}

// A moment that was read is read again from every way in which it is written.
func FuzzMoments(f *testing.F) {
	for _, seed := range []string{
		"Sun, 06 Nov 1994 08:49:37 GMT", "2024-02-29T12:34:56.789Z", "2024-02-29 12:34:56 UTC", "2024-02-29 12:34:56 +0530", "2024-02-29",
		"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "0000-01-01", "2024-02-30", " ", "2024-02-29T24:00:00Z",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		moment := parseMoment(header)
		text, err := timestamp(moment).MarshalJSON()
		require.NoError(t, err)
		require.True(t, json.Valid(text), "%s", text)
		if moment.IsZero() {
			require.Equal(t, "null", string(text))
			return
		}
		if y := moment.UTC().Year(); y < 0 || y > 9999 {
			return // RFC 3339 has no spelling for them
		}
		require.True(t, moment.Equal(parseMoment(moment.UTC().Format(time.RFC3339Nano))))
		var shown time.Time
		require.NoError(t, json.Unmarshal(text, &shown))
		require.True(t, shown.Equal(moment.Truncate(time.Millisecond)), "%s is %s", moment, shown)
	})
}

// Whatever stands in the body of a job, it is refused or is a job that the
// payload of agents can hold.
func FuzzJobBodies(f *testing.F) {
	for _, seed := range []string{
		`{"name":"a","script":"make"}`, `{"name":"a","script":["a","b"],"variables":{"A":1,"B":true,"C":null}}`,
		`{"name":"a","script":[null],"variables":[{"key":"K","value":"v","masked":true}],"image":{"name":"x"},"services":["y",{"name":"z"}]}`,
		`{"name":"a","script":"x","artifacts":[{"paths":["a"],"when":"always"}],"needs":[1],"dependencies":null}`,
		`{"name":"a","script":"x","commit":{"id":"` + domain.NoSHA + `","created_at":"2024-02-29T00:00:00+05:30"}}`,
		`{"name":"a","script":"x","services":[null],"image":null,"artifacts":null,"timeout":1e3,"tag_list":"a,b","when":"manual"}`,
	} {
		f.Add(seed)
	}
	reader := params.Reader{MaxBody: maxBody, Lists: []string{"tag_list"}}
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", mediaJSON)
		raw, err := reader.Read(r, nil)
		if err != nil {
			return
		}
		values, err := enqueueJobSchema.Parse(raw)
		if err != nil {
			return
		}
		spec, err := jobSpec(values)
		if err != nil {
			var wire *params.WireError
			require.ErrorAs(t, err, &wire)
			require.Equal(t, http.StatusBadRequest, wire.Status)
			return
		}
		for _, v := range spec.Definition.Variables {
			require.True(t, utf8.ValidString(v.Key+v.Value))
		}
		for _, service := range spec.Definition.Services {
			require.NotEmpty(t, service.Name)
		}
		_, err = json.Marshal(offeredSteps(domain.JobState{Definition: spec.Definition}))
		require.NoError(t, err)
	})
}
