package sqlstore

import (
	"context"
	"slices"

	"runyard/domain"
	"runyard/ports"
)

// listedJobFields are the columns of a job j that lists show, of its pipeline pl,
// of its project p in the namespace n, of its user u with the namespace own, and
// of its runner r with the contact c. They come in the order of
// listedJobRow.fields. The user and the runner may be gone.
const listedJobFields = `j.id, j.name, j.stage, j.status, j.failure_reason, j.ref, j.tag, j.allow_failure, j.tag_list, j.coverage,
	j.created_at, j.queued_at, j.started_at, j.finished_at,
	pl.id, pl.project_id, pl.sha, pl.ref, pl.tag, pl.status, pl.commit_data, pl.created_at, pl.updated_at,
	COALESCE(u.id, 0), COALESCE(u.username, ''), COALESCE(u.name, ''), COALESCE(u.email, ''),
	COALESCE(u.admin, FALSE), COALESCE(u.status, ''), u.created_at, COALESCE(own.id, 0),
	COALESCE(r.id, 0), COALESCE(r.runner_type, ''), r.description, r.name, COALESCE(r.active, FALSE), c.ip_address, c.contacted_at, ` +
	projectFields

// listedJobTables follow on jobs j. PostgreSQL plans the joins of the first eight
// tables together, so what must be there comes first.
const listedJobTables = `JOIN pipelines AS pl ON pl.id = j.pipeline_id
	JOIN projects AS p ON p.id = j.project_id JOIN namespaces AS n ON n.id = p.namespace_id
	LEFT JOIN users AS u ON u.id = j.user_id LEFT JOIN namespaces AS own ON own.owner_id = u.id
	LEFT JOIN runners AS r ON r.id = j.runner_id LEFT JOIN runner_contacts AS c ON c.runner_id = r.id`

// listedJobRow is where listedJobFields go to.
type listedJobRow struct {
	job      jobRow
	pipeline pipelineRow
	project  projectRow
	user     userRow
	runner   runnerSummaryRow
}

func (row *listedJobRow) fields() []any {
	j, pl, u := &row.job, &row.pipeline, &row.user
	return slices.Concat([]any{
		(*int64)(&j.ID), &j.Name, &j.Stage, (*string)(&j.Status), &j.FailureReason, &j.Ref, &j.Tag, &j.AllowFailure, &j.Tags, &j.Coverage,
		&j.CreatedAt, &j.QueuedAt, &j.StartedAt, &j.FinishedAt,
		(*int64)(&pl.ID), (*int64)(&pl.ProjectID), &pl.SHA, &pl.Ref, &pl.Tag, (*string)(&pl.Status), &pl.Commit, &pl.CreatedAt, &pl.UpdatedAt,
		(*int64)(&u.ID), &u.Username, &u.Name, &u.Email,
		&u.Admin, (*string)(&u.Status), &u.CreatedAt, (*int64)(&u.Namespace),
	}, row.runner.fields(), row.project.fields())
}

func (row *listedJobRow) listed() ports.ListedJob {
	j := &row.job
	listed := ports.ListedJob{
		Job: domain.JobSummary{
			ID: j.ID, Name: j.Name, Stage: j.Stage, Status: j.Status, FailureReason: j.FailureReason, Ref: j.Ref, Tag: j.Tag,
			AllowFailure: j.AllowFailure, Tags: j.Tags.value, Coverage: j.Coverage,
			CreatedAt: j.CreatedAt.Time, QueuedAt: j.QueuedAt.Time, StartedAt: j.StartedAt.Time, FinishedAt: j.FinishedAt.Time,
		},
		Pipeline: row.pipeline.pipeline(), Commit: row.pipeline.Commit.value, Project: row.project.project(),
	}
	if row.user.ID != 0 {
		listed.User = row.user.user()
	}
	if row.runner.ID != 0 {
		runner := row.runner.summary()
		listed.Runner = &runner
	}
	return listed
}

// readPage reads jobs, and how many the list has if the statement tells that.
func (s *Jobs) readPage(ctx context.Context, q statement, size int) (jobs []ports.ListedJob, counted int, err error) {
	jobs = make([]ports.ListedJob, 0, size)
	var row listedJobRow
	into := append([]any{&counted}, row.fields()...)
	err = s.db.read(ctx, q, func(from scanner) error {
		if err := from.Scan(into...); err != nil {
			return err
		}
		jobs = append(jobs, row.listed())
		return nil
	})
	return jobs, counted, err
}
