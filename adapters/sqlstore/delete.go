package sqlstore

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
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
// it. What their jobs left in the stores is noted for deletion. PostgreSQL would lock what belongs to them in an order of its own; so what
// somebody may be working on is locked before, in the order of update_job.go.
func deleteWithProjects(ctx context.Context, db *bun.DB, projects string, id int64, row *bun.DeleteQuery, resource string) error {
	for {
		err := db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			going := func() *bun.SelectQuery { return tx.NewSelect().TableExpr("projects AS p").Where(projects, id) }
			if err := lockProjects(ctx, tx, going); err != nil {
				return err
			}
			if err := discardOutput(ctx, tx, going()); err != nil {
				return err
			}
			result, err := row.Conn(tx).Exec(ctx)
			return affected(result, err, resource)
		})
		if !lockedByOther(err) {
			return err
		}
	}
}

// lockProjects locks projects and what of them can be worked on. A job that
// waited for others may have come into the queue, and been locked by somebody
// else, before its pipeline was locked: waiting for that one now could be a
// circle, so that is an error, and a reason to begin again.
func lockProjects(ctx context.Context, tx bun.Tx, going func() *bun.SelectQuery) error {
	if err := lockRows(ctx, tx, going(), forDeletion); err != nil {
		return err
	}
	jobs := func(statuses ...domain.JobStatus) *bun.SelectQuery {
		return tx.NewSelect().TableExpr("jobs AS j").
			Where("j.project_id IN (?)", going().ColumnExpr("p.id")).Where("j.status IN (?)", bun.List(statuses))
	}
	live := []domain.JobStatus{domain.JobPending, domain.JobRunning, domain.JobCanceling}
	if err := lockRows(ctx, tx, jobs(live...), forDeletion); err != nil {
		return err
	}
	wait := jobs(domain.JobCreated).ColumnExpr("j.pipeline_id")
	if err := lockRows(ctx, tx, tx.NewSelect().TableExpr("pipelines").Where("id IN (?)", wait), forDeletion); err != nil {
		return err
	}
	return lockRows(ctx, tx, jobs(live...), forDeletion+" NOWAIT")
}

// lockNotAvailable is the SQLSTATE of a lock that NOWAIT did not wait for.
const lockNotAvailable = "55P03"

func lockedByOther(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && refused.Code == lockNotAvailable
}
