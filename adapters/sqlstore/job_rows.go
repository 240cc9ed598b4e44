package sqlstore

import (
	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// jobRow is a job in the table. What a job shall do is stored as JSON in the
// shape of domain.JobDefinition: renaming a field there needs a migration here,
// which a test of this package says.
type jobRow struct {
	bun.BaseModel `bun:"table:jobs,alias:j"`

	ID            domain.JobID                   `bun:"id,pk,autoincrement"`
	ProjectID     domain.ProjectID               `bun:"project_id"`
	PipelineID    domain.PipelineID              `bun:"pipeline_id"`
	UserID        domain.UserID                  `bun:"user_id,nullzero"`
	RunnerID      domain.RunnerID                `bun:"runner_id,nullzero"`
	Name          string                         `bun:"name"`
	Stage         string                         `bun:"stage"`
	Status        domain.JobStatus               `bun:"status"`
	FailureReason string                         `bun:"failure_reason"`
	Ref           string                         `bun:"ref"`
	Tag           bool                           `bun:"tag"`
	Protected     bool                           `bun:"protected"`
	AllowFailure  bool                           `bun:"allow_failure"`
	Tags          jsonText[domain.Tags]          `bun:"tag_list"`
	Timeout       int64                          `bun:"timeout"`
	Coverage      *float64                       `bun:"coverage"`
	Needs         jsonText[[]domain.JobID]       `bun:"needs"`
	Dependencies  jsonText[[]domain.JobID]       `bun:"dependencies"`
	Definition    jsonText[domain.JobDefinition] `bun:"definition"`
	CreatedAt     timestamp                      `bun:"created_at"`
	QueuedAt      timestamp                      `bun:"queued_at"`
	StartedAt     timestamp                      `bun:"started_at"`
	FinishedAt    timestamp                      `bun:"finished_at"`

	Handover *jobHandoverRow `bun:"rel:has-one,join:id=job_id"`
	Pipeline *pipelineRow    `bun:"rel:belongs-to,join:pipeline_id=id"`
	Project  *projectRow     `bun:"rel:belongs-to,join:project_id=id"`
	User     *userRow        `bun:"rel:belongs-to,join:user_id=id"`
	Runner   *runnerRow      `bun:"rel:belongs-to,join:runner_id=id"`
}

func jobRowOf(j *domain.Job) *jobRow {
	s := j.State()
	return &jobRow{
		ID: s.ID, ProjectID: s.Project, PipelineID: s.Pipeline, UserID: s.User, RunnerID: s.Runner,
		Name: s.Name, Stage: s.Stage, Status: s.Status, FailureReason: s.FailureReason, Ref: s.Ref, Tag: s.Tag,
		Protected: s.Protected, AllowFailure: s.AllowFailure, Tags: jsonText[domain.Tags]{s.Tags},
		Timeout: s.Timeout, Coverage: s.Coverage, Needs: jsonText[[]domain.JobID]{s.Needs},
		Dependencies: jsonText[[]domain.JobID]{s.Dependencies}, Definition: jsonText[domain.JobDefinition]{s.Definition},
		CreatedAt: timestamp{s.CreatedAt}, QueuedAt: timestamp{s.QueuedAt},
		StartedAt: timestamp{s.StartedAt}, FinishedAt: timestamp{s.FinishedAt}, Handover: jobHandoverRowOf(s),
	}
}

func (row *jobRow) job() *domain.Job {
	s := domain.JobState{
		ID: row.ID, Project: row.ProjectID, Pipeline: row.PipelineID, User: row.UserID, Runner: row.RunnerID,
		Name: row.Name, Stage: row.Stage, Status: row.Status, FailureReason: row.FailureReason, Ref: row.Ref, Tag: row.Tag,
		Protected: row.Protected, AllowFailure: row.AllowFailure, Tags: row.Tags.value,
		Timeout: row.Timeout, Coverage: row.Coverage, Needs: row.Needs.value,
		Dependencies: row.Dependencies.value, Definition: row.Definition.value,
		CreatedAt: row.CreatedAt.Time, QueuedAt: row.QueuedAt.Time,
		StartedAt: row.StartedAt.Time, FinishedAt: row.FinishedAt.Time,
	}
	row.Handover.addTo(&s)
	return domain.RestoreJob(s)
}

// selectJob selects into one row or a slice of rows all that a job knows.
func selectJob(db bun.IDB, into any) *bun.SelectQuery {
	return db.NewSelect().Model(into).ColumnExpr("j.*").Relation("Handover")
}

// jobColumns selects a job with all that is shown beside it, in one statement.
func jobColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return jobSurroundings(q).
		Relation("Runner").Relation("Runner.Contact").
		// Without a runner there is nothing to count, not even zero.
		ColumnExpr("CASE WHEN ?0 IS NOT NULL THEN "+projectCount+" END AS runner__project_count",
			bun.Ident("runner.id"), domain.SeveralProjects)
}

// jobSurroundings is jobColumns without the runner, which makes it faster.
func jobSurroundings(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("j.*").Relation("Handover").
		Relation("Pipeline").Relation("Project").Relation("Project.Namespace").
		Relation("User").ColumnExpr(namespaceOfUser+" AS user__namespace_id", bun.Ident("user.id"))
}

func (row *jobRow) details() ports.JobDetails {
	details := ports.JobDetails{
		Job: row.job(), Pipeline: row.Pipeline.pipeline(), Commit: row.Pipeline.Commit.value, Project: row.Project.project(),
	}
	if row.User != nil {
		details.User = row.User.user()
	}
	if row.Runner != nil {
		details.Runner = row.Runner.runner()
	}
	return details
}

// pipelineRow is a pipeline in the table, with the commit that it is for. The
// times of a commit keep their offsets in the JSON.
type pipelineRow struct {
	bun.BaseModel `bun:"table:pipelines,alias:pl"`

	ID        domain.PipelineID        `bun:"id,pk,autoincrement"`
	ProjectID domain.ProjectID         `bun:"project_id"`
	SHA       string                   `bun:"sha"`
	Ref       string                   `bun:"ref"`
	Tag       bool                     `bun:"tag"`
	Status    domain.JobStatus         `bun:"status"`
	Commit    jsonText[*domain.Commit] `bun:"commit_data"`
	CreatedAt timestamp                `bun:"created_at"`
	UpdatedAt timestamp                `bun:"updated_at"`
}

func pipelineRowOf(p domain.Pipeline, commit *domain.Commit) *pipelineRow {
	return &pipelineRow{
		ID: p.ID, ProjectID: p.Project, SHA: p.SHA, Ref: p.Ref, Tag: p.Tag, Status: p.Status,
		Commit: jsonText[*domain.Commit]{commit}, CreatedAt: timestamp{p.CreatedAt}, UpdatedAt: timestamp{p.UpdatedAt},
	}
}

func (row *pipelineRow) pipeline() domain.Pipeline {
	return domain.Pipeline{
		ID: row.ID, Project: row.ProjectID, SHA: row.SHA, Ref: row.Ref, Tag: row.Tag, Status: row.Status,
		CreatedAt: row.CreatedAt.Time, UpdatedAt: row.UpdatedAt.Time,
	}
}
