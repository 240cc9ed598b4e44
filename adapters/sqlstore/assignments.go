package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// assignmentRow is a runner with its link to one project, which may be absent.
type assignmentRow struct {
	runnerRow `bun:",extend"`

	AssignedAt timestamp `bun:"assigned_at,scanonly"`
}

// UpdateAssignment implements ports.RunnerRepository.
func (s *Runners) UpdateAssignment(ctx context.Context, id domain.RunnerID, project domain.ProjectID,
	change func(a *domain.Assignment) error,
) error {
	defer s.far.forget()
	err := s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockRow(ctx, tx, "runners", id, forChange); err != nil {
			return err
		}
		a, err := findAssignment(ctx, tx, id, project)
		if err != nil {
			return err
		}
		runnerBefore, before := domain.RestoreRunner(a.Runner.State()), *a
		if err := change(a); err != nil {
			return err
		}
		if err := saveRunner(ctx, tx, runnerBefore, a.Runner); err != nil {
			return err
		}
		return saveLink(ctx, tx, id, before, a)
	})
	return missing(ctx, s.db, err, reference{"projects", int64(project), "Project"})
}

func findAssignment(ctx context.Context, tx bun.Tx, id domain.RunnerID, project domain.ProjectID) (*domain.Assignment, error) {
	row := new(assignmentRow)
	err := runnerColumns(tx.NewSelect().Model(row)).
		ColumnExpr(`(SELECT link.created_at FROM runner_projects AS link
			WHERE link.runner_id = r.id AND link.project_id = ?) AS assigned_at`, project).
		Where("r.id = ?", id).
		Scan(ctx)
	if err != nil {
		return nil, found(err, "")
	}
	return &domain.Assignment{Runner: row.runner(), Project: project, AssignedAt: row.AssignedAt.Time}, nil
}

// saveLink makes, moves or deletes the link as the change left it.
func saveLink(ctx context.Context, tx bun.Tx, runner domain.RunnerID, before domain.Assignment, after *domain.Assignment) error {
	link := &runnerProjectRow{Runner: runner, Project: before.Project, CreatedAt: timestamp{after.AssignedAt}}
	switch {
	case after.AssignedAt.Equal(before.AssignedAt):
		return nil
	case !after.Assigned():
		_, err := tx.NewDelete().Model(link).
			Where("runner_id = ? AND project_id = ?", link.Runner, link.Project).Exec(ctx)
		return err
	default:
		_, err := tx.NewInsert().Model(link).
			On("CONFLICT (runner_id, project_id) DO UPDATE").Set("created_at = EXCLUDED.created_at").Exec(ctx)
		return err
	}
}
