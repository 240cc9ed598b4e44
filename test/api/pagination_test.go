package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

// place is what the headers say about where a page lies.
type place struct{ perPage, page, next, prev, total, pages, links string }

func placeOf(r apitest.Response) place {
	one := func(name string) string {
		if len(r.Header[name]) != 1 {
			return fmt.Sprint(r.Header[name])
		}
		return r.Header[name][0]
	}
	return place{
		one("X-Per-Page"), one("X-Page"), one("X-Next-Page"), one("X-Prev-Page"),
		one("X-Total"), one("X-Total-Pages"), one("Link"),
	}
}

// linksTo spells a Link header: pairs of relation and query below the address.
func linksTo(path string, pairs ...string) string {
	var links []string
	for i := 0; i < len(pairs); i += 2 {
		links = append(links, "<"+apitest.External+path+"?"+pairs[i+1]+`>; rel="`+pairs[i]+`"`)
	}
	return strings.Join(links, ", ")
}

func TestPagesOfAList(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		for range 5 {
			api.AddInstanceRunner()
		}
		const path = "/api/v4/runners/all"
		for query, want := range map[string]place{
			"":                     {"20", "1", "", "", "5", "1", linksTo(path, "first", "page=1&per_page=20", "last", "page=1&per_page=20")},
			"?page=&per_page=":     {"20", "1", "", "", "5", "1", linksTo(path, "first", "page=1&per_page=20", "last", "page=1&per_page=20")},
			"?per_page=2":          {"2", "1", "2", "", "5", "3", linksTo(path, "next", "page=2&per_page=2", "first", "page=1&per_page=2", "last", "page=3&per_page=2")},
			"?per_page=2&page=2":   {"2", "2", "3", "1", "5", "3", linksTo(path, "prev", "page=1&per_page=2", "next", "page=3&per_page=2", "first", "page=1&per_page=2", "last", "page=3&per_page=2")},
			"?per_page=2&page=3":   {"2", "3", "", "2", "5", "3", linksTo(path, "prev", "page=2&per_page=2", "first", "page=1&per_page=2", "last", "page=3&per_page=2")},
			"?per_page=2&page=9":   {"2", "9", "", "", "5", "3", linksTo(path, "first", "page=1&per_page=2", "last", "page=3&per_page=2")},
			"?per_page=1000":       {"100", "1", "", "", "5", "1", linksTo(path, "first", "page=1&per_page=1000", "last", "page=1&per_page=1000")},
			"?per_page=-3&page=-2": {"20", "1", "", "", "5", "1", linksTo(path, "first", "page=1&per_page=-3", "last", "page=1&per_page=-3")},
			"?page=0":              {"20", "1", "", "", "5", "1", linksTo(path, "first", "page=1&per_page=20", "last", "page=1&per_page=20")},
			"?status=paused":       {"20", "1", "", "", "0", "1", linksTo(path, "first", "page=1&per_page=20&status=paused", "last", "page=1&per_page=20&status=paused")},
			"?page=2&status=paused&private_token=" + api.Root + "&unknown=1": {"20", "2", "", "", "0", "1", linksTo(path, "first", "page=1&per_page=20&status=paused", "last", "page=1&per_page=20&status=paused")},
			"?tag_list=b+c,a&scope=active&paused=no": {"20", "1", "", "", "0", "1", linksTo(path,
				"first", "page=1&paused=false&per_page=20&scope=active&tag_list%5B%5D=b+c&tag_list%5B%5D=a",
				"last", "page=1&paused=false&per_page=20&scope=active&tag_list%5B%5D=b+c&tag_list%5B%5D=a")},
		} {
			got := api.Do("GET", path+query, apitest.As(api.Root))
			assert.Equal(t, 200, got.Status, query)
			assert.Empty(t, cmp.Diff(want, placeOf(got), cmp.AllowUnexported(place{})), query)
		}
		var seen []domain.RunnerID
		for page := range 4 {
			seen = append(seen, ids[domain.RunnerID](t, api.Do("GET", at("runners/all?per_page=2&page=%d", page+1), apitest.As(api.Root)))...)
		}
		assert.Equal(t, []domain.RunnerID{1, 2, 3, 4, 5}, seen)
		assert.Equal(t, "[]", api.Do("GET", "runners/all?page=9223372036854775807&per_page=100", apitest.As(api.Root)).Body)
		assert.Equal(t, 200, api.Do("GET", "runners/all?page=99999999999999999999", apitest.As(api.Root)).Status)
	})
}

func TestLinksOfEveryList(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for path, query := range map[string]string{
			"/api/v4/runners":                                   "page=1&per_page=20",
			"/api/v4/runners/all":                               "page=1&per_page=20",
			at("/api/v4/runners/%d/jobs", s.assigned):           at("id=%d&page=1&per_page=20&sort=desc", s.assigned),
			at("/api/v4/projects/%d/runners", s.site):           at("id=%d&page=1&per_page=20", s.site),
			"/api/v4/projects/acme%2Fsite/runners":              "id=acme%2Fsite&page=1&per_page=20",
			"/api/v4/groups/acme/runners":                       "id=acme&page=1&per_page=20",
			at("/api/v4/groups/%d/runners", s.group):            at("id=%d&page=1&per_page=20", s.group),
			"/api/v4/users":                                     "page=1&per_page=20",
			"/api/v4/groups":                                    "page=1&per_page=20",
			"/api/v4/projects":                                  "page=1&per_page=20",
			"/api/v4/projects/acme%2Fsite/members":              "id=acme%2Fsite&page=1&per_page=20",
			"/api/v4/groups/acme/members/all":                   "id=acme&page=1&per_page=20",
			"/api/v4/projects/acme%2Fsite/jobs":                 "id=acme%2Fsite&page=1&per_page=20",
			at("/api/v4/runners/0%d/jobs", s.assigned):          at("id=%d&page=1&per_page=20&sort=desc", s.assigned),
			at("/api/v4/runners/%d/jobs?sort=asc", s.assigned):  at("id=%d&page=1&per_page=20&sort=asc", s.assigned),
			"/api/v4/projects/acme%2Fsite/jobs?scope[]=pending": "id=acme%2Fsite&page=1&per_page=20&scope%5B%5D=pending",
		} {
			got := s.Do("GET", path, s.byRoot)
			assert.Equal(t, 200, got.Status, path)
			bare, _, _ := strings.Cut(path, "?")
			assert.Equal(t, linksTo(bare, "first", query, "last", query), got.Header.Get("Link"), path)
			assert.Equal(t, "20", got.Header.Get("X-Per-Page"), path)
			assert.Equal(t, "1", got.Header.Get("X-Total-Pages"), path)
		}
	})
}

func TestFarListsHaveNoTotal(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		api.AddCopiesOfRunner(api.AddInstanceRunner(), 10_000)
		got := api.Do("GET", "runners/all?per_page=100", apitest.As(api.Root))
		assert.NotContains(t, got.Header, "X-Total")
		assert.NotContains(t, got.Header, "X-Total-Pages")
		assert.NotContains(t, got.Header.Get("Link"), "last")
		assert.Equal(t, "2", got.Header.Get("X-Next-Page"))
		assert.Equal(t, 204, api.Do("DELETE", "runners/1", apitest.As(api.Root)).Status)
		assert.Equal(t, "10000", api.Do("GET", "runners/all", apitest.As(api.Root)).Header.Get("X-Total"))
	})
}
