package measures

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"runyard/test/bench/dataset"
	"runyard/test/bench/driver"
	"runyard/test/bench/floor"
	"runyard/test/bench/report"
)

const ownServer = "net/http, prepared statements, encoding/json"

// get reads with the token of root, or another one.
func get(path, token string) driver.Exchange {
	return driver.Exchange{
		Request: driver.Request(http.MethodGet, path, "", "PRIVATE-TOKEN: "+token), Status: http.StatusOK,
	}
}

// reading is a Definition for a request that both sides answer alike. floorQuery
// is what the floor needs to know beside the path.
func reading(key string, kind report.Kind, name, path, token, floorQuery string) Definition {
	return Definition{
		Key: key, Kind: kind, Floor: ownServer,
		Name: func(*Site) string { return name },
		Prepare: func(ctx context.Context, s *Site) (prepared, error) {
			return prepareRead(ctx, s, kind, get(path, token), get(path+floorQuery, token))
		},
	}
}

func prepareRead(ctx context.Context, s *Site, kind report.Kind, product, floor driver.Exchange) (prepared, error) {
	answer, err := sameAnswers(ctx, s, product, floor)
	if err != nil {
		return prepared{}, err
	}
	p := both(s, always(product), always(floor))
	p.many = (kind == report.List || kind == report.FarPage) && answer.Total == ""
	return p, nil
}

// lists are the pages of runners.
func lists() []Definition {
	all := func(key, name, query string) Definition {
		return reading(key, report.List, "GET /runners/all "+name, api("/runners/all?%s", query), rootToken, "")
	}
	definitions := []Definition{
		all("all", "first page", ""),
		reading("all-page-500", report.FarPage, "GET /runners/all page 500", api("/runners/all?page=500"), rootToken, ""),
		keysetPage(),
		all("all-type", "type", "type=group_type"),
		all("all-active", "status=active", "status=active"),
		all("all-paused", "paused=true", "paused=true"),
		all("all-online", "status=online", "status=online"),
		all("all-offline", "status=offline", "status=offline"),
		all("all-common-tag", "a common tag", "tag_list="+dataset.CommonTag),
		all("all-rare-tag", "a rare tag", "tag_list="+dataset.RareTag),
		all("all-two-tags", "two tags", "tag_list="+dataset.CommonTag+","+dataset.OtherCommon),
		all("all-type-status-tag", "type+status+tag", "type=project_type&status=online&tag_list="+dataset.CommonTag),
	}
	owned := func(key, name string, user int) Definition {
		return reading(key, report.List, "GET /runners "+name, api("/runners"), dataset.UserToken(user), "?user="+strconv.Itoa(user))
	}
	return append(definitions,
		owned("owned-1", "of a user with 1 project", dataset.Lone),
		owned("owned-many", "of a user with many projects", dataset.Broad),
		reading("project", report.List, "GET /projects/:id/runners at depth 8", api("/projects/%d/runners", dataset.DeepProject), rootToken, ""),
		reading("group", report.List, "GET /groups/:id/runners at depth 8", api("/groups/%d/runners", dataset.DeepGroup), rootToken, ""),
		reading("jobs", report.List, "GET /runners/:id/jobs of the busiest runner", api("/runners/%d/jobs", dataset.Busiest), rootToken, ""),
	)
}

// singles are reads of one runner.
func singles() []Definition {
	one := func(key, name string, runner int, query string) Definition {
		return reading(key, report.Single, "GET /runners/:id "+name, api("/runners/%d%s", runner, query), rootToken, "")
	}
	return []Definition{
		one("runner-1", "with 1 project", dataset.Narrow, ""),
		one("runner-1-without", "with 1 project, include_projects=false", dataset.Narrow, "?include_projects=false"),
		one("runner-many", "with many projects", dataset.Widest, ""),
		one("runner-many-without", "with many projects, include_projects=false", dataset.Widest, "?include_projects=false"),
	}
}

var nextLink = regexp.MustCompile(`<` + regexp.QuoteMeta(floor.External) + `([^>]*)>; rel="next"`)

// keysetPage is the page that the first one leads to.
func keysetPage() Definition {
	return Definition{
		Key: "all-keyset", Kind: report.List, Floor: ownServer,
		Name: func(*Site) string { return "GET /runners/all keyset page" },
		Prepare: func(ctx context.Context, s *Site) (prepared, error) {
			const query = "?pagination=keyset&order_by=id&sort=asc&per_page=20"
			first, err := ask(ctx, s.Product.Addr, get(api("/runners/all%s", query), rootToken))
			if err != nil {
				return prepared{}, err
			}
			next := nextLink.FindStringSubmatch(first.Link)
			if next == nil || !strings.Contains(next[1], "id_after") && !strings.Contains(next[1], "cursor") {
				return prepared{note: "the server gives no link to a next page by key"}, nil
			}
			var page []struct{ ID int64 }
			if err := json.Unmarshal(first.Body, &page); err != nil {
				return prepared{}, err
			}
			if len(page) == 0 {
				return prepared{}, errors.New("the first page by key is empty")
			}
			p, err := prepareRead(ctx, s, report.List, get(next[1], rootToken),
				get(api("/runners/all?per_page=20&id_after=%d", page[len(page)-1].ID), rootToken))
			p.many = false // nobody counts
			return p, err
		},
	}
}
