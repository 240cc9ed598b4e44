package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// The members of the group or project ?0. A personal namespace has no members
// but its owner, who counts as a member of its projects with the level ?1.
const (
	memberFields = `m.id, m.user_id, m.level, m.expires_at, m.created_at`

	membersOfGroup = `SELECT ` + memberFields + ` FROM members AS m WHERE m.namespace_id = ?0`

	membersOfGroupAndAbove = `SELECT ` + memberFields + ` FROM members AS m WHERE m.namespace_id IN (
		SELECT above.ancestor_id FROM namespace_ancestors AS above WHERE above.namespace_id = ?0)`

	membersOfProject = `SELECT ` + memberFields + ` FROM members AS m WHERE m.project_id = ?0
		UNION ALL SELECT 0, n.owner_id, ?1, NULL, p.created_at FROM projects AS p
			JOIN namespaces AS n ON n.id = p.namespace_id WHERE p.id = ?0 AND n.owner_id IS NOT NULL`

	membersOfProjectAndAbove = membersOfProject + `
		UNION ALL SELECT ` + memberFields + ` FROM members AS m WHERE m.namespace_id IN (
			SELECT above.ancestor_id FROM namespace_ancestors AS above
			JOIN projects AS p ON p.namespace_id = above.namespace_id WHERE p.id = ?0)`

	// strongest numbers the memberships of each user, the one that counts first.
	strongest = `row_number() OVER (PARTITION BY m.user_id
		ORDER BY m.level DESC, m.expires_at IS NULL DESC, m.expires_at DESC, m.id) AS strength`
)

// List implements ports.MemberRepository.
func (s *Members) List(ctx context.Context, of ports.MemberSource, inherited bool, p ports.Page) ([]ports.Member, int, error) {
	matching := s.members(of, inherited)
	var rows []*memberRow
	page := withUser(s.db.bun.NewSelect().Model(&rows).ColumnExpr(memberFields)).Apply(matching).OrderExpr("m.user_id")
	if err := window(page, p).Scan(ctx); err != nil {
		return nil, 0, err
	}
	members := make([]ports.Member, len(rows))
	for i, row := range rows {
		members[i] = row.member()
	}
	count, err := total(ctx, s.db.bun, len(rows), p, s.db.bun.NewSelect().Model((*memberRow)(nil)).Apply(matching))
	return members, count, err
}

// members selects the members, each once with the membership that counts.
func (s *Members) members(of ports.MemberSource, inherited bool) func(*bun.SelectQuery) *bun.SelectQuery {
	ranked := s.db.bun.NewSelect().TableExpr("(?) AS m", s.membersOf(of, inherited)).ColumnExpr("m.*").ColumnExpr(strongest)
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.ModelTableExpr("(?) AS m", ranked).Where("m.strength = 1")
	}
}

func (s *Members) membersOf(of ports.MemberSource, inherited bool) *bun.RawQuery {
	switch {
	case of.Group != 0 && inherited:
		return s.db.bun.NewRaw(membersOfGroupAndAbove, of.Group)
	case of.Group != 0:
		return s.db.bun.NewRaw(membersOfGroup, of.Group)
	case inherited:
		return s.db.bun.NewRaw(membersOfProjectAndAbove, of.Project, domain.Owner)
	}
	return s.db.bun.NewRaw(membersOfProject, of.Project, domain.Owner)
}
