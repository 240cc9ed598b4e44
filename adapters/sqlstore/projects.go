package sqlstore

import (
	"context"
	"reflect"
	"time"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// Projects keeps projects.
type Projects struct{ db *DB }

var _ ports.ProjectRepository = (*Projects)(nil)

// NewProjects keeps them in that database.
func NewProjects(db *DB) *Projects { return &Projects{db: db} }

// Add implements ports.ProjectRepository.
func (s *Projects) Add(ctx context.Context, p *domain.Project) (domain.ProjectID, error) {
	row := projectRowOf(p)
	err := s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row.ID = 0
		in, err := lockPlace(ctx, tx, row.NamespaceID)
		if err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return taken(tx, err, errTokenTaken)
		}
		return insertRoute(ctx, tx, &routeRow{PathKey: projectPathKey(in, row), ProjectID: row.ID})
	})
	return row.ID, err
}

// lockPlace returns the namespace of a project, whose full path stays what it
// is until the transaction ends.
func lockPlace(ctx context.Context, tx bun.Tx, id domain.NamespaceID) (*namespaceRow, error) {
	if err := lockAncestors(ctx, tx, id); err != nil {
		return nil, err
	}
	in, err := findNamespace(ctx, tx, id)
	return in, found(err, "Namespace")
}

func projectPathKey(in *namespaceRow, row *projectRow) string {
	return caseKey(in.FullPath + "/" + row.Path)
}

// Find implements ports.ProjectRepository.
func (s *Projects) Find(ctx context.Context, ref ports.ProjectRef) (*domain.Project, error) {
	if ref.ID != 0 {
		return s.readProject(ctx, projectByID, int64(ref.ID))
	}
	return s.readProject(ctx, projectByPath, caseKey(ref.Path))
}

// FindByToken implements ports.ProjectRepository.
func (s *Projects) FindByToken(ctx context.Context, token domain.Digest) (*domain.Project, error) {
	return s.readProject(ctx, projectByToken, string(token))
}

const (
	selectProject  = "SELECT " + projectFields + " FROM projects AS p JOIN namespaces AS n ON n.id = p.namespace_id WHERE "
	projectByID    = selectProject + "p.id = $1"
	projectByPath  = selectProject + "p.id = (SELECT project_id FROM routes WHERE path_key = $1)"
	projectByToken = selectProject + "p.token_digest = $1"
)

// readProject reads the one project that the text selects by its argument.
func (s *Projects) readProject(ctx context.Context, text string, by any) (*domain.Project, error) {
	row := new(projectRow)
	if err := s.db.readOne(ctx, text, by, "Project", row.fields()); err != nil {
		return nil, err
	}
	return row.project(), nil
}

func findProject(ctx context.Context, db bun.IDB, id domain.ProjectID) (*domain.Project, error) {
	row := new(projectRow)
	if err := selectProjects(db, row).Where("p.id = ?", id).Scan(ctx); err != nil {
		return nil, found(err, "Project")
	}
	return row.project(), nil
}

// projectAccessRow is a project with the actor's level on it.
type projectAccessRow struct {
	projectRow `bun:",extend"`

	Level domain.AccessLevel `bun:"level,scanonly"`
}

// List implements ports.ProjectRepository.
func (s *Projects) List(ctx context.Context, actor domain.Actor, at time.Time, q ports.ProjectQuery, p ports.Page) ([]domain.ProjectAccess, int, error) {
	matching := func() *bun.SelectQuery {
		list := s.db.bun.NewSelect().TableExpr("projects AS p")
		if !actor.Admin {
			list = list.Where(seesProject, actor.User, timestamp{at})
		}
		if q.Search != "" {
			list = list.Where(`p.name_key LIKE ?0 ESCAPE '\' OR lower(p.path) LIKE ?0 ESCAPE '\'`, contains(q.Search))
		}
		return list
	}
	var rows []*projectAccessRow
	page := selectProjects(s.db.bun, &rows).ColumnExpr("p.*").
		ColumnExpr(levelOnProject+" AS level", actor.User, timestamp{at})
	if err := pageByID(page, matching(), "p.id", ascending, p).Scan(ctx); err != nil {
		return nil, 0, err
	}
	projects := make([]domain.ProjectAccess, len(rows))
	for i, row := range rows {
		projects[i] = domain.ProjectAccess{
			Standing: domain.Standing{Actor: actor, Level: row.Level}, Project: row.project(),
		}
	}
	count, err := total(ctx, s.db.bun, len(rows), p, matching())
	return projects, count, err
}

// Update implements ports.ProjectRepository.
func (s *Projects) Update(ctx context.Context, id domain.ProjectID, change func(p *domain.Project) error) error {
	return s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockRow(ctx, tx, "projects", id, forChange); err != nil {
			return err
		}
		p, err := findProject(ctx, tx, id)
		if err != nil {
			return err
		}
		before := p.State()
		if err := change(p); err != nil {
			return err
		}
		return saveProject(ctx, tx, before, p)
	})
}

// saveProject stores what became of a project, its route only if the path is
// another one. A project never moves to another namespace.
func saveProject(ctx context.Context, tx bun.Tx, before domain.ProjectState, p *domain.Project) error {
	if reflect.DeepEqual(before, p.State()) {
		return nil
	}
	row := projectRowOf(p)
	row.ID, row.NamespaceID = before.ID, before.Namespace.ID
	if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
		return taken(tx, err, errTokenTaken)
	}
	if caseKey(row.Path) == caseKey(before.Path) {
		return nil
	}
	in, err := lockPlace(ctx, tx, row.NamespaceID)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*routeRow)(nil)).
		Set("path_key = ?", projectPathKey(in, row)).Where("project_id = ?", row.ID).Exec(ctx)
	return taken(tx, err, errPathTaken)
}

// Delete implements ports.ProjectRepository.
func (s *Projects) Delete(ctx context.Context, id domain.ProjectID) error {
	row := s.db.bun.NewDelete().Model((*projectRow)(nil)).Where("id = ?", id)
	return deleteWithProjects(ctx, s.db, ofProject, int64(id), row, "Project")
}
