package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// discardedOutputRow is what a store still holds though nobody knows of it.
type discardedOutputRow struct {
	bun.BaseModel `bun:"table:discarded_output,alias:d"`

	ID    int64        `bun:"id,pk,autoincrement"`
	JobID domain.JobID `bun:"job_id,nullzero"`
	Key   string       `bun:"store_key,nullzero"`
}

// DiscardedOutput remembers what is to be deleted from the stores.
type DiscardedOutput struct{ db *DB }

var _ ports.DiscardedOutputRepository = (*DiscardedOutput)(nil)

// NewDiscardedOutput remembers it in that database.
func NewDiscardedOutput(db *DB) *DiscardedOutput { return &DiscardedOutput{db: db} }

// List implements ports.DiscardedOutputRepository.
func (s *DiscardedOutput) List(ctx context.Context, after int64, limit int) ([]ports.DiscardedOutput, error) {
	var rows []*discardedOutputRow
	if err := s.db.bun.NewSelect().Model(&rows).Where("d.id > ?", after).OrderExpr("d.id").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, err
	}
	output := make([]ports.DiscardedOutput, len(rows))
	for i, row := range rows {
		output[i] = ports.DiscardedOutput{ID: row.ID, Trace: row.JobID, Key: row.Key}
	}
	return output, nil
}

// Forget implements ports.DiscardedOutputRepository.
func (s *DiscardedOutput) Forget(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.db.exec(ctx, s.db.bun.NewDelete().Model((*discardedOutputRow)(nil)).Where("id IN (?)", bun.List(ids)))
	return err
}

// discardOutput notes the traces and artifacts of all jobs of the projects. A
// job that was never handed over has none. Whoever would add an artifact waits
// for the projects, which are locked.
func discardOutput(ctx context.Context, tx bun.Tx, projects *bun.SelectQuery) error {
	ids := projects.ColumnExpr("p.id")
	_, err := tx.NewRaw(`INSERT INTO discarded_output (job_id) SELECT h.job_id
		FROM job_handovers AS h JOIN jobs AS j ON j.id = h.job_id WHERE j.project_id IN (?)`, ids).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`INSERT INTO discarded_output (store_key) SELECT a.store_key
		FROM artifacts AS a JOIN jobs AS j ON j.id = a.job_id WHERE j.project_id IN (?)`, ids).Exec(ctx)
	return err
}
