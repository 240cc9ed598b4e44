package paging_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
)

var linkedSchema = params.NewSchema(append([]params.Declaration{
	params.String("search"), params.TagList("tag_list"), params.String("token"),
}, paging.Params()...)...)

// Every link leads to a page that exists, with the same parameters, and back
// here; and no header can break out of its line.
func FuzzPagesAndLinks(f *testing.F) {
	f.Add("page=2&per_page=5&search=x", 5, 14)
	f.Add("page=-1&per_page=1000", 0, 0)
	f.Add("page=99999999999999999999&tag_list[]=a%2Cb", 20, 10_001)
	f.Add("search=%22%3E%3B+rel%3D%22next%22%2C+%3Chttp%3A%2F%2Fx%3E&token=secret", 20, 50)
	f.Add("search=%0d%0aX-A:+b&page=3", 1, 41)
	f.Add("page=501&per_page=20", 20, 10_001)
	f.Fuzz(func(t *testing.T, query string, rows, total int) {
		values, ok := valuesOf(query)
		if !ok || rows < 0 || total < 0 {
			return
		}
		external := &url.URL{Scheme: "https", Host: "example.com", Path: "/ci"}
		page := paging.Of(values)
		checkPage(t, page)
		h := http.Header{}
		paging.WriteHeaders(h, paging.Request{External: external, Path: "/api/v4/projects/a%2Fb/runners", Values: values}, page, paging.Found{Rows: rows, Total: total})
		for name := range h {
			require.NotContains(t, h.Get(name), "\n", name)
			require.NotContains(t, h.Get(name), "\r", name)
		}
		require.NotContains(t, h.Get("Link"), "token=", "credentials are not repeated")
		checkNeighbours(t, h, page, total)
		for _, relation := range []string{"first", "prev", "next", "last"} {
			if target := linkTo(h, relation); target != "" {
				checkTarget(t, target, values, page)
			}
		}
		require.NotEmpty(t, linkTo(h, "first"))
	})
}

func valuesOf(query string) (params.Values, bool) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL.RawQuery = query
	raw, err := params.Reader{Lists: []string{"tag_list"}}.Read(r, nil)
	if err != nil {
		return nil, false
	}
	values, err := linkedSchema.Parse(raw)
	return values, err == nil
}

// checkPage holds a page to the limits that keep it within a database's OFFSET.
func checkPage(t *testing.T, page paging.Page) {
	t.Helper()
	require.GreaterOrEqual(t, page.Number, 1)
	require.GreaterOrEqual(t, page.Size, 1)
	require.LessOrEqual(t, page.Size, paging.MaxSize)
	require.Positive(t, page.Number*page.Size, "no overflow")
}

func checkNeighbours(t *testing.T, h http.Header, page paging.Page, total int) {
	t.Helper()
	require.Equal(t, strconv.Itoa(page.Number), h.Get("X-Page"))
	require.Equal(t, strconv.Itoa(page.Size), h.Get("X-Per-Page"))
	require.Equal(t, h.Get("X-Next-Page") != "", linkTo(h, "next") != "")
	require.Equal(t, h.Get("X-Prev-Page") != "", linkTo(h, "prev") != "")
	if total > paging.CountLimit {
		require.Empty(t, h.Get("X-Total"))
		require.Empty(t, linkTo(h, "last"))
		return
	}
	require.Equal(t, strconv.Itoa(total), h.Get("X-Total"))
	last, err := strconv.Atoi(h.Get("X-Total-Pages"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, last*page.Size, total)
	require.Less(t, (last-1)*page.Size, max(total, 1))
	if page.Number >= last {
		require.Empty(t, h.Get("X-Next-Page"))
	}
}

// checkTarget follows a link.
func checkTarget(t *testing.T, target string, values params.Values, page paging.Page) {
	t.Helper()
	rest, found := strings.CutPrefix(target, "https://example.com/ci/api/v4/projects/a%2Fb/runners?")
	require.True(t, found, target)
	require.NotContains(t, rest, ">")
	followed, ok := valuesOf(rest)
	require.True(t, ok, target)
	require.Equal(t, page.Size, paging.Of(followed).Size)
	require.Equal(t, values.Query()["search"], followed.Query()["search"])
	// An empty list has no spelling in a link: absent is as good.
	require.True(t, slices.Equal(values.List("tag_list"), followed.List("tag_list")), target)
	checkPage(t, paging.Of(followed))
}
