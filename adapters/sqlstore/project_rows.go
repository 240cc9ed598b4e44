package sqlstore

import (
	"github.com/uptrace/bun"

	"runyard/domain"
)

// projectRow is a project in the table. Its full name and path are not stored:
// they follow from those of its namespace, which is read with it.
type projectRow struct {
	bun.BaseModel `bun:"table:projects,alias:p"`

	ID                   domain.ProjectID   `bun:"id,pk,autoincrement"`
	NamespaceID          domain.NamespaceID `bun:"namespace_id"`
	Name                 string             `bun:"name"`
	NameKey              string             `bun:"name_key"`
	Path                 string             `bun:"path"`
	Description          *string            `bun:"description"`
	DefaultBranch        string             `bun:"default_branch"`
	Visibility           domain.Visibility  `bun:"visibility"`
	SharedRunnersEnabled bool               `bun:"shared_runners_enabled"`
	GroupRunnersEnabled  bool               `bun:"group_runners_enabled"`
	BuildTimeout         int64              `bun:"build_timeout"`
	RepositoryURL        string             `bun:"repository_url"`
	TokenSeed            string             `bun:"token_seed"`
	TokenDigest          domain.Digest      `bun:"token_digest,nullzero"`
	CreatedAt            timestamp          `bun:"created_at"`

	TokenExpirationInterval int64 `bun:"runner_token_expiration_interval,nullzero"`

	Namespace *namespaceRow `bun:"rel:belongs-to,join:namespace_id=id"`
}

// selectProjects selects into one row or a slice of rows.
func selectProjects(db bun.IDB, into any) *bun.SelectQuery {
	return db.NewSelect().Model(into).Relation("Namespace")
}

func projectRowOf(p *domain.Project) *projectRow {
	s := p.State()
	return &projectRow{
		ID: s.ID, NamespaceID: s.Namespace.ID, Name: s.Name, NameKey: caseKey(s.Name), Path: s.Path,
		Description: s.Description, DefaultBranch: s.DefaultBranch, Visibility: s.Visibility,
		SharedRunnersEnabled: s.SharedRunnersEnabled, GroupRunnersEnabled: s.GroupRunnersEnabled,
		BuildTimeout: s.BuildTimeout, RepositoryURL: s.RepositoryURL,
		TokenSeed: s.Token.Seed, TokenDigest: s.Token.Digest, CreatedAt: timestamp{s.CreatedAt},
		TokenExpirationInterval: zeroUnless(s.TokenExpirationInterval),
	}
}

func (row *projectRow) project() *domain.Project {
	in := row.Namespace.namespace()
	return domain.RestoreProject(domain.ProjectState{
		ID: row.ID, Namespace: in, Name: row.Name, Path: row.Path,
		FullName: in.FullName + " / " + row.Name, FullPath: in.FullPath + "/" + row.Path,
		Description: row.Description, DefaultBranch: row.DefaultBranch, Visibility: row.Visibility,
		SharedRunnersEnabled: row.SharedRunnersEnabled, GroupRunnersEnabled: row.GroupRunnersEnabled,
		BuildTimeout: row.BuildTimeout, RepositoryURL: row.RepositoryURL,
		Token:     domain.RegistrationToken{Seed: row.TokenSeed, Digest: row.TokenDigest},
		CreatedAt: row.CreatedAt.Time, TokenExpirationInterval: nilIfZero(row.TokenExpirationInterval),
	})
}
