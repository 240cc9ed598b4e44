package rest

import (
	"context"

	"runyard/application"
	"runyard/domain"
)

func (s *Server) cancelJob(c *call) (answer, error) {
	return s.controlJob(c, (*application.JobControl).Cancel)
}

func (s *Server) retryJob(c *call) (answer, error) {
	return s.controlJob(c, (*application.JobControl).Retry)
}

// controlJob lets a Developer do something with a job, and shows what came of
// it.
func (s *Server) controlJob(c *call, do func(*application.JobControl, context.Context, domain.JobID) (application.JobView, error)) (answer, error) {
	control, err := s.Jobs.ControlOf(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return answer{}, err
	}
	values, err := c.parse(jobSchema)
	if err != nil {
		return answer{}, err
	}
	job, err := do(control, c.ctx(), idOf[domain.JobID](values, "job_id"))
	if err != nil {
		return answer{}, err
	}
	return created(s.views.job(job)), nil
}

// projectJob opens the jobs of a project to a Reporter, and tells which one the
// path names.
func (c *call) projectJob() (*application.ProjectJobs, domain.JobID, error) {
	jobs, err := c.server.Jobs.OfProject(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return nil, 0, err
	}
	values, err := c.parse(jobSchema)
	if err != nil {
		return nil, 0, err
	}
	return jobs, idOf[domain.JobID](values, "job_id"), nil
}

// showTrace shows what there is of a job's trace so far.
func (s *Server) showTrace(c *call) (answer, error) {
	jobs, id, err := c.projectJob()
	if err != nil {
		return answer{}, err
	}
	trace, err := jobs.Trace(c.ctx(), id)
	if err != nil {
		return answer{}, err
	}
	return ok(file{mediaType: "text/plain", size: -1, content: trace}), nil
}
