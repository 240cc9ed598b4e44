package rest

import (
	"context"
	"regexp"
	"slices"

	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// The values that select runners (runners-api.md 3.3, 4.1 and D7).
var (
	activities = []string{"active", "paused", "online", "offline"}
	types      = []string{"instance_type", "group_type", "project_type"}
	everyScope = append([]string{"specific", "shared"}, append(types, activities...)...)
)

var versionPrefix = regexp.MustCompile(`^[\d+.]+`)

// listSchema checks the parameters of a list that has its pages by number and by
// keyset. Those who do not ask for a keyset see nothing of it.
type listSchema struct{ byNumber, byKeyset params.Schema }

// listSchemaOf declares the list; sort is the order of its keyset if none is given.
func listSchemaOf(declarations []params.Declaration, sort string) listSchema {
	return listSchema{
		byNumber: params.NewSchema(slices.Concat(declarations, paging.Params())...),
		byKeyset: params.NewSchema(slices.Concat(declarations, paging.KeysetParams(sort))...),
	}
}

// parseList checks the parameters of a list and reads which page is wanted.
func (c *call) parseList(schema listSchema) (params.Values, ports.Page, error) {
	if !paging.AsksForKeyset(c.raw) {
		values, err := c.parse(schema.byNumber)
		if err != nil {
			return values, ports.Page{}, err
		}
		return values, c.page(values), nil
	}
	values, err := c.parse(schema.byKeyset)
	if err != nil {
		return values, ports.Page{}, err
	}
	keyset, err := paging.KeysetOf(values)
	page := ports.Page{Size: paging.Of(values).Size, Keyset: (*ports.Keyset)(&keyset)}
	return values, page, err
}

// pageOf answers with the rows of a page and tells where it lies in its list. id
// is that of a row.
func pageOf[List ~[]Row, Row any, ID ~int64](c *call, values params.Values, page ports.Page, total int, rows List,
	id func(Row) ID,
) answer {
	if page.Keyset == nil {
		return paged(c, values, total, rows)
	}
	if total > len(rows) {
		paging.Keyset(*page.Keyset).WriteNextLink(c.gin.Writer.Header(), paging.Request{
			External: c.server.config.External, Path: c.gin.Request.URL.EscapedPath(), Values: values,
		}, int64(id(rows[len(rows)-1])))
	}
	return ok(rows)
}

// runnerListSchema declares a list of runners with the scopes it knows; none:
// the list has no scope.
func runnerListSchema(first []params.Declaration, scopes []string) listSchema {
	declarations := first
	if scopes != nil {
		declarations = append(declarations, params.Enum("scope", scopes...))
	}
	return listSchemaOf(append(declarations,
		params.Enum("type", types...),
		params.Bool("paused"),
		params.Enum("status", activities...),
		params.TagList("tag_list"),
		params.String("version_prefix").Match(versionPrefix),
	), "asc")
}

var (
	ownedRunnersSchema   = runnerListSchema(nil, activities)
	allRunnersSchema     = runnerListSchema(nil, everyScope)
	projectRunnersSchema = runnerListSchema([]params.Declaration{params.String("id")}, everyScope)
	groupRunnersSchema   = runnerListSchema([]params.Declaration{params.String("id")}, nil)
)

// runnerQuery is what a list of runners is asked for.
func runnerQuery(values params.Values, page ports.Page) application.RunnerQuery {
	q := application.RunnerQuery{
		Paused:        values.Bool("paused"),
		VersionPrefix: orZero(values.String("version_prefix")),
		Page:          page,
	}
	for _, name := range []string{"scope", "type", "status"} {
		if selector := values.String(name); selector != nil {
			q.Selectors = append(q.Selectors, domain.RunnerSelector(*selector))
		}
	}
	if tags := values.List("tag_list"); tags != nil {
		q.Tags = domain.NewTags(tags)
	}
	return q
}

// listRunners answers with the page that the request wants of a list.
func (s *Server) listRunners(c *call, schema listSchema,
	list func(ctx context.Context, q application.RunnerQuery) (application.RunnerList, error),
) (answer, error) {
	values, page, err := c.parseList(schema)
	if err != nil {
		return answer{}, err
	}
	runners, err := list(c.ctx(), runnerQuery(values, page))
	if err != nil {
		return answer{}, err
	}
	return pageOf(c, values, page, runners.Total, s.views.runners(runners),
		func(r runnerView) domain.RunnerID { return r.ID }), nil
}

func (s *Server) listOwnedRunners(c *call) (answer, error) {
	return s.listRunners(c, ownedRunnersSchema, func(ctx context.Context, q application.RunnerQuery) (application.RunnerList, error) {
		return s.Runners.ListOwned(ctx, c.actor, q)
	})
}

func (s *Server) listAllRunners(c *call) (answer, error) {
	return s.listRunners(c, allRunnersSchema, func(ctx context.Context, q application.RunnerQuery) (application.RunnerList, error) {
		return s.Runners.ListAll(ctx, c.actor, q)
	})
}

func (s *Server) listProjectRunners(c *call) (answer, error) {
	runners, err := s.Runners.OfProject(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return answer{}, err
	}
	return s.listRunners(c, projectRunnersSchema, runners.List)
}

func (s *Server) listGroupRunners(c *call) (answer, error) {
	runners, err := s.Runners.OfGroup(c.ctx(), c.actor, c.groupRef())
	if err != nil {
		return answer{}, err
	}
	return s.listRunners(c, groupRunnersSchema, runners.List)
}
