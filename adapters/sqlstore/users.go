package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// Users keeps users and their personal namespaces.
type Users struct{ db *DB }

var _ ports.UserRepository = (*Users)(nil)

// NewUsers keeps them in that database.
func NewUsers(db *DB) *Users { return &Users{db: db} }

// Add implements ports.UserRepository.
func (s *Users) Add(ctx context.Context, u *domain.User) (domain.UserID, error) {
	row := userRowOf(u)
	chosen := row.ID
	err := s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row.ID = chosen
		if err := insertUser(ctx, tx, row); err != nil {
			return err
		}
		if chosen != 0 {
			if err := skipChosenID(ctx, tx, row.ID); err != nil {
				return err
			}
		}
		err := insertNamespace(ctx, tx, personalNamespaceRowOf(row))
		if errors.Is(err, errPathTaken) {
			return ports.ErrUsernameTaken
		}
		return err
	})
	return row.ID, err
}

// insertUser refuses what is taken. The conflict is no error of the statement,
// so that the transaction can still ask which of the two names it was.
func insertUser(ctx context.Context, tx bun.Tx, row *userRow) error {
	err := tx.NewInsert().Model(row).On("CONFLICT DO NOTHING").Returning("id").Scan(ctx, &row.ID)
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	emailTaken, err := tx.NewSelect().Model((*userRow)(nil)).Where("u.email_key = ?", row.EmailKey).Exists(ctx)
	if err != nil {
		return err
	}
	if emailTaken {
		return ports.ErrEmailTaken
	}
	return ports.ErrUsernameTaken
}

// skipChosenID keeps PostgreSQL from giving an id that somebody chose to
// somebody else. SQLite goes on after the highest id by itself.
func skipChosenID(ctx context.Context, tx bun.Tx, id domain.UserID) error {
	if !isPostgreSQL(tx) {
		return nil
	}
	_, err := tx.NewRaw(`SELECT setval(pg_get_serial_sequence('users', 'id'), GREATEST(last_value, ?)) FROM users_id_seq`, id).Exec(ctx)
	return err
}

// Find implements ports.UserRepository.
func (s *Users) Find(ctx context.Context, id domain.UserID) (*domain.User, error) {
	return findUser(ctx, s.db.bun, "u.id = ?", id)
}

// FindByUsername implements ports.UserRepository.
func (s *Users) FindByUsername(ctx context.Context, username string) (*domain.User, error) {
	return findUser(ctx, s.db.bun, "u.username_key = ?", caseKey(username))
}

func findUser(ctx context.Context, db bun.IDB, condition string, args ...any) (*domain.User, error) {
	row := new(userRow)
	if err := userColumns(db.NewSelect().Model(row)).Where(condition, args...).Scan(ctx); err != nil {
		return nil, found(err, "User")
	}
	return row.user(), nil
}

// List implements ports.UserRepository.
func (s *Users) List(ctx context.Context, q ports.UserQuery, p ports.Page) ([]*domain.User, int, error) {
	matching := func() *bun.SelectQuery { return filterUsers(s.db.bun.NewSelect().TableExpr("users AS u"), q) }
	var rows []*userRow
	page := userColumns(s.db.bun.NewSelect().Model(&rows))
	if err := pageByID(page, matching(), "u.id", ascending, p).Scan(ctx); err != nil {
		return nil, 0, err
	}
	users := make([]*domain.User, len(rows))
	for i, row := range rows {
		users[i] = row.user()
	}
	count, err := total(ctx, s.db.bun, len(rows), p, matching())
	return users, count, err
}

func filterUsers(list *bun.SelectQuery, q ports.UserQuery) *bun.SelectQuery {
	if q.Username != "" {
		list = list.Where("u.username_key = ?", caseKey(q.Username))
	}
	if q.Search != "" {
		list = list.Where(`u.name_key LIKE ?0 ESCAPE '\' OR u.username_key LIKE ?0 ESCAPE '\' OR u.email_key = ?1`,
			contains(q.Search), caseKey(q.Search))
	}
	return list
}

// Update implements ports.UserRepository.
func (s *Users) Update(ctx context.Context, id domain.UserID, change func(u *domain.User) error) error {
	return s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockRow(ctx, tx, "users", id, forChange); err != nil {
			return err
		}
		u, err := findUser(ctx, tx, "u.id = ?", id)
		if err != nil {
			return err
		}
		before := u.State()
		if err := change(u); err != nil {
			return err
		}
		if u.State() == before {
			return nil
		}
		row := userRowOf(u)
		row.ID = id
		_, err = tx.NewUpdate().Model(row).WherePK().Exec(ctx)
		if row.UsernameKey == caseKey(before.Username) {
			return taken(tx, err, ports.ErrEmailTaken)
		}
		return taken(tx, err, ports.ErrUsernameTaken)
	})
}

// Delete implements ports.UserRepository.
func (s *Users) Delete(ctx context.Context, id domain.UserID) error {
	row := s.db.bun.NewDelete().Model((*userRow)(nil)).Where("id = ?", id)
	return deleteWithProjects(ctx, s.db, ofUser, int64(id), row, "User")
}
