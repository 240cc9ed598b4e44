package sqlstore

import (
	"github.com/jackc/pgx/v5/pgtype"

	"runyard/domain"
)

// claimedColumns are the groups above the project of a job that waits, and all
// that pointersToClaimed points to, in the same order. A job that waits was never
// at an agent: it has no row in job_handovers, and no runner.
const claimedColumns = `ARRAY(SELECT above.ancestor_id FROM namespace_ancestors AS above WHERE above.namespace_id = p.namespace_id),
	j.id, j.project_id, j.pipeline_id, COALESCE(j.user_id, 0), j.name, j.stage, j.status, j.failure_reason, j.ref, j.tag,
	j.protected, j.allow_failure, j.tag_list, j.timeout, j.coverage, j.needs, j.dependencies, j.definition,
	j.created_at, j.queued_at,
	pl.id, pl.project_id, pl.sha, pl.ref, pl.tag, pl.status, pl.commit_data, pl.created_at, pl.updated_at,
	p.id, p.name, p.path, p.description, p.default_branch, p.visibility, p.shared_runners_enabled, p.group_runners_enabled,
	p.build_timeout, p.repository_url, p.token_seed, COALESCE(p.token_digest, ''), p.created_at,
	COALESCE(p.runner_token_expiration_interval, 0),
	n.id, n.kind, COALESCE(n.owner_id, 0), COALESCE(n.parent_id, 0), n.name, n.path, n.full_name, n.full_path,
	u.id, u.username, u.name, u.email, u.admin, u.status, u.created_at, own.id`

func newClaimedRow() *jobRow {
	return &jobRow{Pipeline: new(pipelineRow), Project: &projectRow{Namespace: new(namespaceRow)}}
}

// claimedUser is the user of a job, who may be gone.
type claimedUser struct {
	id, namespace                 pgtype.Int8
	username, name, email, status pgtype.Text
	admin                         pgtype.Bool
	createdAt                     timestamp
}

func (u *claimedUser) row() *userRow {
	if !u.id.Valid {
		return nil
	}
	return &userRow{
		ID: domain.UserID(u.id.Int64), Username: u.username.String, Name: u.name.String, Email: u.email.String,
		Admin: u.admin.Bool, Status: domain.UserStatus(u.status.String), CreatedAt: u.createdAt,
		Namespace: domain.NamespaceID(u.namespace.Int64),
	}
}

// pointersToClaimed is where the columns go.
func pointersToClaimed(j *jobRow, u *claimedUser) []any {
	pl, p, n := j.Pipeline, j.Project, j.Project.Namespace
	return []any{
		&j.ID, &j.ProjectID, &j.PipelineID, &j.UserID, &j.Name, &j.Stage, &j.Status, &j.FailureReason, &j.Ref, &j.Tag,
		&j.Protected, &j.AllowFailure, &j.Tags, &j.Timeout, &j.Coverage, &j.Needs, &j.Dependencies, &j.Definition,
		&j.CreatedAt, &j.QueuedAt,
		&pl.ID, &pl.ProjectID, &pl.SHA, &pl.Ref, &pl.Tag, &pl.Status, &pl.Commit, &pl.CreatedAt, &pl.UpdatedAt,
		&p.ID, &p.Name, &p.Path, &p.Description, &p.DefaultBranch, &p.Visibility, &p.SharedRunnersEnabled, &p.GroupRunnersEnabled,
		&p.BuildTimeout, &p.RepositoryURL, &p.TokenSeed, &p.TokenDigest, &p.CreatedAt,
		&p.TokenExpirationInterval,
		&n.ID, &n.Kind, &n.OwnerID, &n.ParentID, &n.Name, &n.Path, &n.FullName, &n.FullPath,
		&u.id, &u.username, &u.name, &u.email, &u.admin, &u.status, &u.createdAt, &u.namespace,
	}
}
