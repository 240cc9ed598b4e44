package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// RunnerManagers keeps the machines that work with the tokens of runners.
type RunnerManagers struct{ db *DB }

var _ ports.RunnerManagerRepository = (*RunnerManagers)(nil)

// NewRunnerManagers keeps them in that database.
func NewRunnerManagers(db *DB) *RunnerManagers { return &RunnerManagers{db: db} }

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

// managerRowOf is the machine of a contact of which nothing was known.
func managerRowOf(machine domain.SystemID, c *runnerContactRow) *runnerManagerRow {
	return &runnerManagerRow{
		RunnerID: c.RunnerID, SystemID: machine, IPAddress: c.IPAddress,
		Version: c.Version, Revision: c.Revision, Platform: c.Platform, Architecture: c.Architecture,
		CreatedAt: c.ContactedAt, ContactedAt: c.ContactedAt,
	}
}

// addManagers stores the machines of contacts, and leaves what is known of them
// and was not said again.
func addManagers(db bun.IDB, rows []*runnerManagerRow) *bun.InsertQuery {
	return db.NewInsert().Model(&rows).On("CONFLICT (runner_id, system_id) DO UPDATE").
		Set("contacted_at = EXCLUDED.contacted_at").
		Set("ip_address = EXCLUDED.ip_address").
		Set("version = COALESCE(EXCLUDED.version, m.version)").
		Set("revision = COALESCE(EXCLUDED.revision, m.revision)").
		Set("platform = COALESCE(EXCLUDED.platform, m.platform)").
		Set("architecture = COALESCE(EXCLUDED.architecture, m.architecture)")
}

// List implements ports.RunnerManagerRepository.
func (s *RunnerManagers) List(ctx context.Context, runner domain.RunnerID) ([]domain.RunnerManager, error) {
	var rows []*runnerManagerRow
	if err := s.db.bun.NewSelect().Model(&rows).Where("m.runner_id = ?", runner).OrderExpr("m.id").Scan(ctx); err != nil {
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
	result, err := s.db.exec(ctx, s.db.bun.NewDelete().Model((*runnerManagerRow)(nil)).
		Where("runner_id = ? AND system_id = ?", runner, machine))
	return affected(result, err, "Runner manager")
}
