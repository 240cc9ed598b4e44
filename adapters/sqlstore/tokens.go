package sqlstore

import (
	"context"
	"reflect"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// tokenRow is a personal access token in the table.
type tokenRow struct {
	bun.BaseModel `bun:"table:personal_access_tokens,alias:t"`

	ID        domain.PersonalAccessTokenID `bun:"id,pk,autoincrement"`
	UserID    domain.UserID                `bun:"user_id"`
	Name      string                       `bun:"name"`
	Scopes    jsonText[domain.Scopes]      `bun:"scopes"`
	Digest    domain.Digest                `bun:"digest,nullzero"`
	Revoked   bool                         `bun:"revoked"`
	ExpiresAt timestamp                    `bun:"expires_at"`
	CreatedAt timestamp                    `bun:"created_at"`

	User *userRow `bun:"rel:belongs-to,join:user_id=id"`
}

func tokenRowOf(t *domain.PersonalAccessToken) *tokenRow {
	s := t.State()
	return &tokenRow{
		ID: s.ID, UserID: s.User, Name: s.Name, Scopes: jsonText[domain.Scopes]{s.Scopes}, Digest: s.Digest,
		Revoked: s.Revoked, ExpiresAt: timestamp{s.ExpiresAt}, CreatedAt: timestamp{s.CreatedAt},
	}
}

func (row *tokenRow) token() *domain.PersonalAccessToken {
	return domain.RestorePersonalAccessToken(domain.PersonalAccessTokenState{
		ID: row.ID, User: row.UserID, Name: row.Name, Scopes: row.Scopes.value, Digest: row.Digest,
		Revoked: row.Revoked, ExpiresAt: row.ExpiresAt.Time, CreatedAt: row.CreatedAt.Time,
	})
}

// Tokens keeps personal access tokens.
type Tokens struct{ db *DB }

var _ ports.TokenRepository = (*Tokens)(nil)

// NewTokens keeps them in that database.
func NewTokens(db *DB) *Tokens { return &Tokens{db: db} }

// tokenResource is what not-found errors call a token.
const tokenResource = "Personal Access Token"

// Add implements ports.TokenRepository.
func (s *Tokens) Add(ctx context.Context, t *domain.PersonalAccessToken) (domain.PersonalAccessTokenID, error) {
	row := tokenRowOf(t)
	row.ID = 0
	_, err := s.db.exec(ctx, s.db.bun.NewInsert().Model(row))
	err = taken(s.db.bun, err, errTokenTaken)
	return row.ID, missing(ctx, s.db, err, reference{"users", int64(row.UserID), "User"})
}

// Find implements ports.TokenRepository.
func (s *Tokens) Find(ctx context.Context, id domain.PersonalAccessTokenID) (*domain.PersonalAccessToken, error) {
	return findToken(ctx, s.db.bun, id)
}

func findToken(ctx context.Context, db bun.IDB, id domain.PersonalAccessTokenID) (*domain.PersonalAccessToken, error) {
	row := new(tokenRow)
	if err := db.NewSelect().Model(row).Where("t.id = ?", id).Scan(ctx); err != nil {
		return nil, found(err, tokenResource)
	}
	return row.token(), nil
}

// Authenticate implements ports.TokenRepository, with one statement.
func (s *Tokens) Authenticate(ctx context.Context, token domain.Digest) (*domain.PersonalAccessToken, *domain.User, error) {
	row := new(tokenRow)
	err := s.db.bun.NewSelect().Model(row).ColumnExpr("t.*").Relation("User").
		ColumnExpr(namespaceOfUser+" AS user__namespace_id", bun.Ident("user.id")).
		Where("t.digest = ?", token).
		Scan(ctx)
	if err != nil {
		return nil, nil, found(err, tokenResource)
	}
	return row.token(), row.User.user(), nil
}

// Update implements ports.TokenRepository.
func (s *Tokens) Update(ctx context.Context, id domain.PersonalAccessTokenID, change func(t *domain.PersonalAccessToken) error) error {
	return s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockRow(ctx, tx, "personal_access_tokens", id, forChange); err != nil {
			return err
		}
		t, err := findToken(ctx, tx, id)
		if err != nil {
			return err
		}
		before := t.State()
		if err := change(t); err != nil {
			return err
		}
		if reflect.DeepEqual(before, t.State()) {
			return nil
		}
		row := tokenRowOf(t)
		row.ID = id
		_, err = tx.NewUpdate().Model(row).WherePK().Exec(ctx)
		return taken(tx, err, errTokenTaken)
	})
}
