package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// artifactRow is an artifact in the table.
type artifactRow struct {
	bun.BaseModel `bun:"table:artifacts,alias:a"`

	ID        domain.ArtifactID `bun:"id,pk,autoincrement"`
	JobID     domain.JobID      `bun:"job_id"`
	Type      string            `bun:"file_type"`
	Format    string            `bun:"format"`
	Filename  string            `bun:"filename"`
	Size      int64             `bun:"size"`
	Key       string            `bun:"store_key"`
	ExpiresAt timestamp         `bun:"expires_at"`
	CreatedAt timestamp         `bun:"created_at"`
}

func artifactRowOf(a domain.Artifact) *artifactRow {
	return &artifactRow{
		ID: a.ID, JobID: a.Job, Type: a.Type, Format: a.Format, Filename: a.Filename, Size: a.Size, Key: a.Key,
		ExpiresAt: timestamp{a.ExpiresAt}, CreatedAt: timestamp{a.CreatedAt},
	}
}

func (row *artifactRow) artifact() domain.Artifact {
	return domain.Artifact{
		ID: row.ID, Job: row.JobID, Type: row.Type, Format: row.Format, Filename: row.Filename, Size: row.Size, Key: row.Key,
		ExpiresAt: row.ExpiresAt.Time, CreatedAt: row.CreatedAt.Time,
	}
}

// Artifacts keeps what is known of artifacts.
type Artifacts struct{ db *DB }

var _ ports.ArtifactRepository = (*Artifacts)(nil)

// NewArtifacts keeps it in that database.
func NewArtifacts(db *DB) *Artifacts { return &Artifacts{db: db} }

// Add implements ports.ArtifactRepository. What replaces another one has an id
// of its own, so that who found the old one cannot delete the new one by its id.
func (s *Artifacts) Add(ctx context.Context, a domain.Artifact) (domain.ArtifactID, error) {
	row := artifactRowOf(a)
	err := s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row.ID = 0
		// Who deletes the project has noted by then which artifacts there are.
		project := tx.NewSelect().TableExpr("projects").Where("id = (SELECT j.project_id FROM jobs AS j WHERE j.id = ?)", a.Job)
		if err := lockRows(ctx, tx, project, forPointing); err != nil {
			return err
		}
		if err := lockRow(ctx, tx, "jobs", a.Job, forChange); err != nil {
			return err
		}
		if err := replaceArtifact(ctx, tx, a); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		return err
	})
	if err != nil {
		return 0, missing(ctx, s.db, err, reference{"jobs", int64(a.Job), "Job"})
	}
	return row.ID, nil
}

// replaceArtifact drops what is known of one of the same job and type, and notes
// its bytes for deletion.
func replaceArtifact(ctx context.Context, tx bun.Tx, a domain.Artifact) error {
	old := new(artifactRow)
	err := tx.NewSelect().Model(old).Where("a.job_id = ? AND a.file_type = ?", a.Job, a.Type).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model(old).WherePK().Exec(ctx); err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(&discardedOutputRow{Key: old.Key}).Exec(ctx)
	return err
}

// OfJobs implements ports.ArtifactRepository.
func (s *Artifacts) OfJobs(ctx context.Context, jobs []domain.JobID) ([]domain.Artifact, error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	return s.list(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("a.job_id IN (?)", bun.List(jobs)).OrderExpr("a.job_id, a.id")
	})
}

// Expired implements ports.ArtifactRepository.
func (s *Artifacts) Expired(ctx context.Context, before time.Time, limit int) ([]domain.Artifact, error) {
	return s.list(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("a.expires_at < ?", timestamp{before}).OrderExpr("a.expires_at, a.id").Limit(int64(limit))
	})
}

func (s *Artifacts) list(ctx context.Context, choose func(q *bun.SelectQuery) *bun.SelectQuery) ([]domain.Artifact, error) {
	var rows []*artifactRow
	if err := choose(s.db.bun.NewSelect().Model(&rows)).Scan(ctx); err != nil {
		return nil, err
	}
	artifacts := make([]domain.Artifact, len(rows))
	for i, row := range rows {
		artifacts[i] = row.artifact()
	}
	return artifacts, nil
}

// Delete implements ports.ArtifactRepository.
func (s *Artifacts) Delete(ctx context.Context, id domain.ArtifactID) error {
	_, err := s.db.exec(ctx, s.db.bun.NewDelete().Model((*artifactRow)(nil)).Where("id = ?", id))
	return err
}
