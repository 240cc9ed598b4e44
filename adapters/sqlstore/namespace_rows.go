package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// namespaceRow is a group or a personal namespace in the table.
type namespaceRow struct {
	bun.BaseModel `bun:"table:namespaces,alias:n"`

	ID          domain.NamespaceID   `bun:"id,pk,autoincrement"`
	Kind        domain.NamespaceKind `bun:"kind"`
	OwnerID     domain.UserID        `bun:"owner_id,nullzero"`
	ParentID    domain.NamespaceID   `bun:"parent_id,nullzero"`
	Name        string               `bun:"name"`
	NameKey     string               `bun:"name_key"`
	Path        string               `bun:"path"`
	FullName    string               `bun:"full_name"`
	FullPath    string               `bun:"full_path"`
	Visibility  domain.Visibility    `bun:"visibility"`
	Description string               `bun:"description"`
	TokenSeed   string               `bun:"token_seed"`
	TokenDigest domain.Digest        `bun:"token_digest,nullzero"`
	CreatedAt   timestamp            `bun:"created_at"`

	TokenExpirationInterval int64 `bun:"runner_token_expiration_interval,nullzero"`
}

func groupRowOf(g *domain.Group) *namespaceRow {
	s := g.State()
	return &namespaceRow{
		ID: s.ID, Kind: domain.NamespaceOfGroup, ParentID: s.Parent, Name: s.Name, NameKey: caseKey(s.Name),
		Path: s.Path, FullName: s.FullName, FullPath: s.FullPath, Visibility: s.Visibility,
		Description: s.Description, TokenSeed: s.Token.Seed, TokenDigest: s.Token.Digest,
		CreatedAt: timestamp{s.CreatedAt}, TokenExpirationInterval: zeroUnless(s.TokenExpirationInterval),
	}
}

// groupFields are the columns of a group n, in the order of
// namespaceRow.groupFields. NULL is what its Go type has as zero.
const groupFields = `n.id, COALESCE(n.parent_id, 0), n.name, n.path, n.full_name, n.full_path, n.visibility, n.description,
	n.token_seed, COALESCE(n.token_digest, ''), n.created_at, COALESCE(n.runner_token_expiration_interval, 0)`

// groupFields are where groupFields go to.
func (row *namespaceRow) groupFields() []any {
	return []any{
		(*int64)(&row.ID), (*int64)(&row.ParentID), &row.Name, &row.Path, &row.FullName, &row.FullPath, (*string)(&row.Visibility), &row.Description,
		&row.TokenSeed, (*string)(&row.TokenDigest), &row.CreatedAt, &row.TokenExpirationInterval,
	}
}

func (row *namespaceRow) group() *domain.Group {
	return domain.RestoreGroup(domain.GroupState{
		ID: row.ID, Parent: row.ParentID, Name: row.Name, Path: row.Path,
		FullName: row.FullName, FullPath: row.FullPath, Visibility: row.Visibility, Description: row.Description,
		Token:     domain.RegistrationToken{Seed: row.TokenSeed, Digest: row.TokenDigest},
		CreatedAt: row.CreatedAt.Time, TokenExpirationInterval: nilIfZero(row.TokenExpirationInterval),
	})
}

// personalNamespaceRowOf is the namespace that comes with a user.
func personalNamespaceRowOf(user *userRow) *namespaceRow {
	return &namespaceRow{
		Kind: domain.NamespaceOfUser, OwnerID: user.ID, Name: user.Name, NameKey: user.NameKey,
		Path: user.Username, FullName: user.Name, FullPath: user.Username,
		Visibility: domain.Private, CreatedAt: user.CreatedAt,
	}
}

func (row *namespaceRow) namespace() domain.Namespace {
	return domain.Namespace{
		ID: row.ID, Kind: row.Kind, Name: row.Name, Path: row.Path,
		FullName: row.FullName, FullPath: row.FullPath, Parent: row.ParentID, Owner: row.OwnerID,
	}
}

// insertNamespace stores the row with its route and its place below others.
func insertNamespace(ctx context.Context, tx bun.Tx, row *namespaceRow) error {
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewRaw(`INSERT INTO namespace_ancestors (namespace_id, ancestor_id)
		SELECT ?0, above.ancestor_id FROM namespace_ancestors AS above WHERE above.namespace_id = ?1
		UNION ALL SELECT ?0, ?0`, row.ID, row.ParentID).Exec(ctx)
	if err != nil {
		return err
	}
	return insertRoute(ctx, tx, &routeRow{PathKey: caseKey(row.FullPath), NamespaceID: row.ID})
}

// lockAncestors keeps the namespace and all above it from being renamed or
// deleted, until something with a path below it is in place.
func lockAncestors(ctx context.Context, tx bun.Tx, id domain.NamespaceID) error {
	return lockRows(ctx, tx, tx.NewSelect().TableExpr("namespaces").Where(
		"id IN (SELECT above.ancestor_id FROM namespace_ancestors AS above WHERE above.namespace_id = ?)", id), forReading)
}

func findNamespace(ctx context.Context, db bun.IDB, id domain.NamespaceID) (*namespaceRow, error) {
	row := new(namespaceRow)
	err := db.NewSelect().Model(row).Where("n.id = ?", id).Scan(ctx)
	return row, err
}

// routeRow is the full path of a namespace or of a project.
type routeRow struct {
	bun.BaseModel `bun:"table:routes"`

	PathKey     string             `bun:"path_key,pk"`
	NamespaceID domain.NamespaceID `bun:"namespace_id,nullzero"`
	ProjectID   domain.ProjectID   `bun:"project_id,nullzero"`
}

// errPathTaken refuses a full path that something else has.
var errPathTaken = domain.Conflict("Path has already been taken")

// insertRoute checks the path once more: it was made of what is stored now.
func insertRoute(ctx context.Context, tx bun.Tx, row *routeRow) error {
	if err := domain.CheckFullPath(row.PathKey); err != nil {
		return err
	}
	_, err := tx.NewInsert().Model(row).Exec(ctx)
	return taken(tx, err, errPathTaken)
}
