package sqlstore

import (
	"context"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// RecordContact implements ports.RunnerRepository, with one statement.
func (s *Runners) RecordContact(ctx context.Context, id domain.RunnerID, c domain.RunnerContact) error {
	_, err := addContacts(s.db, []*runnerContactRow{contactRowOf(id, c)}).Exec(ctx)
	return missing(ctx, s.db, err, reference{"runners", int64(id), ""})
}

// contactsAtOnce is how many contacts are stored together.
const contactsAtOnce = 1000

// RecordContacts implements ports.RunnerRepository, with two statements for
// each thousand.
func (s *Runners) RecordContacts(ctx context.Context, contacts map[domain.RunnerID]domain.RunnerContact) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(contacts)), contactsAtOnce) {
		if err := s.recordSome(ctx, ids, contacts); err != nil {
			return err
		}
	}
	return nil
}

// recordSome keeps the runners that it finds from being deleted until it is
// done. It stores in the order of ids: two who do so never wait for each other.
func (s *Runners) recordSome(ctx context.Context, ids []domain.RunnerID, contacts map[domain.RunnerID]domain.RunnerContact) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var there []domain.RunnerID
		q := tx.NewSelect().TableExpr("runners").ColumnExpr("id").Where("id IN (?)", bun.List(ids)).OrderExpr("id")
		if isPostgreSQL(tx) {
			q = q.For(forReference)
		}
		if err := q.Scan(ctx, &there); err != nil || len(there) == 0 {
			return err
		}
		rows := make([]*runnerContactRow, len(there))
		for i, id := range there {
			rows[i] = contactRowOf(id, contacts[id])
		}
		_, err := addContacts(tx, rows).Exec(ctx)
		return err
	})
}

// contactRowOf is what a runner of which nothing was known knows afterwards.
func contactRowOf(id domain.RunnerID, c domain.RunnerContact) *runnerContactRow {
	runner := domain.RestoreRunner(domain.RunnerState{ID: id})
	runner.Contact(c)
	return runnerRowOf(runner).Contact
}

// addContacts leaves what is known and was not said again.
func addContacts(db bun.IDB, rows []*runnerContactRow) *bun.InsertQuery {
	return replaceContacts(db, rows).
		Set("version = COALESCE(EXCLUDED.version, c.version)").
		Set("revision = COALESCE(EXCLUDED.revision, c.revision)").
		Set("platform = COALESCE(EXCLUDED.platform, c.platform)").
		Set("architecture = COALESCE(EXCLUDED.architecture, c.architecture)")
}

// saveContact stores what a runner is known to have said, whole.
func saveContact(ctx context.Context, tx bun.Tx, row *runnerContactRow) error {
	_, err := replaceContacts(tx, []*runnerContactRow{row}).
		Set("version = EXCLUDED.version").
		Set("revision = EXCLUDED.revision").
		Set("platform = EXCLUDED.platform").
		Set("architecture = EXCLUDED.architecture").
		Exec(ctx)
	return err
}

// replaceContacts leaves it to the caller what becomes of known metadata.
func replaceContacts(db bun.IDB, rows []*runnerContactRow) *bun.InsertQuery {
	return db.NewInsert().Model(&rows).On("CONFLICT (runner_id) DO UPDATE").
		Set("contacted_at = EXCLUDED.contacted_at").
		Set("ip_address = EXCLUDED.ip_address")
}
