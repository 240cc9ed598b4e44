package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// deletion says what goes with a row that is deleted, by conditions on its id ?.
// Empty: nothing of that kind does.
type deletion struct {
	projects   string // on projects AS p
	namespaces string // on namespaces
	runners    string // on runners
}

// The ids of the namespaces that go with a group and with a user.
const (
	below         = `(SELECT below.namespace_id FROM namespace_ancestors AS below WHERE below.ancestor_id = ?)`
	ownNamespaces = `(SELECT own.id FROM namespaces AS own WHERE own.owner_id = ?)`
)

var (
	ofProject = deletion{projects: `p.id = ?`}
	ofUser    = deletion{projects: `p.namespace_id IN ` + ownNamespaces, namespaces: `id IN ` + ownNamespaces}
	ofGroup   = deletion{projects: `p.namespace_id IN ` + below, namespaces: `id IN ` + below, runners: `group_id IN ` + below}
)

// deleteWithProjects deletes a row and, by references, the projects that go with
// it. What their jobs left in the stores is noted for deletion. PostgreSQL would
// lock what belongs to them in an order of its own; so what somebody may be
// working on is locked before, in the order of update_job.go.
func deleteWithProjects(ctx context.Context, db *DB, d deletion, id int64, row *bun.DeleteQuery, resource string) error {
	return db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := d.lock(ctx, tx, id); err != nil {
			return err
		}
		if err := discardOutput(ctx, tx, d.goingProjects(tx, id)); err != nil {
			return err
		}
		result, err := row.Conn(tx).Exec(ctx)
		return affected(result, err, resource)
	})
}

func (d deletion) goingProjects(tx bun.Tx, id int64) *bun.SelectQuery {
	return tx.NewSelect().TableExpr("projects AS p").Where(d.projects, id)
}

// noWait refuses a lock that somebody else has, where to wait for it could be a
// circle: that is a reason to begin again.
const noWait = " NOWAIT"

// lock locks what goes, and what of it can be worked on. Projects can be added
// until the namespaces are locked, and a job that waited for others may have come
// into the queue, and been locked by somebody else, before its pipeline was: so
// both are looked at twice. Nobody who works on a job gets a runner that is
// locked, so runners come last.
func (d deletion) lock(ctx context.Context, tx bun.Tx, id int64) error {
	if err := d.lockProjects(ctx, tx, id, ""); err != nil {
		return err
	}
	if d.namespaces != "" {
		if err := lockRows(ctx, tx, tx.NewSelect().TableExpr("namespaces").Where(d.namespaces, id), forDeletion); err != nil {
			return err
		}
	}
	if err := d.lockProjects(ctx, tx, id, noWait); err != nil || d.runners == "" {
		return err
	}
	return lockRows(ctx, tx, tx.NewSelect().TableExpr("runners").Where(d.runners, id), forDeletion)
}

func (d deletion) lockProjects(ctx context.Context, tx bun.Tx, id int64, wait string) error {
	if err := lockRows(ctx, tx, d.goingProjects(tx, id), forDeletion+wait); err != nil {
		return err
	}
	jobs := func(statuses ...domain.JobStatus) *bun.SelectQuery {
		return tx.NewSelect().TableExpr("jobs AS j").
			Where("j.project_id IN (?)", d.goingProjects(tx, id).ColumnExpr("p.id")).Where("j.status IN (?)", bun.List(statuses))
	}
	live := jobs(domain.JobPending, domain.JobRunning, domain.JobCanceling)
	if err := lockRows(ctx, tx, live, forDeletion+wait); err != nil {
		return err
	}
	waiting := jobs(domain.JobCreated).ColumnExpr("j.pipeline_id")
	return lockRows(ctx, tx, tx.NewSelect().TableExpr("pipelines").Where("id IN (?)", waiting), forDeletion+wait)
}

// lockRunner locks a runner that is deleted, after the jobs that it is doing:
// whoever works on them may be waiting for the runner. It may have begun another
// one meanwhile.
func lockRunner(ctx context.Context, tx bun.Tx, id domain.RunnerID) error {
	doing := func() *bun.SelectQuery {
		return tx.NewSelect().TableExpr("jobs AS j").Where("j.runner_id = ?", id).
			Where("j.finished_at IS NULL"). // as the index says
			Where("j.status IN (?)", bun.List([]domain.JobStatus{domain.JobRunning, domain.JobCanceling}))
	}
	if err := lockRows(ctx, tx, doing(), forChange); err != nil {
		return err
	}
	if err := lockRow(ctx, tx, "runners", id, forDeletion); err != nil {
		return err
	}
	return lockRows(ctx, tx, doing(), forChange+noWait)
}
