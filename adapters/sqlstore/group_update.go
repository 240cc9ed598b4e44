package sqlstore

import (
	"context"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// Update implements ports.GroupRepository.
func (s *Groups) Update(ctx context.Context, id domain.GroupID, change func(g, parent *domain.Group) error) error {
	return s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockGroup(ctx, tx, id); err != nil {
			return err
		}
		before, err := findGroup(ctx, tx, id)
		if err != nil {
			return err
		}
		parent, err := parentOf(ctx, tx, before)
		if err != nil {
			return err
		}
		g := before.group()
		if err := change(g, parent); err != nil {
			return err
		}
		return saveGroup(ctx, tx, before, groupRowOf(g))
	})
}

// lockGroup keeps the group from being changed, and those above it from being
// renamed: their names are part of its own. Whoever locks several groups begins
// at the top, where the ids are smallest, so that no two wait for each other.
func lockGroup(ctx context.Context, tx bun.Tx, id domain.GroupID) error {
	above := tx.NewSelect().TableExpr("namespaces").Where("id IN (SELECT above.ancestor_id "+
		"FROM namespace_ancestors AS above WHERE above.namespace_id = ?0 AND above.ancestor_id <> ?0)", id)
	if err := lockRows(ctx, tx, above, forReading); err != nil {
		return err
	}
	return lockRow(ctx, tx, "namespaces", id, forChange)
}

// parentOf is nil at the top.
func parentOf(ctx context.Context, tx bun.Tx, row *namespaceRow) (*domain.Group, error) {
	if row.ParentID == 0 {
		return nil, nil
	}
	parent, err := findGroup(ctx, tx, row.ParentID)
	if err != nil {
		return nil, err
	}
	return parent.group(), nil
}

// saveGroup stores what became of a group. A group never moves below another one.
func saveGroup(ctx context.Context, tx bun.Tx, before, after *namespaceRow) error {
	after.ID, after.ParentID = before.ID, before.ParentID
	if *after == *before {
		return nil
	}
	if _, err := tx.NewUpdate().Model(after).WherePK().Exec(ctx); err != nil {
		return taken(tx, err, errTokenTaken)
	}
	if err := renameBelow(ctx, tx, before, after); err != nil {
		return err
	}
	return taken(tx, moveRoutes(ctx, tx, before, after), errPathTaken)
}

// insideNamespace are the ids of the namespace ?0 and of all below it.
const insideNamespace = `SELECT inside.namespace_id FROM namespace_ancestors AS inside WHERE inside.ancestor_id = ?0`

// renameBelow gives the namespaces below the group the beginning of its new
// full name and path.
func renameBelow(ctx context.Context, tx bun.Tx, before, after *namespaceRow) error {
	if after.FullName == before.FullName && after.FullPath == before.FullPath {
		return nil
	}
	_, err := tx.NewRaw(`UPDATE namespaces
		SET full_name = ?1 || substr(full_name, ?2), full_path = ?3 || substr(full_path, ?4)
		WHERE id IN (`+insideNamespace+`) AND id <> ?0`, after.ID,
		after.FullName, utf8.RuneCountInString(before.FullName)+1,
		after.FullPath, utf8.RuneCountInString(before.FullPath)+1).Exec(ctx)
	return err
}

// moveRoutes does the same with the full paths by which the group, and all
// groups and projects below it, are found.
func moveRoutes(ctx context.Context, tx bun.Tx, before, after *namespaceRow) error {
	oldKey, newKey := caseKey(before.FullPath), caseKey(after.FullPath)
	if newKey == oldKey {
		return nil
	}
	rest := utf8.RuneCountInString(oldKey) + 1
	var longest string
	err := tx.NewRaw(`SELECT ?1 || substr(path_key, ?2) FROM routes WHERE `+routesInside+` ORDER BY length(path_key) DESC LIMIT 1`,
		after.ID, newKey, rest).Scan(ctx, &longest)
	if err != nil {
		return err
	}
	if err := domain.CheckFullPath(longest); err != nil {
		return err
	}
	_, err = tx.NewRaw(`UPDATE routes SET path_key = ?1 || substr(path_key, ?2) WHERE `+routesInside, after.ID, newKey, rest).Exec(ctx)
	return err
}

// routesInside are the routes of the group ?0, and of all groups and projects
// below it.
const routesInside = `(namespace_id IN (` + insideNamespace + `)
	OR project_id IN (SELECT p.id FROM projects AS p WHERE p.namespace_id IN (` + insideNamespace + `)))`
