package sqlstore

import (
	"context"
	"time"

	"runyard/domain"
)

// projectFields are the columns of a project p and of its namespace n, in the
// order of projectRow.fields. NULL is what its Go type has as zero.
const projectFields = `p.id, p.name, p.path, p.description, p.default_branch, p.visibility,
	p.shared_runners_enabled, p.group_runners_enabled, p.build_timeout, p.repository_url,
	p.token_seed, COALESCE(p.token_digest, ''), p.created_at, COALESCE(p.runner_token_expiration_interval, 0),
	n.id, n.kind, COALESCE(n.owner_id, 0), COALESCE(n.parent_id, 0), n.name, n.path, n.full_name, n.full_path`

// fields are where projectFields go to.
func (row *projectRow) fields() []any {
	row.Namespace = new(namespaceRow)
	n := row.Namespace
	return []any{
		(*int64)(&row.ID), &row.Name, &row.Path, &row.Description, &row.DefaultBranch, (*string)(&row.Visibility),
		&row.SharedRunnersEnabled, &row.GroupRunnersEnabled, &row.BuildTimeout, &row.RepositoryURL,
		&row.TokenSeed, (*string)(&row.TokenDigest), &row.CreatedAt, &row.TokenExpirationInterval,
		(*int64)(&n.ID), (*string)(&n.Kind), (*int64)(&n.OwnerID), (*int64)(&n.ParentID), &n.Name, &n.Path, &n.FullName, &n.FullPath,
	}
}

const (
	projectsOfRunner = "SELECT " + projectFields + ` FROM runner_projects AS link
		JOIN projects AS p ON p.id = link.project_id JOIN namespaces AS n ON n.id = p.namespace_id WHERE link.runner_id = `
	inOrderOfProjects = " ORDER BY p.id"
)

// Of the user $1, at the moment $2, and the runner $3; or of the runner alone.
var (
	memberProjectsOfRunner = projectsOfRunner + "$3 AND " + numbered(hasProject) + inOrderOfProjects
	allProjectsOfRunner    = projectsOfRunner + "$1" + inOrderOfProjects
)

// Projects implements ports.RunnerRepository.
func (s *Runners) Projects(ctx context.Context, id domain.RunnerID, member domain.UserID, at time.Time) ([]*domain.Project, error) {
	q := statement{text: allProjectsOfRunner, args: []any{int64(id)}}
	if member != 0 {
		q = statement{text: memberProjectsOfRunner, args: []any{int64(member), timestamp{at}, int64(id)}}
	}
	projects := []*domain.Project{}
	err := s.db.read(ctx, q, func(from scanner) error {
		var row projectRow
		if err := from.Scan(row.fields()...); err != nil {
			return err
		}
		projects = append(projects, row.project())
		return nil
	})
	if err == nil && len(projects) == 0 {
		err = s.mustExist(ctx, id)
	}
	if err != nil {
		return nil, err
	}
	return projects, nil
}

func (s *Runners) mustExist(ctx context.Context, id domain.RunnerID) error {
	exists, err := s.db.bun.NewSelect().Model((*runnerRow)(nil)).Where("r.id = ?", id).Exists(ctx)
	if err == nil && !exists {
		err = domain.NotFound("")
	}
	return err
}
