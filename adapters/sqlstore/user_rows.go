package sqlstore

import (
	"github.com/uptrace/bun"

	"runyard/domain"
)

// userRow is a user in the table. That names are unique without regard to case
// is kept by their keys.
type userRow struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	ID          domain.UserID     `bun:"id,pk,autoincrement"`
	Username    string            `bun:"username"`
	UsernameKey string            `bun:"username_key"`
	Name        string            `bun:"name"`
	NameKey     string            `bun:"name_key"`
	Email       string            `bun:"email"`
	EmailKey    string            `bun:"email_key"`
	Admin       bool              `bun:"admin"`
	Status      domain.UserStatus `bun:"status"`
	CreatedAt   timestamp         `bun:"created_at"`

	Namespace domain.NamespaceID `bun:"namespace_id,scanonly"`
}

// namespaceOfUser is the id of the personal namespace of the user with the id ?0.
const namespaceOfUser = `(SELECT own.id FROM namespaces AS own WHERE own.owner_id = ?0)`

// userColumns selects all that a userRow holds.
func userColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("u.*").ColumnExpr(namespaceOfUser+" AS namespace_id", bun.Ident("u.id"))
}

func userRowOf(u *domain.User) *userRow {
	s := u.State()
	return &userRow{
		ID: s.ID, Username: s.Username, UsernameKey: caseKey(s.Username), Name: s.Name, NameKey: caseKey(s.Name),
		Email: s.Email, EmailKey: caseKey(s.Email), Admin: s.Admin, Status: s.Status,
		CreatedAt: timestamp{s.CreatedAt}, Namespace: s.Namespace,
	}
}

func (row *userRow) user() *domain.User {
	return domain.RestoreUser(domain.UserState{
		ID: row.ID, Namespace: row.Namespace, Username: row.Username, Name: row.Name, Email: row.Email,
		Admin: row.Admin, Status: row.Status, CreatedAt: row.CreatedAt.Time,
	})
}
