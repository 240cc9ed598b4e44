package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// RecordContact implements ports.RunnerRepository. Whoever deletes the runner
// takes the rows in the same order: runner, contact, managers.
func (s *Runners) RecordContact(ctx context.Context, id domain.RunnerID, c domain.RunnerContact) error {
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := lockRow(ctx, tx, "runners", id, forPointing); err != nil {
			return err
		}
		if err := noteContact(ctx, tx, id, c); err != nil {
			return err
		}
		return noteManager(ctx, tx, id, c)
	})
	return missing(ctx, s.db, err, reference{"runners", int64(id), ""})
}

// noteContact stores what the runner's agent said, and keeps what it did not say.
func noteContact(ctx context.Context, tx bun.Tx, id domain.RunnerID, c domain.RunnerContact) error {
	row := &runnerContactRow{
		RunnerID: id, ContactedAt: timestamp{c.At}, IPAddress: &c.IPAddress,
		Version: c.Metadata.Version, Revision: c.Metadata.Revision,
		Platform: c.Metadata.Platform, Architecture: c.Metadata.Architecture,
	}
	_, err := replaceContact(tx, row).
		Set("version = COALESCE(EXCLUDED.version, c.version)").
		Set("revision = COALESCE(EXCLUDED.revision, c.revision)").
		Set("platform = COALESCE(EXCLUDED.platform, c.platform)").
		Set("architecture = COALESCE(EXCLUDED.architecture, c.architecture)").
		Exec(ctx)
	return err
}

// saveContact stores what a runner is known to have said, whole.
func saveContact(ctx context.Context, tx bun.Tx, row *runnerContactRow) error {
	_, err := replaceContact(tx, row).
		Set("version = EXCLUDED.version").
		Set("revision = EXCLUDED.revision").
		Set("platform = EXCLUDED.platform").
		Set("architecture = EXCLUDED.architecture").
		Exec(ctx)
	return err
}

// replaceContact leaves it to the caller what becomes of known metadata.
func replaceContact(db bun.IDB, row *runnerContactRow) *bun.InsertQuery {
	return db.NewInsert().Model(row).On("CONFLICT (runner_id) DO UPDATE").
		Set("contacted_at = EXCLUDED.contacted_at").
		Set("ip_address = EXCLUDED.ip_address")
}
