package paging_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
)

// headersOf answers a request for /api/v4/projects/9/runners below external.
func headersOf(t *testing.T, external string, raw params.Raw, found paging.Found) http.Header {
	t.Helper()
	base, err := url.Parse(external)
	require.NoError(t, err)
	values := parse(t, raw)
	h := http.Header{}
	paging.WriteHeaders(h, paging.Request{External: base, Path: "/api/v4/projects/9/runners", Values: values}, paging.Of(values), found)
	return h
}

func TestHeadersOfTheReference(t *testing.T) {
	t.Parallel()
	got := headersOf(t, "https://gitlab.example.com", params.Raw{"id": "9", "per_page": "2", "page": "2"}, paging.Found{Rows: 2, Total: 5})
	const at = "<https://gitlab.example.com/api/v4/projects/9/runners?id=9&page="
	assert.Empty(t, cmp.Diff(http.Header{
		"X-Per-Page":    {"2"},
		"X-Page":        {"2"},
		"X-Next-Page":   {"3"},
		"X-Prev-Page":   {"1"},
		"X-Total":       {"5"},
		"X-Total-Pages": {"3"},
		"Link": {at + `1&per_page=2>; rel="prev", ` + at + `3&per_page=2>; rel="next", ` +
			at + `1&per_page=2>; rel="first", ` + at + `3&per_page=2>; rel="last"`},
	}, got))
}

func TestPlaceOfAPage(t *testing.T) {
	t.Parallel()
	no, yes := false, true
	const untold = "-"
	for name, test := range map[string]struct {
		page, size              string
		found                   paging.Found
		next, prev, total, last string
	}{
		"an empty list has one page":              {"1", "20", paging.Found{}, "", "", "0", "1"},
		"the first page has no previous one":      {"1", "2", paging.Found{Rows: 2, Total: 4}, "2", "", "4", "2"},
		"the last page has no next one":           {"2", "2", paging.Found{Rows: 2, Total: 4}, "", "1", "4", "2"},
		"a page beyond the end has no neighbours": {"3", "2", paging.Found{Total: 4}, "", "", "4", "2"},
		"page 2 of an empty list is beyond":       {"2", "20", paging.Found{}, "", "", "0", "1"},
		"ten thousand rows are told":              {"1", "100", paging.Found{Rows: 100, Total: 10_000}, "2", "", "10000", "100"},
		"more are not":                            {"1", "100", paging.Found{Rows: 100, Total: 10_001}, "2", "", untold, untold},
		"more rows follow the ten thousandth":     {"100", "100", paging.Found{Rows: 100, Total: 10_001, HasMore: &no}, "101", "99", untold, untold},
		"far out a full page has a next one":      {"101", "100", paging.Found{Rows: 100, Total: 10_001}, "102", "100", untold, untold},
		"far out a part of a page has none":       {"101", "100", paging.Found{Rows: 1, Total: 10_001}, "", "100", untold, untold},
		"far out a full page can be the last":     {"101", "100", paging.Found{Rows: 100, Total: 10_001, HasMore: &no}, "", "100", untold, untold},
		"far out a row can follow":                {"101", "100", paging.Found{Rows: 100, Total: 10_001, HasMore: &yes}, "102", "100", untold, untold},
		"far out an empty page is beyond the end": {"300", "100", paging.Found{Total: 10_001}, "", "", untold, untold},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := headersOf(t, "https://x", params.Raw{"page": test.page, "per_page": test.size}, test.found)
			assert.Equal(t, []string{test.next}, h["X-Next-Page"])
			assert.Equal(t, []string{test.prev}, h["X-Prev-Page"])
			assert.Equal(t, test.page, h.Get("X-Page"))
			for key, want := range map[string]string{"X-Total": test.total, "X-Total-Pages": test.last} {
				if want == untold {
					assert.NotContains(t, h, key)
				} else {
					assert.Equal(t, want, h.Get(key))
				}
			}
			for relation, told := range map[string]bool{
				"prev": test.prev != "", "next": test.next != "", "first": true, "last": test.last != untold,
			} {
				assert.Equal(t, told, hasLink(h, relation), relation)
			}
		})
	}
}

func hasLink(h http.Header, relation string) bool {
	return len(linkTo(h, relation)) > 0
}

func TestLinksRepeatTheRequest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		external string
		raw      params.Raw
		want     string
	}{
		"defaults are filled in": {
			"https://gitlab.example.com",
			params.Raw{},
			"https://gitlab.example.com/api/v4/projects/9/runners?page=1&per_page=20",
		},
		"port and path of the external URL are kept": {
			"http://gitlab.example.com:8080/gitlab/",
			params.Raw{},
			"http://gitlab.example.com:8080/gitlab/api/v4/projects/9/runners?page=1&per_page=20",
		},
		"sizes stand as asked for": {
			"https://x",
			params.Raw{"per_page": "1000", "page": "0"},
			"https://x/api/v4/projects/9/runners?page=1&per_page=1000",
		},
		"lists, spaces and nulls are form-encoded and sorted": {
			"https://x",
			params.Raw{"tag_list": "b c,a", "sort": nil, "id": "g/p"},
			"https://x/api/v4/projects/9/runners?id=g%2Fp&page=1&per_page=20&sort=&tag_list%5B%5D=b+c&tag_list%5B%5D=a",
		},
		"credentials and unknown parameters are left out": {
			"https://x",
			params.Raw{"private_token": "s", "name": "x"},
			"https://x/api/v4/projects/9/runners?page=1&per_page=20",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := headersOf(t, test.external, test.raw, paging.Found{})
			assert.Equal(t, test.want, linkTo(h, "first"))
		})
	}
}

func TestLinksKeepTheEscapedPath(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	values := parse(t, params.Raw{"id": "g/p"})
	paging.WriteHeaders(h, paging.Request{
		External: &url.URL{Scheme: "https", Host: "x"}, Path: "/api/v4/projects/g%2Fp/runners", Values: values,
	}, paging.Of(values), paging.Found{})
	assert.Equal(t, "https://x/api/v4/projects/g%2Fp/runners?id=g%2Fp&page=1&per_page=20", linkTo(h, "last"))
}
