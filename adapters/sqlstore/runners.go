package sqlstore

import (
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// Runners keeps runners and their assignments.
type Runners struct {
	db  *DB
	far *farLists[runnerList]
}

var _ ports.RunnerRepository = (*Runners)(nil)

// NewRunners keeps them in that database.
func NewRunners(db *DB) *Runners {
	return &Runners{db: db, far: newFarLists[runnerList](time.Now)}
}

// Add implements ports.RunnerRepository.
func (s *Runners) Add(ctx context.Context, r *domain.Runner, project domain.ProjectID) (domain.RunnerID, error) {
	row := runnerRowOf(r)
	err := s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row.ID = 0
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return taken(tx, err, errTokenTaken)
		}
		row.Contact.RunnerID = row.ID
		if err := saveContact(ctx, tx, row.Contact); err != nil {
			return err
		}
		if err := indexTags(ctx, tx, row); err != nil {
			return err
		}
		if project == 0 {
			return nil
		}
		link := &runnerProjectRow{Runner: row.ID, Project: project, CreatedAt: row.CreatedAt}
		_, err := tx.NewInsert().Model(link).Exec(ctx)
		return err
	})
	return row.ID, missing(ctx, s.db, err,
		reference{"namespaces", int64(row.GroupID), "Group"},
		reference{"projects", int64(project), "Project"})
}

// Find implements ports.RunnerRepository.
func (s *Runners) Find(ctx context.Context, id domain.RunnerID) (*domain.Runner, error) {
	return s.readRunner(ctx, runnerByID, int64(id), "")
}

// FindByToken implements ports.RunnerRepository.
func (s *Runners) FindByToken(ctx context.Context, token domain.Digest) (*domain.Runner, error) {
	return s.readRunner(ctx, runnerByToken, string(token), "Runner")
}

func findRunner(ctx context.Context, db bun.IDB, id domain.RunnerID) (*domain.Runner, error) {
	row := new(runnerRow)
	if err := runnerColumns(db.NewSelect().Model(row)).Where("r.id = ?", id).Scan(ctx); err != nil {
		return nil, found(err, "")
	}
	return row.runner(), nil
}

// Update implements ports.RunnerRepository.
func (s *Runners) Update(ctx context.Context, id domain.RunnerID, change func(r *domain.Runner) error) error {
	defer s.far.forget()
	return s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockRow(ctx, tx, "runners", id, forChange); err != nil {
			return err
		}
		r, err := findRunner(ctx, tx, id)
		if err != nil {
			return err
		}
		before := domain.RestoreRunner(r.State())
		if err := change(r); err != nil {
			return err
		}
		return saveRunner(ctx, tx, before, r)
	})
}

// saveRunner stores what became of a runner: only what is different, so that a
// contact recorded meanwhile stays.
func saveRunner(ctx context.Context, tx bun.Tx, before, after *domain.Runner) error {
	old, row := runnerRowOf(before), runnerRowOf(after)
	row.ID, row.Contact.RunnerID = old.ID, old.ID
	if !reflect.DeepEqual(old.Contact, row.Contact) {
		if err := saveContact(ctx, tx, row.Contact); err != nil {
			return err
		}
	}
	old.Contact, old.ProjectCount = row.Contact, row.ProjectCount
	if reflect.DeepEqual(old, row) {
		return nil
	}
	if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
		return taken(tx, err, errTokenTaken)
	}
	if slices.Equal(old.Tags.value, row.Tags.value) {
		return nil
	}
	if _, err := tx.NewDelete().Model((*runnerTagRow)(nil)).Where("runner_id = ?", row.ID).Exec(ctx); err != nil {
		return err
	}
	return indexTags(ctx, tx, row)
}

// indexTags enters the tags of a runner in the search index.
func indexTags(ctx context.Context, tx bun.Tx, row *runnerRow) error {
	keys := tagKeys(row.Tags.value)
	if len(keys) == 0 {
		return nil
	}
	rows := make([]runnerTagRow, len(keys))
	for i, key := range keys {
		rows[i] = runnerTagRow{Tag: key, Runner: row.ID}
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// Delete implements ports.RunnerRepository.
func (s *Runners) Delete(ctx context.Context, id domain.RunnerID, check func(r *domain.Runner) error) error {
	defer s.far.forget()
	return s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockRunner(ctx, tx, id); err != nil {
			return err
		}
		r, err := findRunner(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := check(r); err != nil {
			return err
		}
		_, err = tx.NewDelete().Model((*runnerRow)(nil)).Where("id = ?", id).Exec(ctx)
		return err
	})
}

// AssignedTo implements ports.RunnerRepository.
func (s *Runners) AssignedTo(ctx context.Context, id domain.RunnerID, limit int) ([]domain.ProjectID, error) {
	ids := []domain.ProjectID{}
	err := s.db.bun.NewSelect().TableExpr("runner_projects").ColumnExpr("project_id").
		Where("runner_id = ?", id).OrderExpr("project_id").Limit(int64(limit)).Scan(ctx, &ids)
	return ids, err
}
