package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
)

// nextPath is where the page goes on, empty if it is the last.
func nextPath(t *testing.T, r apitest.Response) string {
	t.Helper()
	require.Equal(t, 200, r.Status, r.Body)
	link := r.Header.Get("Link")
	if link == "" {
		return ""
	}
	target, ok := strings.CutSuffix(strings.TrimPrefix(link, "<"+apitest.External), `>; rel="next"`)
	require.True(t, ok, link)
	return target
}

// walk follows the links from the first page on and collects ids.
func walk[ID ~int64](t *testing.T, api *apitest.API, path string, as apitest.Part) []ID {
	t.Helper()
	all := []ID{}
	for path != "" {
		got := api.Do("GET", path, as)
		all = append(all, ids[ID](t, got)...)
		path = nextPath(t, got)
	}
	return all
}

func TestKeysetPages(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		for range 5 {
			api.AddInstanceRunner()
		}
		root := apitest.As(api.Root)
		const path = "/api/v4/runners/all?"
		for query, want := range map[string]struct {
			ids  []domain.RunnerID
			next string
		}{
			"pagination=keyset&per_page=2": {
				[]domain.RunnerID{1, 2}, "id_after=2&order_by=id&pagination=keyset&per_page=2&sort=asc",
			},
			"pagination=keyset&order_by=id&sort=desc&per_page=2": {
				[]domain.RunnerID{5, 4}, "id_before=4&order_by=id&pagination=keyset&per_page=2&sort=desc",
			},
			"id_after=1&pagination=keyset&per_page=3&scope=active": {
				[]domain.RunnerID{2, 3, 4}, "id_after=4&order_by=id&pagination=keyset&per_page=3&scope=active&sort=asc",
			},
			"pagination=keyset&per_page=5":                       {[]domain.RunnerID{1, 2, 3, 4, 5}, ""},
			"pagination=keyset&page=7":                           {[]domain.RunnerID{1, 2, 3, 4, 5}, ""},
			"pagination=keyset&id_after=1&id_before=4&sort=desc": {[]domain.RunnerID{3, 2}, ""},
			"pagination=keyset&id_after=5":                       {[]domain.RunnerID{}, ""},
			"pagination=keyset&id_before=1&sort=desc":            {[]domain.RunnerID{}, ""},
			"pagination=keyset&status=paused":                    {[]domain.RunnerID{}, ""},
		} {
			got := api.Do("GET", path+query, root)
			assert.Equal(t, want.ids, append([]domain.RunnerID{}, ids[domain.RunnerID](t, got)...), query)
			next := nextPath(t, got)
			assert.Equal(t, want.next, strings.TrimPrefix(next, path), query)
			for _, header := range []string{"X-Per-Page", "X-Page", "X-Next-Page", "X-Prev-Page", "X-Total", "X-Total-Pages"} {
				assert.NotContains(t, got.Header, http.CanonicalHeaderKey(header), query)
			}
		}
	})
}

func TestKeysetRefusals(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for path, want := range map[string]struct {
			status int
			body   string
		}{
			"runners/all?pagination=keyset&order_by=contacted_at":               {405, `{"error":"Keyset pagination is not yet available for this type of request"}`},
			at("runners/%d/jobs?pagination=keyset&order_by=status", s.assigned): {405, `{"error":"Keyset pagination is not yet available for this type of request"}`},
			"runners/all?pagination=keyset&sort=up&id_after=x&per_page=0":       {400, `{"error":"sort does not have a valid value, id_after is invalid, per_page has a value not allowed"}`},
			"runners/all?pagination=keyset&id_before=9223372036854775808":       {400, `{"error":"id_before is invalid"}`},
		} {
			got := s.Do("GET", path, s.byRoot)
			assert.Equal(t, want.status, got.Status, path)
			assert.Equal(t, want.body, got.Body, path)
		}
	})
}

func TestParametersOfKeysetsAreUnknownWithoutOne(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		api.AddInstanceRunner()
		for _, query := range []string{"sort=up&order_by=name&id_after=x", "pagination=legacy&id_after=1", "pagination[]=keyset"} {
			got := api.Do("GET", "/api/v4/runners/all?"+query, apitest.As(api.Root))
			assert.Equal(t, []domain.RunnerID{1}, ids[domain.RunnerID](t, got), query)
			assert.Equal(t, linksTo("/api/v4/runners/all", "first", "page=1&per_page=20", "last", "page=1&per_page=20"), got.Header.Get("Link"))
		}
	})
}

func TestEveryListOfRunnersHasKeysetPages(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for range 5 {
			s.AddInstanceRunner()
			s.AddGroupRunner(s.group)
			s.AddProjectRunner(s.site, tagged("a", "b"))
			s.addBuild()
		}
		for path, as := range map[string]apitest.Part{
			"runners":     s.byOwner,
			"runners/all": s.byRoot,
			"runners/all?tag_list=b,a&type=project_type": s.byRoot,
			"runners/all?status=offline":                 s.byRoot,
			at("projects/%d/runners", s.site):            s.byMaintainer,
			at("groups/%d/runners", s.group):             s.byOwner,
			at("runners/%d/jobs", s.assigned):            s.byMaintainer,
		} {
			join := "?"
			if strings.Contains(path, "?") {
				join = "&"
			}
			all := ids[int64](t, s.Do("GET", path+join+"per_page=100", as))
			for _, sort := range []string{"asc", "desc"} {
				got := walk[int64](t, s.API, path+join+"pagination=keyset&per_page=2&sort="+sort, as)
				assert.ElementsMatch(t, all, got, "%s %s", path, sort)
				if sort == "asc" {
					assert.IsIncreasing(t, append([]int64{0}, got...), path)
				} else {
					assert.IsNonIncreasing(t, got, path)
				}
			}
		}
	})
}

func TestKeysetPagesMissNoRunnerWhileOthersComeAndGo(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		var stay []domain.RunnerID
		for range 12 {
			stay = append(stay, api.AddInstanceRunner())
		}
		root := apitest.As(api.Root)
		for _, sort := range []string{"asc", "desc"} {
			seen := map[domain.RunnerID]int{}
			// A page is left behind or not yet reached when these go.
			early := api.AddInstanceRunner()
			for path := "runners/all?pagination=keyset&per_page=3&sort=" + sort; path != ""; {
				got := api.Do("GET", path, root)
				for _, id := range ids[domain.RunnerID](t, got) {
					seen[id]++
				}
				path = nextPath(t, got)
				if early != 0 {
					assert.Equal(t, 204, api.Do("DELETE", at("runners/%d", early), root).Status)
					early = 0
				}
				if len(seen) < 8 {
					early = api.AddInstanceRunner()
				}
			}
			for _, id := range stay {
				assert.Equal(t, 1, seen[id], "%s: runner %d", sort, id)
			}
			for id, times := range seen {
				assert.Equal(t, 1, times, "%s: runner %d", sort, id)
			}
		}
	})
}
