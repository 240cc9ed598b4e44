package sqlstore

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// Jobs keeps jobs, pipelines and commits.
type Jobs struct {
	db  *DB
	far *farLists[jobList]
}

var _ ports.JobRepository = (*Jobs)(nil)

// NewJobs keeps them in that database.
func NewJobs(db *DB) *Jobs { return &Jobs{db: db, far: newFarLists[jobList](time.Now)} }

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
