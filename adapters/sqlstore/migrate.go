package sqlstore

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

// migrationTable is where bun notes which migrations were applied.
const migrationTable = "bun_migrations"

// Migration is one step of the schema's history.
type Migration struct {
	Name      string
	AppliedAt time.Time // zero: pending
}

// Migrate applies all pending migrations. Nodes on PostgreSQL may do so at the
// same moment: one works, the others wait and find nothing left to do.
func (db *DB) Migrate(ctx context.Context) error {
	return db.whileMigrating(ctx, func(ctx context.Context, on *bun.DB) error {
		migrator := db.migrator(ctx, on)
		if err := migrator.Init(ctx); err != nil {
			return err
		}
		_, err := migrator.Migrate(ctx)
		return err
	})
}

// Migrations lists all migrations in their order, applied or not. It changes
// nothing, also on a database that was never migrated.
func (db *DB) Migrations(ctx context.Context) ([]Migration, error) {
	all := db.migrations.Sorted()
	begun, err := db.hasTable(ctx, migrationTable)
	if err != nil {
		return nil, err
	}
	if begun {
		if all, err = db.migrator(ctx, db.bun).MigrationsWithStatus(ctx); err != nil {
			return nil, err
		}
	}
	list := make([]Migration, len(all))
	for i, m := range all {
		list[i] = Migration{Name: m.String()}
		if m.IsApplied() {
			list[i].AppliedAt = m.MigratedAt.UTC()
		}
	}
	return list, nil
}

// PendingMigrations returns the names of the migrations that Migrate would apply.
func (db *DB) PendingMigrations(ctx context.Context) ([]string, error) {
	all, err := db.Migrations(ctx)
	if err != nil {
		return nil, err
	}
	pending := []string{}
	for _, m := range all {
		if m.AppliedAt.IsZero() {
			pending = append(pending, m.Name)
		}
	}
	return pending, nil
}

// migrator marks a migration as applied only once it was: one that failed, or
// was cut off, runs again at the next start.
func (db *DB) migrator(ctx context.Context, on *bun.DB) *migrate.Migrator {
	return migrate.NewMigrator(on, db.migrations,
		migrate.WithTableName(migrationTable), migrate.WithMarkAppliedOnSuccess(true),
		migrate.WithTemplateData(map[string]any{
			"lacks": func(table, column string) (bool, error) { return db.lacksColumn(ctx, table, column) },
		}))
}

// lacksColumn is what the migrations of SQLite ask before they add a column: it
// has no ADD COLUMN IF NOT EXISTS.
func (db *DB) lacksColumn(ctx context.Context, table, column string) (bool, error) {
	has, err := db.bun.NewSelect().TableExpr("pragma_table_info(?)", table).Where("name = ?", column).Exists(ctx)
	return !has, err
}

func (db *DB) hasTable(ctx context.Context, name string) (bool, error) {
	if isPostgreSQL(db.bun) {
		var has bool
		err := db.bun.NewRaw("SELECT to_regclass(?) IS NOT NULL", name).Scan(ctx, &has)
		return has, err
	}
	return db.bun.NewSelect().TableExpr("sqlite_master").Where("type = 'table' AND name = ?", name).Exists(ctx)
}
