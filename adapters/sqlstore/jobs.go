package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// Jobs keeps jobs, pipelines and commits.
type Jobs struct{ db *DB }

var _ ports.JobRepository = (*Jobs)(nil)

// NewJobs keeps them in that database.
func NewJobs(db *DB) *Jobs { return &Jobs{db: db} }

// Find implements ports.JobRepository.
func (s *Jobs) Find(ctx context.Context, project domain.ProjectID, id domain.JobID) (ports.JobDetails, error) {
	row := new(jobRow)
	err := jobColumns(s.db.bun.NewSelect().Model(row)).Where("j.id = ? AND j.project_id = ?", id, project).Scan(ctx)
	if err != nil {
		return ports.JobDetails{}, found(err, "Job")
	}
	return row.details(), nil
}

// Load implements ports.JobRepository.
func (s *Jobs) Load(ctx context.Context, id domain.JobID) (*domain.Job, error) {
	row, err := findJob(ctx, s.db.bun, "j.id = ?", id)
	if err != nil {
		return nil, err
	}
	return row.job(), nil
}

// FindByToken implements ports.JobRepository. No digest is stored as NULL,
// which equals nothing.
func (s *Jobs) FindByToken(ctx context.Context, token domain.Digest) (*domain.Job, error) {
	row, err := findJob(ctx, s.db.bun, "j.id = (SELECT h.job_id FROM job_handovers AS h WHERE h.token_digest = ?)", token)
	if err != nil {
		return nil, err
	}
	return row.job(), nil
}

func findJob(ctx context.Context, db bun.IDB, condition string, args ...any) (*jobRow, error) {
	row := new(jobRow)
	err := selectJob(db, row).Where(condition, args...).Scan(ctx)
	return row, found(err, "Job")
}

// List implements ports.JobRepository.
func (s *Jobs) List(ctx context.Context, q ports.JobQuery, p ports.Page) ([]ports.JobDetails, int, error) {
	if q.Statuses != nil && len(q.Statuses) == 0 {
		return []ports.JobDetails{}, 0, nil
	}
	matching := func() *bun.SelectQuery { return filterJobs(s.db.bun.NewSelect().TableExpr("jobs AS j"), q) }
	direction := descending
	if q.Ascending {
		direction = ascending
	}
	var rows []*jobRow
	page := jobColumns(s.db.bun.NewSelect().Model(&rows))
	if err := pageByID(page, matching(), "j.id", direction, p).Scan(ctx); err != nil {
		return nil, 0, err
	}
	jobs := make([]ports.JobDetails, len(rows))
	for i, row := range rows {
		jobs[i] = row.details()
	}
	count, err := total(ctx, s.db.bun, len(rows), p, matching())
	return jobs, count, err
}

func filterJobs(list *bun.SelectQuery, q ports.JobQuery) *bun.SelectQuery {
	if q.Runner != 0 {
		list = list.Where("j.runner_id = ?", q.Runner)
	}
	if q.Project != 0 {
		list = list.Where("j.project_id = ?", q.Project)
	}
	if q.Statuses != nil {
		list = list.Where("j.status IN (?)", bun.List(q.Statuses))
	}
	return list
}
