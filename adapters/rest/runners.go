package rest

import (
	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

var (
	runnerSchema = params.NewSchema(
		params.Int("id"), params.Bool("include_projects"),
	)
	updateRunnerSchema = params.NewSchema(
		params.Int("id"),
		params.String("description"),
		params.Bool("active").NotNull(),
		params.TagList("tag_list"),
		params.Bool("run_untagged").NotNull(),
		params.Bool("locked").NotNull(),
		params.Enum("access_level", string(domain.NotProtected), string(domain.RefProtected)),
		params.Int("maximum_timeout").Within64Bits(),
		params.Bool("paused").NotNull(),
		params.String("maintenance_note"),
		params.Bool("include_projects"),
		params.AtLeastOneOf([]string{
			"description", "active", "tag_list", "run_untagged", "locked", "access_level", "maximum_timeout",
		}, "paused", "maintenance_note"),
		params.MutuallyExclusive("active", "paused"),
	)
	runnerJobsSchema = listSchema{
		byNumber: params.NewSchema(append([]params.Declaration{
			params.Int("id"),
			params.Enum("status", domain.JobStatuses()...),
			params.Enum("order_by", "id"),
			params.Enum("sort", "asc", "desc").Default("desc"),
		}, paging.Params()...)...),
		byKeyset: params.NewSchema(append([]params.Declaration{
			params.Int("id"),
			params.Enum("status", domain.JobStatuses()...),
		}, paging.KeysetParams("desc")...)...),
	}
)

// withoutProjects tells whether the caller wants to be spared the projects
// (runners-api.md 5.1).
func withoutProjects(values params.Values) bool {
	include := values.Bool("include_projects")
	return include != nil && !*include
}

func (s *Server) showRunner(c *call) (answer, error) {
	values, err := c.parse(runnerSchema)
	if err != nil {
		return answer{}, err
	}
	without := withoutProjects(values)
	details, err := s.Runners.Show(c.ctx(), application.ShowRunner{
		Actor: c.actor, Runner: idOf[domain.RunnerID](values, "id"), WithoutProjects: without,
	})
	if err != nil {
		return answer{}, err
	}
	return ok(s.views.runnerDetails(details, without)), nil
}

func (s *Server) updateRunner(c *call) (answer, error) {
	values, err := c.parse(updateRunnerSchema)
	if err != nil {
		return answer{}, err
	}
	without := withoutProjects(values)
	details, err := s.Runners.Update(c.ctx(), application.UpdateRunner{
		Actor: c.actor, Runner: idOf[domain.RunnerID](values, "id"),
		Change: runnerChange(values), WithoutProjects: without,
	})
	if err != nil {
		return answer{}, err
	}
	return ok(s.views.runnerDetails(details, without)), nil
}

// runnerChange is what PUT asks for: a key that is there counts, also with an
// empty value (runners-api.md 4.4).
func runnerChange(values params.Values) domain.RunnerChange {
	change := domain.RunnerChange{
		Description:     sent(values, "description", values.String("description")),
		Active:          sent(values, "active", orZero(values.Bool("active"))),
		RunUntagged:     sent(values, "run_untagged", orZero(values.Bool("run_untagged"))),
		Locked:          sent(values, "locked", orZero(values.Bool("locked"))),
		AccessLevel:     sent(values, "access_level", domain.RunnerAccessLevel(orZero(values.String("access_level")))),
		MaximumTimeout:  sent(values, "maximum_timeout", values.Int("maximum_timeout")),
		MaintenanceNote: sent(values, "maintenance_note", values.String("maintenance_note")),
		Tags:            sent(values, "tag_list", domain.Tags(values.List("tag_list"))),
	}
	if paused := values.Bool("paused"); paused != nil {
		change.Active = domain.Set(!*paused)
	}
	return change
}

// sent is a field of a change that is present if the request has the key.
func sent[T any](values params.Values, name string, value T) domain.Field[T] {
	return domain.Field[T]{Present: values.Has(name), Value: value}
}

func (s *Server) deleteRunner(c *call) (answer, error) {
	values, err := c.parse(runnerSchema)
	if err != nil {
		return answer{}, err
	}
	err = s.Runners.Delete(c.ctx(), application.DeleteRunner{
		Actor: c.actor, Runner: idOf[domain.RunnerID](values, "id"), UnmodifiedSince: c.unmodifiedSince(),
	})
	return noContent(), err
}

func (s *Server) listRunnerJobs(c *call) (answer, error) {
	values, page, err := c.parseList(runnerJobsSchema)
	if err != nil {
		return answer{}, err
	}
	list, err := s.Runners.ListJobs(c.ctx(), application.ListRunnerJobs{
		Actor: c.actor, Runner: idOf[domain.RunnerID](values, "id"),
		Status:    domain.JobStatus(orZero(values.String("status"))),
		Ascending: orZero(values.String("sort")) == "asc",
		Page:      page,
	})
	if err != nil {
		return answer{}, err
	}
	jobs := mapped(list.Jobs, func(j ports.ListedJob) runnerJobView { return s.views.runnerJob(j, list.At) })
	return pageOf(c, values, page, list.Total, runnerJobViews(jobs), func(j runnerJobView) domain.JobID { return j.ID }), nil
}
