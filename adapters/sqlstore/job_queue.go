package sqlstore

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// groupOfProjectRow is one of the groups above a project.
type groupOfProjectRow struct {
	Project domain.ProjectID `bun:"project_id"`
	Group   domain.GroupID   `bun:"group_id"`
}

// Queued implements ports.JobRepository, with two statements.
func (s *Jobs) Queued(ctx context.Context, ids []domain.JobID) ([]domain.QueuedJob, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []*jobRow
	err := s.db.bun.NewSelect().Model(&rows).Column("id", "project_id", "status", "tag_list", "protected").
		Relation("Project", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Column("shared_runners_enabled", "group_runners_enabled")
		}).
		Where("j.id IN (?) AND j.status = ?", bun.List(ids), domain.JobPending).OrderExpr("j.id").Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	groups, err := s.groupsAbove(ctx, rows)
	if err != nil {
		return nil, err
	}
	queued := make([]domain.QueuedJob, len(rows))
	for i, row := range rows {
		queued[i] = domain.QueuedJob{
			Job: row.ID, Project: row.ProjectID, Groups: groups[row.ProjectID], Status: row.Status,
			Tags: row.Tags.value, Protected: row.Protected,
			SharedRunnersEnabled: row.Project.SharedRunnersEnabled, GroupRunnersEnabled: row.Project.GroupRunnersEnabled,
		}
	}
	return queued, nil
}

// groupsAbove are the groups above the projects of the jobs.
func (s *Jobs) groupsAbove(ctx context.Context, jobs []*jobRow) (map[domain.ProjectID][]domain.GroupID, error) {
	projects := make([]domain.ProjectID, len(jobs))
	for i, job := range jobs {
		projects[i] = job.ProjectID
	}
	var rows []groupOfProjectRow
	err := s.db.bun.NewSelect().TableExpr("projects AS p").ColumnExpr("p.id AS project_id, n.id AS group_id").
		Join("JOIN namespace_ancestors AS above ON above.namespace_id = p.namespace_id").
		Join("JOIN namespaces AS n ON n.id = above.ancestor_id AND n.kind = ?", domain.NamespaceOfGroup).
		Where("p.id IN (?)", bun.List(projects)).OrderExpr("p.id, n.id").Scan(ctx, &rows)
	groups := make(map[domain.ProjectID][]domain.GroupID)
	for _, row := range rows {
		groups[row.Project] = append(groups[row.Project], row.Group)
	}
	return groups, err
}

// Unfinished implements ports.JobRepository.
func (s *Jobs) Unfinished(ctx context.Context, statuses []domain.JobStatus, before time.Time,
	after domain.JobID, limit int,
) ([]*domain.Job, error) {
	if len(statuses) == 0 {
		return nil, nil
	}
	var rows []*jobRow
	err := selectJob(s.db.bun, &rows).
		Where("j.finished_at IS NULL"). // as the index says
		Where("j.status IN (?)", bun.List(statuses)).
		Where("j.id > ?", after).
		Where("CASE j.status WHEN ? THEN j.queued_at ELSE handover.touched_at END < ?", domain.JobPending, timestamp{before}).
		OrderExpr("j.id").Limit(int64(limit)).Scan(ctx)
	jobs := make([]*domain.Job, len(rows))
	for i, row := range rows {
		jobs[i] = row.job()
	}
	return jobs, err
}

// matchesJob is domain.Runner.Refuses in SQL, for runners r and one job: ?0 is
// its project, ?1 whether its ref is protected, ?2 how many tags it has and ?3
// their keys.
const matchesJob = `r.active AND (r.access_level <> ?4 OR ?1)
	AND (?2 > 0 OR r.run_untagged)
	AND (?2 = 0 OR (SELECT count(*) FROM runner_tags AS tag WHERE tag.runner_id = r.id AND tag.tag_key IN (?3)) = ?2)
	AND CASE r.runner_type
		WHEN ?5 THEN EXISTS (SELECT 1 FROM projects AS p WHERE p.id = ?0 AND p.shared_runners_enabled)
		WHEN ?6 THEN EXISTS (SELECT 1 FROM projects AS p
			JOIN namespace_ancestors AS above ON above.namespace_id = p.namespace_id
			WHERE p.id = ?0 AND p.group_runners_enabled AND above.ancestor_id = r.group_id)
		ELSE EXISTS (SELECT 1 FROM runner_projects AS link WHERE link.runner_id = r.id AND link.project_id = ?0)
	END`

// Matched implements ports.JobRepository.
func (s *Jobs) Matched(ctx context.Context, id domain.JobID, contactedAfter time.Time) (bool, error) {
	job := new(jobRow)
	err := s.db.bun.NewSelect().Model(job).Column("id", "project_id", "status", "tag_list", "protected").Where("j.id = ?", id).Scan(ctx)
	if err != nil {
		return false, found(err, "Job")
	}
	if job.Status != domain.JobPending {
		return false, nil
	}
	keys := tagKeys(job.Tags.value)
	wanted := len(keys)
	if wanted == 0 {
		keys = []string{""}
	}
	return s.db.bun.NewSelect().TableExpr("runners AS r").
		Join("JOIN runner_contacts AS contact ON contact.runner_id = r.id").
		Where("contact.contacted_at > ?", timestamp{contactedAfter}).
		Where(matchesJob, job.ProjectID, job.Protected, wanted, bun.List(keys),
			domain.RefProtected, domain.InstanceRunner, domain.GroupRunner).
		Exists(ctx)
}
