package sqlstore

import (
	"context"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// TokenLifetimes reads what groups and projects say of runner tokens.
type TokenLifetimes struct{ db *DB }

var _ ports.TokenLifetimes = (*TokenLifetimes)(nil)

// NewTokenLifetimes reads it from that database.
func NewTokenLifetimes(db *DB) *TokenLifetimes { return &TokenLifetimes{db: db} }

// setAbove are the intervals of the namespaces that the condition on below
// selects, and of all above them.
const setAbove = `SELECT n.runner_token_expiration_interval AS seconds
	FROM namespace_ancestors AS below JOIN namespaces AS n ON n.id = below.ancestor_id
	WHERE below.namespace_id IN `

const (
	// intervalsInScope are those for the group ?0 or the project ?1.
	intervalsInScope = setAbove + `(?0, (SELECT p.namespace_id FROM projects AS p WHERE p.id = ?1))
		UNION ALL SELECT p.runner_token_expiration_interval FROM projects AS p WHERE p.id = ?1`

	// intervalsOfRunner are those for the runner ?0.
	intervalsOfRunner = setAbove + `(SELECT r.group_id FROM runners AS r WHERE r.id = ?0
			UNION SELECT p.namespace_id FROM projects AS p
			JOIN runner_projects AS link ON link.project_id = p.id WHERE link.runner_id = ?0)
		UNION ALL SELECT p.runner_token_expiration_interval FROM projects AS p
		JOIN runner_projects AS link ON link.project_id = p.id WHERE link.runner_id = ?0`
)

// In implements ports.TokenLifetimes.
func (s *TokenLifetimes) In(ctx context.Context, scope domain.RunnerScope) (time.Duration, error) {
	return s.shortest(ctx, intervalsInScope, scope.Group, scope.Project)
}

// Of implements ports.TokenLifetimes.
func (s *TokenLifetimes) Of(ctx context.Context, runner domain.RunnerID) (time.Duration, error) {
	return s.shortest(ctx, intervalsOfRunner, runner)
}

func (s *TokenLifetimes) shortest(ctx context.Context, intervals string, args ...any) (time.Duration, error) {
	var seconds int64
	err := s.db.bun.NewRaw(`SELECT COALESCE(min(s.seconds), 0) FROM (`+intervals+`) AS s`, args...).Scan(ctx, &seconds)
	return time.Duration(seconds) * time.Second, err
}
