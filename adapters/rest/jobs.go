package rest

import (
	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
	"runyard/domain"
	"runyard/ports"
)

var (
	projectJobsSchema = params.NewSchema(append([]params.Declaration{
		params.String("id"), params.List("scope").Among(domain.JobStatuses()...),
	}, paging.Params()...)...)
	jobSchema = params.NewSchema(params.Int("job_id"))
)

func (s *Server) listProjectJobs(c *call) (answer, error) {
	jobs, err := s.Jobs.OfProject(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return answer{}, err
	}
	values, err := c.parse(projectJobsSchema)
	if err != nil {
		return answer{}, err
	}
	var statuses []domain.JobStatus
	for _, status := range values.List("scope") {
		statuses = append(statuses, domain.JobStatus(status))
	}
	list, err := jobs.List(c.ctx(), statuses, c.page(values))
	if err != nil {
		return answer{}, err
	}
	return paged(c, values, list.Total, mapped(list.Jobs, func(j ports.ListedJob) jobView {
		var archive *domain.Artifact
		if left, ok := list.Archives[j.Job.ID]; ok {
			archive = &left
		}
		return s.views.listedJob(j, archive, list.At)
	})), nil
}

func (s *Server) showJob(c *call) (answer, error) {
	jobs, id, err := c.projectJob()
	if err != nil {
		return answer{}, err
	}
	job, err := jobs.Show(c.ctx(), id)
	if err != nil {
		return answer{}, err
	}
	return ok(s.views.job(job)), nil
}
