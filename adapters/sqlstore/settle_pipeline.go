package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// settle does what the pipeline of a job needs after the job changed: jobs that
// wait for others are told, and the pipeline gets the status of all its jobs. It
// returns the jobs that came into the queue, the changed one included.
func settle(ctx context.Context, tx bun.Tx, before, after *jobRow, now time.Time) ([]domain.JobID, error) {
	if before.Status == after.Status {
		return nil, nil
	}
	if after.Status == domain.JobRunning {
		return nil, inOneGo(ctx, tx, []bun.Query{pipelineStart(tx, after.PipelineID, now)})
	}
	if err := lockRow(ctx, tx, "pipelines", after.PipelineID, forChange); err != nil {
		return nil, err
	}
	jobs, err := jobsOfPipeline(ctx, tx, after.PipelineID)
	if err != nil {
		return nil, err
	}
	moved := awaitEachOther(jobs, now)
	if err := saveMoved(ctx, tx, moved); err != nil {
		return nil, err
	}
	if err := savePipelineStatus(ctx, tx, after.PipelineID, jobs, now); err != nil {
		return nil, err
	}
	return queuedAmong(append(moved, after)), nil
}

// pipelineStart makes the pipeline of a job that begins to run a running one.
// Other jobs need not be looked at for that. It writes, and so locks, the row
// even if the pipeline runs already: whoever sums up the jobs at this moment,
// because another one goes back into the queue, must see this one.
func pipelineStart(db bun.IDB, id domain.PipelineID, now time.Time) bun.Query {
	return db.NewUpdate().Model((*pipelineRow)(nil)).
		Set("updated_at = CASE status WHEN ?0 THEN updated_at ELSE ?1 END", domain.JobRunning, timestamp{now}).
		Set("status = ?", domain.JobRunning).
		Where("id = ?", id)
}

// jobsOfPipeline reads what the jobs must know of each other.
func jobsOfPipeline(ctx context.Context, tx bun.Tx, id domain.PipelineID) ([]*jobRow, error) {
	var jobs []*jobRow
	err := tx.NewSelect().Model(&jobs).
		Column("id", "project_id", "status", "failure_reason", "allow_failure", "needs", "tag_list", "protected", "queued_at", "finished_at").
		Where("j.pipeline_id = ?", id).OrderExpr("j.id").Scan(ctx)
	return jobs, err
}

// awaitEachOther lets those move that wait for others, until nothing moves any
// more, and returns those that did.
func awaitEachOther(jobs []*jobRow, now time.Time) []*jobRow {
	var moved []*jobRow
	for again := true; again; {
		again = false
		siblings := siblingsOf(jobs)
		for i, row := range jobs {
			if row.Status != domain.JobCreated {
				continue
			}
			job := row.job()
			job.Await(siblings, now)
			if job.State().Status == row.Status {
				continue
			}
			jobs[i] = jobRowOf(job)
			moved = append(moved, jobs[i])
			again = true
		}
	}
	return moved
}

// saveMoved stores jobs that waited for others: one statement for those that
// became pending, one for those that were skipped.
func saveMoved(ctx context.Context, tx bun.Tx, moved []*jobRow) error {
	byStatus := make(map[domain.JobStatus][]*jobRow)
	for _, row := range moved {
		byStatus[row.Status] = append(byStatus[row.Status], row)
	}
	for status, rows := range byStatus {
		ids := make([]domain.JobID, len(rows))
		waiting := make([]*waitingJobRow, len(rows))
		for i, row := range rows {
			ids[i], waiting[i] = row.ID, waitingJobRowOf(row)
		}
		writes := []bun.Query{
			// All of them moved at the same moment.
			tx.NewUpdate().Model((*jobRow)(nil)).
				Set("status = ?", status).
				Set("failure_reason = ?", rows[0].FailureReason).
				Set("queued_at = ?", rows[0].QueuedAt).
				Set("finished_at = ?", rows[0].FinishedAt).
				Where("id IN (?)", bun.List(ids)),
		}
		if status == domain.JobPending {
			writes = append(writes, tx.NewInsert().Model(&waiting))
		}
		if err := inOneGo(ctx, tx, writes); err != nil {
			return err
		}
	}
	return nil
}

func savePipelineStatus(ctx context.Context, tx bun.Tx, id domain.PipelineID, jobs []*jobRow, now time.Time) error {
	siblings := siblingsOf(jobs)
	outcomes := make([]domain.JobOutcome, len(siblings))
	for i, sibling := range siblings {
		outcomes[i] = sibling.JobOutcome
	}
	status := domain.PipelineStatus(outcomes)
	_, err := tx.NewUpdate().Model((*pipelineRow)(nil)).
		Set("status = ?", status).Set("updated_at = ?", timestamp{now}).
		Where("id = ? AND status <> ?", id, status).Exec(ctx)
	return err
}

func queuedAmong(jobs []*jobRow) []domain.JobID {
	var ids []domain.JobID
	for _, job := range jobs {
		if job.Status == domain.JobPending {
			ids = append(ids, job.ID)
		}
	}
	slices.Sort(ids)
	return ids
}
