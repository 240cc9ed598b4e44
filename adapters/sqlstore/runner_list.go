package sqlstore

import (
	"context"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// List implements ports.RunnerRepository.
func (s *Runners) List(ctx context.Context, among ports.RunnerSource, f domain.RunnerFilter, p ports.Page) ([]*domain.Runner, int, error) {
	runners := []*domain.Runner{}
	if f.Nothing || f.Types != nil && len(f.Types) == 0 {
		return runners, 0, nil
	}
	matching := func() *bun.SelectQuery {
		return filterRunners(sourceOfRunners(s.db.NewSelect().TableExpr("runners AS r"), among), f)
	}
	var rows []*runnerRow
	page := runnerColumns(s.db.NewSelect().Model(&rows))
	if err := pageByID(page, matching(), "r.id", ascending, p).Scan(ctx); err != nil {
		return nil, 0, err
	}
	for _, row := range rows {
		runners = append(runners, row.runner())
	}
	count, err := total(ctx, s.db, len(rows), p, matching())
	return runners, count, err
}

// The runners of a source, each once because none of these joins. For OwnedBy
// the user is ?0 and the moment ?1; for the others the project or group is ?0.
const (
	ownedRunners = `(r.runner_type = 'project_type' AND r.id IN (
			SELECT link.runner_id FROM runner_projects AS link JOIN projects AS p ON p.id = link.project_id
			WHERE p.id IN (` + memberProjects + ` AND m.level >= ?2)
				OR p.namespace_id IN (` + memberNamespaces + ` AND m.level >= ?2)
				OR p.namespace_id IN (` + personalNamespace + `)))
		OR (r.runner_type = 'group_type' AND r.group_id IN (` + memberNamespaces + ` AND m.level >= ?3))`

	runnersUsableInProject = `r.runner_type = 'instance_type'
		OR r.id IN (SELECT link.runner_id FROM runner_projects AS link WHERE link.project_id = ?0)
		OR r.group_id IN (SELECT above.ancestor_id FROM namespace_ancestors AS above
			JOIN projects AS p ON p.namespace_id = above.namespace_id WHERE p.id = ?0)`

	runnersUsableInGroup = `r.runner_type = 'instance_type'
		OR r.group_id IN (SELECT above.ancestor_id FROM namespace_ancestors AS above WHERE above.namespace_id = ?0)`
)

func sourceOfRunners(q *bun.SelectQuery, among ports.RunnerSource) *bun.SelectQuery {
	switch {
	case among.OwnedBy != 0:
		return q.Where(ownedRunners, among.OwnedBy, timestamp{among.At}, domain.Maintainer, domain.Owner)
	case among.UsableIn != 0:
		return q.Where(runnersUsableInProject, among.UsableIn)
	case among.UsableInGroup != 0:
		return q.Where(runnersUsableInGroup, among.UsableInGroup)
	}
	return q
}

// filterRunners is domain.RunnerFilter.Matches in SQL.
func filterRunners(q *bun.SelectQuery, f domain.RunnerFilter) *bun.SelectQuery {
	if !f.ContactedAfter.IsZero() || !f.NotContactedAfter.IsZero() || f.VersionPrefix != "" {
		q = q.Join("LEFT JOIN runner_contacts AS contact ON contact.runner_id = r.id")
	}
	if f.Types != nil {
		q = q.Where("r.runner_type IN (?)", bun.List(f.Types))
	}
	if f.Active != nil {
		q = q.Where("r.active = ?", *f.Active)
	}
	if !f.ContactedAfter.IsZero() {
		q = q.Where("contact.contacted_at > ?", timestamp{f.ContactedAfter})
	}
	if !f.NotContactedAfter.IsZero() {
		q = q.Where("contact.contacted_at IS NULL OR contact.contacted_at <= ?", timestamp{f.NotContactedAfter})
	}
	if keys := tagKeys(f.Tags); len(keys) > 0 {
		q = q.Where(`r.id IN (SELECT tag.runner_id FROM runner_tags AS tag WHERE tag.tag_key IN (?)
			GROUP BY tag.runner_id HAVING count(*) = ?)`, bun.List(keys), len(keys))
	}
	if f.VersionPrefix != "" {
		// Not LIKE, which ignores case on SQLite and has wildcards.
		q = q.Where("substr(contact.version, 1, ?) = ?", utf8.RuneCountInString(f.VersionPrefix), f.VersionPrefix)
	}
	return q
}
