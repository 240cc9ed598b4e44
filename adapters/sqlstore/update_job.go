package sqlstore

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// The order of locks among jobs and pipelines, which every writer keeps so that
// none waits for another in a circle:
//
//   - A job is locked before its pipeline. Update and Claim do so.
//   - Only a job that waits for others (created) is locked after its pipeline:
//     whoever moves such jobs on holds the pipeline already. Nobody else locks
//     them, and none becomes created again.
//   - Enqueue keeps the project, locks the pipeline, and makes a job that nobody
//     can have locked.
//   - Who deletes projects locks them, then their jobs that are not over, then
//     the pipelines of those that wait for others, then namespaces and runners.
//     Who deletes a runner locks the jobs that it is doing before.
//   - The rows of a job in other tables are written by who holds the job's lock.
var (
	// errWaitsForOthers: the pipeline must be locked before this job.
	errWaitsForOthers = errors.New("the job waits for others")
	// errMovedOn: the job may only be locked before its pipeline.
	errMovedOn = errors.New("the job waits for others no more")
)

// Update implements ports.JobRepository.
func (s *Jobs) Update(ctx context.Context, id domain.JobID, now time.Time, change func(j *domain.Job) error) ([]domain.JobID, error) {
	queued, err := s.update(ctx, id, now, lockJob, change)
	if errors.Is(err, errWaitsForOthers) {
		queued, err = s.update(ctx, id, now, lockJobThatWaits, change)
	}
	if errors.Is(err, errMovedOn) {
		queued, err = s.update(ctx, id, now, lockJob, change)
	}
	if errors.Is(err, errWaitsForOthers) {
		err = domain.NotFound("Job") // deleted since it moved on
	}
	return queued, err
}

func (s *Jobs) update(ctx context.Context, id domain.JobID, now time.Time,
	lock func(ctx context.Context, tx bun.Tx, id domain.JobID) error, change func(j *domain.Job) error,
) ([]domain.JobID, error) {
	var queued []domain.JobID
	var before, after *jobRow
	err := s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		err := lock(ctx, tx, id)
		if err != nil {
			return err
		}
		before, err = findJob(ctx, tx, "j.id = ?", id)
		if err != nil {
			return err
		}
		job := before.job()
		if err := change(job); err != nil {
			return err
		}
		after = jobRowOf(job)
		after.ID, after.ProjectID, after.PipelineID = before.ID, before.ProjectID, before.PipelineID
		if err := inOneGo(ctx, tx, jobWrites(tx, before, after)); err != nil {
			return err
		}
		if queued, err = settle(ctx, tx, before, after, now); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.db.noteQueue(before, after, queued)
	return queued, nil
}

// lockJob locks a job, unless it is one that waits for others: those are locked
// after their pipeline.
func lockJob(ctx context.Context, tx bun.Tx, id domain.JobID) error {
	if !isPostgreSQL(tx) {
		return nil
	}
	locked, err := tx.NewSelect().TableExpr("jobs").ColumnExpr("id").
		Where("id = ? AND status <> ?", id, domain.JobCreated).For(forChange).Exec(ctx)
	if err := affected(locked, err, ""); domain.IsNotFound(err) {
		return errWaitsForOthers // or is not there, which shows then
	}
	return err
}

// lockJobThatWaits locks the pipeline, and then the job.
func lockJobThatWaits(ctx context.Context, tx bun.Tx, id domain.JobID) error {
	pipeline := tx.NewSelect().TableExpr("pipelines").Where("id = (SELECT j.pipeline_id FROM jobs AS j WHERE j.id = ?)", id)
	if err := lockRows(ctx, tx, pipeline, forChange); err != nil {
		return err
	}
	if _, err := tx.NewSelect().TableExpr("jobs").ColumnExpr("id").
		Where("id = ? AND status = ?", id, domain.JobCreated).For(forChange).Exec(ctx); err != nil {
		return err
	}
	row, err := findJob(ctx, tx, "j.id = ?", id)
	if err == nil && row.Status != domain.JobCreated {
		err = errMovedOn
	}
	return err
}

// jobWrites stores what became of a job: only what is different. What it shall
// do never is.
func jobWrites(tx bun.Tx, before, after *jobRow) []bun.Query {
	writes := handoverWrites(tx, before, after)
	if !sameJob(before, after) {
		writes = append(writes, tx.NewUpdate().Model(after).ExcludeColumn("definition").WherePK())
	}
	return append(writes, queueWrites(tx, before, after)...)
}

// sameJob compares the columns of jobs.
func sameJob(before, after *jobRow) bool {
	one, other := *before, *after
	one.Handover, other.Handover = nil, nil
	return reflect.DeepEqual(one, other)
}

// handoverWrites stores what is known of a job at an agent, and forgets it when
// the job was taken back.
func handoverWrites(db bun.IDB, before, after *jobRow) []bun.Query {
	var known *jobHandoverRow
	if before != nil {
		known = before.Handover
	}
	row := after.Handover
	switch {
	case row == nil && known == nil:
		return nil
	case row == nil:
		return []bun.Query{db.NewDelete().Model(known).WherePK()}
	}
	row.JobID = after.ID
	if reflect.DeepEqual(known, row) {
		return nil
	}
	return []bun.Query{saveHandover(db, row)}
}
