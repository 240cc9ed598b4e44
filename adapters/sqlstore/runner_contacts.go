package sqlstore

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// RecordContact implements ports.RunnerRepository.
func (s *Runners) RecordContact(ctx context.Context, id domain.RunnerID, c domain.RunnerContact) error {
	return s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		machine := domain.RunnerMachine{Runner: id, SystemID: c.Machine()}
		there, err := recordSome(ctx, tx, []domain.RunnerMachine{machine},
			map[domain.RunnerMachine]domain.RunnerContact{machine: c})
		if err == nil && there == 0 {
			err = domain.NotFound("")
		}
		return err
	})
}

// contactsAtOnce is how many contacts are stored together.
const contactsAtOnce = 1000

// RecordContacts implements ports.RunnerRepository, with three statements for
// each thousand.
func (s *Runners) RecordContacts(ctx context.Context, contacts map[domain.RunnerMachine]domain.RunnerContact) error {
	machines := slices.SortedFunc(maps.Keys(contacts), func(a, b domain.RunnerMachine) int {
		return cmp.Or(cmp.Compare(a.Runner, b.Runner), cmp.Compare(a.SystemID, b.SystemID))
	})
	for some := range slices.Chunk(machines, contactsAtOnce) {
		err := s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := recordSome(ctx, tx, some, contacts)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// recordSome stores the contacts of those machines whose runners are there, and
// tells how many these are. It keeps the runners from being deleted until it is
// done. It stores in the order of ids, and runners before machines, as whoever
// deletes a runner does: two never wait for each other.
func recordSome(ctx context.Context, tx bun.Tx, machines []domain.RunnerMachine,
	contacts map[domain.RunnerMachine]domain.RunnerContact,
) (int, error) {
	there, err := holdRunners(ctx, tx, machines)
	if err != nil || len(there) == 0 {
		return 0, err
	}
	var runners []*runnerContactRow
	var managers []*runnerManagerRow
	for _, machine := range machines {
		if _, found := slices.BinarySearch(there, machine.Runner); !found {
			continue
		}
		row := contactRowOf(machine.Runner, contacts[machine])
		managers = append(managers, managerRowOf(machine.SystemID, row))
		if last := len(runners) - 1; last >= 0 && runners[last].RunnerID == row.RunnerID {
			// Two machines of one runner: what was said last is the runner's.
			if row.ContactedAt.After(runners[last].ContactedAt.Time) {
				runners[last] = row
			}
			continue
		}
		runners = append(runners, row)
	}
	if _, err := addContacts(tx, runners).Exec(ctx); err != nil {
		return 0, err
	}
	_, err = addManagers(tx, managers).Exec(ctx)
	return len(there), err
}

// holdRunners keeps those of the runners that are there from being deleted, and
// returns them in the order of their ids.
func holdRunners(ctx context.Context, tx bun.Tx, machines []domain.RunnerMachine) ([]domain.RunnerID, error) {
	ids := make([]domain.RunnerID, len(machines))
	for i, machine := range machines {
		ids[i] = machine.Runner
	}
	var there []domain.RunnerID
	q := tx.NewSelect().TableExpr("runners").ColumnExpr("id").Where("id IN (?)", bun.List(ids)).OrderExpr("id")
	if isPostgreSQL(tx) {
		q = q.For(forPointing)
	}
	return there, q.Scan(ctx, &there)
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
