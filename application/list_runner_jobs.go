package application

import (
	"context"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// ListRunnerJobs asks for the jobs that were handed to a runner.
type ListRunnerJobs struct {
	Actor     domain.Actor
	Runner    domain.RunnerID
	Status    domain.JobStatus // empty: any
	Ascending bool             // oldest first; else newest first
	Page      ports.Page
}

// JobList is one page of jobs.
type JobList struct {
	Jobs  []ports.ListedJob
	Total int       // up to ports.CountLimit
	At    time.Time // the moment for which durations are meant
	// Archives are the archives that jobs of a project's page left; the jobs of a
	// runner are shown without.
	Archives map[domain.JobID]domain.Artifact
}

// ListJobs lists the jobs of a runner (Runners API reference 4.7).
func (s *Runners) ListJobs(ctx context.Context, q ListRunnerJobs) (JobList, error) {
	runner, err := s.p.Runners.Find(ctx, q.Runner)
	if err != nil {
		return JobList{}, err
	}
	access, err := s.p.runnerAccess(ctx, q.Actor, q.Runner)
	if err != nil {
		return JobList{}, err
	}
	if err := access.MustListJobs(runner); err != nil {
		return JobList{}, err
	}
	query := ports.JobQuery{Runner: q.Runner, Ascending: q.Ascending}
	if q.Status != "" {
		query.Statuses = []domain.JobStatus{q.Status}
	}
	return s.p.listJobs(ctx, query, q.Page)
}

func (p Ports) listJobs(ctx context.Context, q ports.JobQuery, page ports.Page) (JobList, error) {
	jobs, total, err := p.Jobs.List(ctx, q, page)
	if err != nil {
		return JobList{}, err
	}
	return JobList{Jobs: jobs, Total: total, At: p.Clock.Now()}, nil
}
