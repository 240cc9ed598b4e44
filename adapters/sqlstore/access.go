package sqlstore

import (
	"context"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// The building blocks of access, with the user as ?0 and the moment as ?1. They
// name projects p, namespaces n, runners r.
const (
	// validMember selects the user's memberships m that have not expired.
	validMember = `m.user_id = ?0 AND (m.expires_at IS NULL OR m.expires_at > ?1)`

	// personalNamespace is the user's own namespace.
	personalNamespace = `SELECT own.id FROM namespaces AS own WHERE own.owner_id = ?0`

	// levelOnProject is the user's highest level on p.
	levelOnProject = `CASE WHEN p.namespace_id IN (` + personalNamespace + `) THEN 50 ELSE COALESCE((
		SELECT max(m.level) FROM members AS m WHERE ` + validMember + ` AND (m.project_id = p.id OR m.namespace_id IN (
			SELECT above.ancestor_id FROM namespace_ancestors AS above WHERE above.namespace_id = p.namespace_id))), 0) END`

	// levelOnGroup is the user's highest level on n.
	levelOnGroup = `COALESCE((
		SELECT max(m.level) FROM members AS m WHERE ` + validMember + ` AND m.namespace_id IN (
			SELECT above.ancestor_id FROM namespace_ancestors AS above WHERE above.namespace_id = n.id)), 0)`

	// memberNamespaces are the namespaces where the user has some level,
	// inherited or own; a further condition on m can be appended.
	memberNamespaces = `SELECT below.namespace_id FROM members AS m
		JOIN namespace_ancestors AS below ON below.ancestor_id = m.namespace_id WHERE ` + validMember

	// memberProjects are the projects where the user is a member; a further
	// condition on m can be appended.
	memberProjects = `SELECT m.project_id FROM members AS m WHERE m.project_id IS NOT NULL AND ` + validMember

	// hasProject holds if the user has some level on p.
	hasProject = `(p.id IN (` + memberProjects + `) OR p.namespace_id IN (` + memberNamespaces + `)
		OR p.namespace_id IN (` + personalNamespace + `))`

	// seesProject holds if p is visible to the user.
	seesProject = `(p.visibility IN ('internal', 'public') OR ` + hasProject + `)`

	// seesProjectIn holds if a project in n or below it is visible to the user.
	seesProjectIn = `EXISTS (SELECT 1 FROM namespace_ancestors AS inside
		JOIN projects AS p ON p.namespace_id = inside.namespace_id
		WHERE inside.ancestor_id = n.id AND ` + seesProject + `)`

	// seesGroup holds if the group n is visible to the user.
	seesGroup = `(n.visibility IN ('internal', 'public') OR n.id IN (` + memberNamespaces + `) OR ` + seesProjectIn + `)`

	// levelOnRunner is the user's highest level on the runner with the id ?2.
	levelOnRunner = `SELECT COALESCE(max(levels.level), 0) FROM (
		SELECT m.level FROM members AS m
			JOIN runner_projects AS link ON link.project_id = m.project_id
			WHERE link.runner_id = ?2 AND ` + validMember + `
		UNION ALL SELECT m.level FROM members AS m
			JOIN namespace_ancestors AS below ON below.ancestor_id = m.namespace_id
			JOIN projects AS p ON p.namespace_id = below.namespace_id
			JOIN runner_projects AS link ON link.project_id = p.id
			WHERE link.runner_id = ?2 AND ` + validMember + `
		UNION ALL SELECT m.level FROM members AS m
			JOIN namespace_ancestors AS below ON below.ancestor_id = m.namespace_id
			JOIN runners AS r ON r.group_id = below.namespace_id
			WHERE r.id = ?2 AND ` + validMember + `
		UNION ALL SELECT 50 FROM projects AS p
			JOIN runner_projects AS link ON link.project_id = p.id
			WHERE link.runner_id = ?2 AND p.namespace_id IN (` + personalNamespace + `)
	) AS levels`
)

// What Access asks of the user $1, at the moment $2, and of $3.
var (
	onProject     = numbered(`SELECT ` + levelOnProject + ` FROM projects AS p WHERE p.id = ?2`)
	onGroup       = numbered(`SELECT ` + levelOnGroup + ` FROM namespaces AS n WHERE n.id = ?2`)
	onRunner      = numbered(levelOnRunner)
	seesProjectOf = numbered(`SELECT ` + seesProjectIn + ` FROM namespaces AS n WHERE n.id = ?2 AND n.kind = 'group'`)
)

// Access computes what memberships give.
type Access struct{ db *DB }

var _ ports.AccessRepository = (*Access)(nil)

// NewAccess computes on that database.
func NewAccess(db *DB) *Access { return &Access{db: db} }

// OnProject implements ports.AccessRepository.
func (s *Access) OnProject(ctx context.Context, user domain.UserID, project domain.ProjectID, at time.Time) (domain.AccessLevel, error) {
	return answerTo[domain.AccessLevel](ctx, s.db, onProject, user, at, int64(project))
}

// OnGroup implements ports.AccessRepository.
func (s *Access) OnGroup(ctx context.Context, user domain.UserID, group domain.GroupID, at time.Time) (domain.AccessLevel, error) {
	return answerTo[domain.AccessLevel](ctx, s.db, onGroup, user, at, int64(group))
}

// OnRunner implements ports.AccessRepository.
func (s *Access) OnRunner(ctx context.Context, user domain.UserID, runner domain.RunnerID, at time.Time) (domain.AccessLevel, error) {
	return answerTo[domain.AccessLevel](ctx, s.db, onRunner, user, at, int64(runner))
}

// SeesProjectIn implements ports.AccessRepository.
func (s *Access) SeesProjectIn(ctx context.Context, user domain.UserID, group domain.GroupID, at time.Time) (bool, error) {
	return answerTo[bool](ctx, s.db, seesProjectOf, user, at, int64(group))
}

// answerTo asks for one value about what has the id; no row is the zero value: no
// access.
func answerTo[T any](ctx context.Context, db *DB, text string, user domain.UserID, at time.Time, id int64) (T, error) {
	var answer T
	err := db.read(ctx, statement{text: text, args: []any{int64(user), timestamp{at}, id}},
		func(row scanner) error { return row.Scan(&answer) })
	return answer, err
}
