package sqlstore

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// Groups keeps groups and knows the personal namespaces beside them.
type Groups struct{ db *DB }

var _ ports.GroupRepository = (*Groups)(nil)

// NewGroups keeps them in that database.
func NewGroups(db *DB) *Groups { return &Groups{db: db} }

// Add implements ports.GroupRepository.
func (s *Groups) Add(ctx context.Context, g *domain.Group, owner domain.UserID) (domain.GroupID, error) {
	row := groupRowOf(g)
	err := s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row.ID = 0
		if err := placeGroup(ctx, tx, row); err != nil {
			return err
		}
		if err := insertNamespace(ctx, tx, row); err != nil {
			return taken(tx, err, errTokenTaken)
		}
		first := &memberRow{UserID: owner, NamespaceID: row.ID, Level: domain.Owner, CreatedAt: row.CreatedAt}
		_, err := tx.NewInsert().Model(first).Exec(ctx)
		return err
	})
	return row.ID, missing(ctx, s.db, err, reference{"users", int64(owner), "User"})
}

// placeGroup gives a new group the full name and path that follow from its
// parent's, which cannot change before the transaction ends.
func placeGroup(ctx context.Context, tx bun.Tx, row *namespaceRow) error {
	if row.ParentID == 0 {
		return nil
	}
	if err := lockAncestors(ctx, tx, row.ParentID); err != nil {
		return err
	}
	parent, err := findGroup(ctx, tx, row.ParentID)
	if err != nil {
		return err
	}
	row.FullName = parent.FullName + " / " + row.Name
	row.FullPath = parent.FullPath + "/" + row.Path
	return nil
}

// Find implements ports.GroupRepository.
func (s *Groups) Find(ctx context.Context, ref ports.GroupRef) (*domain.Group, error) {
	if ref.ID != 0 {
		return s.readGroup(ctx, groupByID, int64(ref.ID))
	}
	return s.readGroup(ctx, groupByPath, caseKey(ref.Path))
}

// FindByToken implements ports.GroupRepository.
func (s *Groups) FindByToken(ctx context.Context, token domain.Digest) (*domain.Group, error) {
	return s.readGroup(ctx, groupByToken, string(token))
}

const (
	selectGroup  = "SELECT " + groupFields + " FROM namespaces AS n WHERE n.kind = 'group' AND "
	groupByID    = selectGroup + "n.id = $1"
	groupByPath  = selectGroup + "n.id = (SELECT namespace_id FROM routes WHERE path_key = $1)"
	groupByToken = selectGroup + "n.token_digest = $1"
)

// readGroup reads the one group that the text selects by its argument.
func (s *Groups) readGroup(ctx context.Context, text string, by any) (*domain.Group, error) {
	row := new(namespaceRow)
	if err := s.db.readOne(ctx, text, by, "Group", row.groupFields()); err != nil {
		return nil, err
	}
	return row.group(), nil
}

func findGroup[ID ~int64](ctx context.Context, db bun.IDB, id ID) (*namespaceRow, error) {
	row := new(namespaceRow)
	err := db.NewSelect().Model(row).Where("n.kind = ?", domain.NamespaceOfGroup).Where("n.id = ?", id).Scan(ctx)
	return row, found(err, "Group")
}

// Namespace implements ports.GroupRepository.
func (s *Groups) Namespace(ctx context.Context, id domain.NamespaceID) (domain.Namespace, error) {
	row, err := findNamespace(ctx, s.db.bun, id)
	return row.namespace(), found(err, "Namespace")
}

// groupAccessRow is a group with what the actor is to it.
type groupAccessRow struct {
	namespaceRow `bun:",extend"`

	Level       domain.AccessLevel `bun:"level,scanonly"`
	SeesProject bool               `bun:"sees_project,scanonly"`
}

// List implements ports.GroupRepository.
func (s *Groups) List(ctx context.Context, actor domain.Actor, at time.Time, q ports.GroupQuery, p ports.Page) ([]domain.GroupAccess, int, error) {
	matching := func() *bun.SelectQuery {
		list := s.db.bun.NewSelect().TableExpr("namespaces AS n").Where("n.kind = ?", domain.NamespaceOfGroup)
		if !actor.Admin {
			list = list.Where(seesGroup, actor.User, timestamp{at})
		}
		if q.Search != "" {
			list = list.Where(`n.name_key LIKE ?0 ESCAPE '\' OR lower(n.path) LIKE ?0 ESCAPE '\'`, contains(q.Search))
		}
		return list
	}
	var rows []*groupAccessRow
	page := s.db.bun.NewSelect().Model(&rows).ColumnExpr("n.*").
		ColumnExpr(levelOnGroup+" AS level", actor.User, timestamp{at}).
		ColumnExpr(seesProjectIn+" AS sees_project", actor.User, timestamp{at})
	if err := pageByID(page, matching(), "n.id", ascending, p).Scan(ctx); err != nil {
		return nil, 0, err
	}
	groups := make([]domain.GroupAccess, len(rows))
	for i, row := range rows {
		groups[i] = domain.GroupAccess{
			Standing: domain.Standing{Actor: actor, Level: row.Level}, Group: row.group(), SeesProject: row.SeesProject,
		}
	}
	count, err := total(ctx, s.db.bun, len(rows), p, matching())
	return groups, count, err
}

// Delete implements ports.GroupRepository.
func (s *Groups) Delete(ctx context.Context, id domain.GroupID) error {
	row := s.db.bun.NewDelete().Model((*namespaceRow)(nil)).Where("id = ? AND kind = ?", id, domain.NamespaceOfGroup)
	return deleteWithProjects(ctx, s.db, ofGroup, int64(id), row, "Group")
}
