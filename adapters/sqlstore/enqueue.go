package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// Enqueue implements ports.JobRepository.
func (s *Jobs) Enqueue(ctx context.Context, project domain.ProjectID, pipeline domain.PipelineID,
	plan func(p domain.Pipeline, siblings []domain.JobSibling) (ports.Enqueued, error),
) (domain.JobID, error) {
	var row *jobRow
	err := s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		joined, siblings, err := lockPipeline(ctx, tx, project, pipeline)
		if err != nil {
			return err
		}
		planned, err := plan(joined, siblings)
		if err != nil {
			return err
		}
		row = jobRowOf(planned.Job)
		row.ID, row.ProjectID = 0, project
		row.PipelineID, err = savePipeline(ctx, tx, project, planned, siblings)
		if err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		return inOneGo(ctx, tx, append(handoverWrites(tx, nil, row), queueWrites(tx, nil, row)...))
	})
	if row == nil {
		return 0, err
	}
	if err == nil {
		s.db.noteQueue(nil, row, queuedAmong([]*jobRow{row}))
	}
	return row.ID, missing(ctx, s.db, err,
		reference{"projects", int64(project), "Project"},
		reference{"pipelines", int64(row.PipelineID), "Pipeline"},
		reference{"users", int64(row.UserID), "User"},
		reference{"runners", int64(row.RunnerID), "Runner"})
}

// lockPipeline returns the pipeline and its jobs. Nobody else can add to it
// until the transaction ends. A zero id has nothing to lock.
func lockPipeline(ctx context.Context, tx bun.Tx, project domain.ProjectID, id domain.PipelineID) (domain.Pipeline, []domain.JobSibling, error) {
	if id == 0 {
		return domain.Pipeline{}, nil, nil
	}
	if err := lockRow(ctx, tx, "projects", project, forPointing); err != nil {
		return domain.Pipeline{}, nil, err
	}
	if err := lockRow(ctx, tx, "pipelines", id, forChange); err != nil {
		return domain.Pipeline{}, nil, err
	}
	row := new(pipelineRow)
	if err := tx.NewSelect().Model(row).Where("pl.id = ? AND pl.project_id = ?", id, project).Scan(ctx); err != nil {
		return domain.Pipeline{}, nil, found(err, "Pipeline")
	}
	var jobs []*jobRow
	err := tx.NewSelect().Model(&jobs).Column("id", "status", "allow_failure").
		Where("j.pipeline_id = ?", id).OrderExpr("j.id").Scan(ctx)
	if err != nil {
		return domain.Pipeline{}, nil, err
	}
	return row.pipeline(), siblingsOf(jobs), nil
}

func siblingsOf(jobs []*jobRow) []domain.JobSibling {
	siblings := make([]domain.JobSibling, len(jobs))
	for i, job := range jobs {
		siblings[i] = domain.JobSibling{
			ID: job.ID, JobOutcome: domain.JobOutcome{Status: job.Status, AllowFailure: job.AllowFailure},
		}
	}
	return siblings
}

// savePipeline stores the pipeline of the planned job, with the status that all
// its jobs give it, and returns its id.
func savePipeline(ctx context.Context, tx bun.Tx, project domain.ProjectID, planned ports.Enqueued, siblings []domain.JobSibling) (domain.PipelineID, error) {
	job := planned.Job.State()
	outcomes := []domain.JobOutcome{{Status: job.Status, AllowFailure: job.AllowFailure}}
	for _, sibling := range siblings {
		outcomes = append(outcomes, sibling.JobOutcome)
	}
	row := pipelineRowOf(planned.Pipeline, planned.Commit)
	row.ProjectID, row.Status = project, domain.PipelineStatus(outcomes)
	if row.ID == 0 {
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		return row.ID, err
	}
	_, err := tx.NewUpdate().Model(row).
		Set("status = ?", row.Status).
		Set("updated_at = COALESCE(?, updated_at)", row.UpdatedAt).
		WherePK().Exec(ctx)
	return row.ID, err
}
