package rest

import (
	"regexp"

	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
)

// The values that select runners (runners-api.md 3.3, 4.1 and D7).
var (
	activities = []string{"active", "paused", "online", "offline"}
	types      = []string{"instance_type", "group_type", "project_type"}
	everyScope = append([]string{"specific", "shared"}, append(types, activities...)...)
)

var versionPrefix = regexp.MustCompile(`^[\d+.]+`)

// runnerListSchema declares a list of runners with the scopes it knows; none:
// the list has no scope.
func runnerListSchema(first []params.Declaration, scopes []string) params.Schema {
	declarations := first
	if scopes != nil {
		declarations = append(declarations, params.Enum("scope", scopes...))
	}
	declarations = append(declarations,
		params.Enum("type", types...),
		params.Bool("paused"),
		params.Enum("status", activities...),
		params.TagList("tag_list"),
		params.String("version_prefix").Match(versionPrefix),
	)
	return params.NewSchema(append(declarations, paging.Params()...)...)
}

var (
	ownedRunnersSchema   = runnerListSchema(nil, activities)
	allRunnersSchema     = runnerListSchema(nil, everyScope)
	projectRunnersSchema = runnerListSchema([]params.Declaration{params.String("id")}, everyScope)
	groupRunnersSchema   = runnerListSchema([]params.Declaration{params.String("id")}, nil)
)

// runnerQuery is what a list of runners is asked for.
func (c *call) runnerQuery(values params.Values) application.RunnerQuery {
	q := application.RunnerQuery{
		Paused:        values.Bool("paused"),
		VersionPrefix: orZero(values.String("version_prefix")),
		Page:          c.page(values),
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

func (s *Server) pagedRunners(c *call, values params.Values, list application.RunnerList, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return paged(c, values, list.Total, s.views.runners(list)), nil
}

func (s *Server) listOwnedRunners(c *call) (answer, error) {
	values, err := c.parse(ownedRunnersSchema)
	if err != nil {
		return answer{}, err
	}
	list, err := s.Runners.ListOwned(c.ctx(), c.actor, c.runnerQuery(values))
	return s.pagedRunners(c, values, list, err)
}

func (s *Server) listAllRunners(c *call) (answer, error) {
	values, err := c.parse(allRunnersSchema)
	if err != nil {
		return answer{}, err
	}
	list, err := s.Runners.ListAll(c.ctx(), c.actor, c.runnerQuery(values))
	return s.pagedRunners(c, values, list, err)
}

func (s *Server) listProjectRunners(c *call) (answer, error) {
	runners, err := s.Runners.OfProject(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return answer{}, err
	}
	values, err := c.parse(projectRunnersSchema)
	if err != nil {
		return answer{}, err
	}
	list, err := runners.List(c.ctx(), c.runnerQuery(values))
	return s.pagedRunners(c, values, list, err)
}

func (s *Server) listGroupRunners(c *call) (answer, error) {
	runners, err := s.Runners.OfGroup(c.ctx(), c.actor, c.groupRef())
	if err != nil {
		return answer{}, err
	}
	values, err := c.parse(groupRunnersSchema)
	if err != nil {
		return answer{}, err
	}
	list, err := runners.List(c.ctx(), c.runnerQuery(values))
	return s.pagedRunners(c, values, list, err)
}
