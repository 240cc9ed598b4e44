package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// RunnerManagers keeps the machines that work with the tokens of runners.
type RunnerManagers struct{ db *bun.DB }

var _ ports.RunnerManagerRepository = (*RunnerManagers)(nil)

// NewRunnerManagers keeps them in that database.
func NewRunnerManagers(db *DB) *RunnerManagers { return &RunnerManagers{db: db.bun} }

// runnerManagerRow is one machine of a runner.
type runnerManagerRow struct {
	bun.BaseModel `bun:"table:runner_managers,alias:m"`

	ID           domain.RunnerManagerID `bun:"id,pk,autoincrement"`
	RunnerID     domain.RunnerID        `bun:"runner_id"`
	SystemID     domain.SystemID        `bun:"system_id"`
	Version      *string                `bun:"version"`
	Revision     *string                `bun:"revision"`
	Platform     *string                `bun:"platform"`
	Architecture *string                `bun:"architecture"`
	IPAddress    *string                `bun:"ip_address"`
	CreatedAt    timestamp              `bun:"created_at"`
	ContactedAt  timestamp              `bun:"contacted_at"`
}

func (row *runnerManagerRow) manager() domain.RunnerManager {
	return domain.RunnerManager{
		ID: row.ID, SystemID: row.SystemID,
		RunnerMetadata: domain.RunnerMetadata{
			Version: row.Version, Revision: row.Revision, Platform: row.Platform, Architecture: row.Architecture,
		},
		IPAddress: row.IPAddress, CreatedAt: row.CreatedAt.Time, ContactedAt: row.ContactedAt.Time,
	}
}

// noteManager stores the machine of a contact. It tries to change the row first:
// an insertion uses up an id even if the row is there already.
func noteManager(ctx context.Context, tx bun.Tx, id domain.RunnerID, c domain.RunnerContact) error {
	row := &runnerManagerRow{
		RunnerID: id, SystemID: c.Machine(), IPAddress: &c.IPAddress,
		Version: c.Metadata.Version, Revision: c.Metadata.Revision,
		Platform: c.Metadata.Platform, Architecture: c.Metadata.Architecture,
		CreatedAt: timestamp{c.At}, ContactedAt: timestamp{c.At},
	}
	result, err := tx.NewUpdate().Model((*runnerManagerRow)(nil)).
		Set("contacted_at = ?", row.ContactedAt).
		Set("ip_address = ?", row.IPAddress).
		Set("version = COALESCE(?, version)", row.Version).
		Set("revision = COALESCE(?, revision)", row.Revision).
		Set("platform = COALESCE(?, platform)", row.Platform).
		Set("architecture = COALESCE(?, architecture)", row.Architecture).
		Where("runner_id = ? AND system_id = ?", row.RunnerID, row.SystemID).
		Exec(ctx)
	if err != nil {
		return err
	}
	if known, err := result.RowsAffected(); err != nil || known > 0 {
		return err
	}
	// Of two first contacts at the same moment one makes the row; what the other
	// one says can wait for the next contact.
	_, err = tx.NewInsert().Model(row).On("CONFLICT (runner_id, system_id) DO NOTHING").Exec(ctx)
	return err
}

// List implements ports.RunnerManagerRepository.
func (s *RunnerManagers) List(ctx context.Context, runner domain.RunnerID) ([]domain.RunnerManager, error) {
	var rows []*runnerManagerRow
	if err := s.db.NewSelect().Model(&rows).Where("m.runner_id = ?", runner).OrderExpr("m.id").Scan(ctx); err != nil {
		return nil, err
	}
	managers := make([]domain.RunnerManager, len(rows))
	for i, row := range rows {
		managers[i] = row.manager()
	}
	return managers, nil
}

// Delete implements ports.RunnerManagerRepository.
func (s *RunnerManagers) Delete(ctx context.Context, runner domain.RunnerID, machine domain.SystemID) error {
	result, err := s.db.NewDelete().Model((*runnerManagerRow)(nil)).
		Where("runner_id = ? AND system_id = ?", runner, machine).Exec(ctx)
	return affected(result, err, "Runner manager")
}
