package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// The projects p that are deleted with the row of the id ?.
const (
	theProject       = `p.id = ?`
	projectsBelow    = `p.namespace_id IN (SELECT below.namespace_id FROM namespace_ancestors AS below WHERE below.ancestor_id = ?)`
	projectsInOwnOne = `p.namespace_id IN (SELECT own.id FROM namespaces AS own WHERE own.owner_id = ?)`
)

// deleteWithProjects deletes a row and, by references, the projects that go with
// it. PostgreSQL would lock what belongs to them in an order of its own; so what
// somebody may be working on is locked before, in the order of update_job.go.
func deleteWithProjects(ctx context.Context, db *bun.DB, projects string, id int64, row *bun.DeleteQuery, resource string) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := lockProjects(ctx, tx, projects, id); err != nil {
			return err
		}
		result, err := row.Conn(tx).Exec(ctx)
		return affected(result, err, resource)
	})
}

func lockProjects(ctx context.Context, tx bun.Tx, projects string, id int64) error {
	going := func() *bun.SelectQuery { return tx.NewSelect().TableExpr("projects AS p").Where(projects, id) }
	if err := lockRows(ctx, tx, going(), forDeletion); err != nil {
		return err
	}
	jobs := func() *bun.SelectQuery {
		return tx.NewSelect().TableExpr("jobs AS j").Where("j.project_id IN (?)", going().ColumnExpr("p.id"))
	}
	live := jobs().Where("j.status IN (?)", bun.In([]domain.JobStatus{domain.JobPending, domain.JobRunning, domain.JobCanceling}))
	if err := lockRows(ctx, tx, live, forDeletion); err != nil {
		return err
	}
	wait := jobs().ColumnExpr("j.pipeline_id").Where("j.status = ?", domain.JobCreated)
	return lockRows(ctx, tx, tx.NewSelect().TableExpr("pipelines").Where("id IN (?)", wait), forDeletion)
}
