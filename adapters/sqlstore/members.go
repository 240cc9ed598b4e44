package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// memberRow is a membership in the table, of a group or of a project.
type memberRow struct {
	bun.BaseModel `bun:"table:members,alias:m"`

	ID          int64              `bun:"id,pk,autoincrement"`
	UserID      domain.UserID      `bun:"user_id"`
	NamespaceID domain.NamespaceID `bun:"namespace_id,nullzero"`
	ProjectID   domain.ProjectID   `bun:"project_id,nullzero"`
	Level       domain.AccessLevel `bun:"level"`
	ExpiresAt   timestamp          `bun:"expires_at"`
	CreatedAt   timestamp          `bun:"created_at"`

	User *userRow `bun:"rel:belongs-to,join:user_id=id"`
}

func memberRowOf(of ports.MemberSource, m *domain.Membership) *memberRow {
	s := m.State()
	return &memberRow{
		UserID: s.User, NamespaceID: of.Group, ProjectID: of.Project, Level: s.Level,
		ExpiresAt: timestamp{s.ExpiresAt}, CreatedAt: timestamp{s.CreatedAt},
	}
}

func (row *memberRow) membership() *domain.Membership {
	return domain.RestoreMembership(domain.MembershipState{
		User: row.UserID, Level: row.Level, ExpiresAt: row.ExpiresAt.Time, CreatedAt: row.CreatedAt.Time,
	})
}

func (row *memberRow) member() ports.Member {
	return ports.Member{User: row.User.user(), Membership: row.membership()}
}

// withUser reads the user of each membership with it.
func withUser(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Relation("User").ColumnExpr(namespaceOfUser+" AS user__namespace_id", bun.Ident("user.id"))
}

// Members keeps memberships.
type Members struct{ db *DB }

var _ ports.MemberRepository = (*Members)(nil)

// NewMembers keeps them in that database.
func NewMembers(db *DB) *Members { return &Members{db: db} }

// membershipOf is the condition for the membership of a user.
const membershipOf = "user_id = ? AND (namespace_id = ? OR project_id = ?)"

// Add implements ports.MemberRepository.
func (s *Members) Add(ctx context.Context, of ports.MemberSource, m *domain.Membership) error {
	row := memberRowOf(of, m)
	_, err := s.db.exec(ctx, s.db.bun.NewInsert().Model(row))
	err = taken(s.db.bun, err, ports.ErrAlreadyMember)
	return missing(ctx, s.db, err,
		reference{"users", int64(row.UserID), "User"},
		reference{"namespaces", int64(of.Group), "Group"},
		reference{"projects", int64(of.Project), "Project"})
}

// Find implements ports.MemberRepository.
func (s *Members) Find(ctx context.Context, of ports.MemberSource, user domain.UserID) (ports.Member, error) {
	return s.find(ctx, s.db.bun, of, user)
}

func (s *Members) find(ctx context.Context, db bun.IDB, of ports.MemberSource, user domain.UserID) (ports.Member, error) {
	row := new(memberRow)
	err := withUser(db.NewSelect().Model(row).ColumnExpr(memberFields)).Apply(s.members(of, false)).
		Where("m.user_id = ?", user).Scan(ctx)
	if err != nil {
		return ports.Member{}, found(err, "Member")
	}
	return row.member(), nil
}

// Update implements ports.MemberRepository.
func (s *Members) Update(ctx context.Context, of ports.MemberSource, user domain.UserID, change func(m *domain.Membership) error) error {
	return s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		wanted := tx.NewSelect().TableExpr("members").Where(membershipOf, user, of.Group, of.Project)
		if err := lockRows(ctx, tx, wanted, forChange); err != nil {
			return err
		}
		row := new(memberRow)
		err := tx.NewSelect().Model(row).Where(membershipOf, user, of.Group, of.Project).Scan(ctx)
		if err != nil {
			return found(err, "Member")
		}
		m := row.membership()
		if err := change(m); err != nil {
			return err
		}
		changed := memberRowOf(of, m)
		changed.ID, changed.UserID = row.ID, row.UserID
		_, err = tx.NewUpdate().Model(changed).WherePK().Exec(ctx)
		return err
	})
}

// Delete implements ports.MemberRepository.
func (s *Members) Delete(ctx context.Context, of ports.MemberSource, user domain.UserID, check func(m *domain.Membership) error) error {
	return s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		wanted := tx.NewSelect().TableExpr("members").Where(membershipOf, user, of.Group, of.Project)
		if err := lockRows(ctx, tx, wanted, forDeletion); err != nil {
			return err
		}
		member, err := s.find(ctx, tx, of, user)
		if err != nil {
			return err
		}
		if err := check(member.Membership); err != nil {
			return err
		}
		result, err := tx.NewDelete().Model((*memberRow)(nil)).
			Where(membershipOf, user, of.Group, of.Project).Exec(ctx)
		return affected(result, err, "Member")
	})
}
