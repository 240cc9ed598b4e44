package sqlstore_test

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/sqlstore"
	"runyard/test/postgres"
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		db, err := sqlstore.Open(t.Context(), url)
		require.NoError(t, err)
		defer func() { require.NoError(t, db.Close()) }()

		before, err := db.PendingMigrations(t.Context())
		require.NoError(t, err)
		require.NotEmpty(t, before)
		assert.Equal(t, "20261122000001_initial", before[0])

		require.NoError(t, db.Migrate(t.Context()))
		require.NoError(t, db.Migrate(t.Context()), "with nothing left to do")

		after, err := db.PendingMigrations(t.Context())
		require.NoError(t, err)
		assert.Empty(t, after)
		all, err := db.Migrations(t.Context())
		require.NoError(t, err)
		require.Len(t, all, len(before))
		for _, migration := range all {
			assert.False(t, migration.AppliedAt.IsZero(), migration.Name)
		}
	})
}

func TestMigrationRunsAgainAfterACrash(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		db := openMigrated(t, url)
		_, err := db.SQL().ExecContext(t.Context(), "DELETE FROM bun_migrations")
		require.NoError(t, err)
		require.NoError(t, db.Migrate(t.Context()))
	})
}

func TestNodesMigrateAtTheSameMoment(t *testing.T) {
	t.Parallel()
	onBoth(t, migrateAtTheSameMoment)
}

func migrateAtTheSameMoment(t *testing.T, url string) {
	var nodes sync.WaitGroup
	for range 4 {
		nodes.Go(func() {
			db, err := sqlstore.Open(t.Context(), url)
			if !assert.NoError(t, err) {
				return
			}
			assert.NoError(t, db.Migrate(t.Context()))
			assert.NoError(t, db.Close())
		})
	}
	nodes.Wait()
}

// The same text describes the same schema on both databases, whatever the types
// are called.
const (
	sqliteSchema = `
		SELECT 'column ' || t.name || '.' || c.name || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END
			|| CASE WHEN c.pk > 0 THEN ' key ' || c.pk ELSE '' END
		FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'
		UNION ALL
		SELECT 'reference ' || t.name || '.' || f."from" || ' to ' || f."table" || '.' || f."to" || ' on delete ' || lower(f.on_delete)
		FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'
		UNION ALL
		SELECT 'index ' || i.name || ' of ' || t.name || CASE WHEN i."unique" = 1 THEN ' unique ' ELSE ' ' END
			|| (SELECT group_concat(x.name, ',') FROM pragma_index_info(i.name) x)
		FROM sqlite_master t, pragma_index_list(t.name) i WHERE t.type = 'table' AND i.origin = 'c'`

	postgresSchema = `
		SELECT 'column ' || c.table_name || '.' || c.column_name || CASE WHEN c.is_nullable = 'NO' THEN ' not null' ELSE '' END
			|| COALESCE((SELECT ' key ' || k.ordinal_position FROM information_schema.key_column_usage k
				JOIN information_schema.table_constraints p ON p.constraint_name = k.constraint_name AND p.constraint_type = 'PRIMARY KEY'
				WHERE k.table_name = c.table_name AND k.column_name = c.column_name), '')
		FROM information_schema.columns c WHERE c.table_schema = 'public'
		UNION ALL
		SELECT 'reference ' || conrelid::regclass || '.' || a.attname || ' to ' || confrelid::regclass || '.' || b.attname || ' on delete '
			|| CASE confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE confdeltype::text END
		FROM pg_constraint
			JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
			JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
		WHERE contype = 'f'
		UNION ALL
		SELECT 'index ' || i.indexrelid::regclass || ' of ' || i.indrelid::regclass || CASE WHEN i.indisunique THEN ' unique ' ELSE ' ' END
			|| (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = i.indexrelid)
		FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisprimary`
)

func TestBothDatabasesHaveTheSameSchema(t *testing.T) {
	t.Parallel()
	onSQLite := schema(t, openMigrated(t, sqliteURL(t)), sqliteSchema)
	onPostgreSQL := schema(t, openMigrated(t, postgres.NewDatabase(t)), postgresSchema)
	// By these, nodes tell what came into the queue since they read it last. SQLite
	// has one node.
	between := regexp.MustCompile(`project_openings|entered`)
	onPostgreSQL = slices.DeleteFunc(onPostgreSQL, between.MatchString)
	assert.Greater(t, len(onSQLite), 100)
	assert.ElementsMatch(t, onSQLite, onPostgreSQL)
}

func schema(t *testing.T, db *sqlstore.DB, query string) []string {
	t.Helper()
	rows, err := db.SQL().QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var lines []string
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		if !strings.Contains(line, "bun_migration") && !strings.Contains(line, "sqlite_sequence") {
			lines = append(lines, line)
		}
	}
	require.NoError(t, rows.Err())
	return lines
}
