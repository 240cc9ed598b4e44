package load

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"runyard/test/bench/dataset"
)

const (
	// progressInterval is how often progress is shown, progressRows how often told.
	progressInterval = 500 * time.Millisecond
	progressRows     = 10_000
	// indexBuilders is how many indexes are built at the same time.
	indexBuilders = 2
)

// intoPostgreSQL copies without indexes and without looking at references, which
// would cost more than the rows, and builds the indexes afterwards.
func intoPostgreSQL(ctx context.Context, url string, tables []dataset.Table, progress func(string, int)) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return err
	}
	for setting, value := range map[string]string{
		"synchronous_commit": "off", "session_replication_role": "replica", "maintenance_work_mem": "512MB",
	} {
		config.ConnConfig.RuntimeParams[setting] = value
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	indexes, err := dropIndexes(ctx, pool)
	if err != nil {
		return err
	}
	for _, table := range tables {
		source := newCopySource(table, progress)
		_, err := pool.CopyFrom(ctx, pgx.Identifier{table.Name}, table.Columns, source)
		source.stop()
		if err != nil {
			return fmt.Errorf("load %s: %w", table.Name, err)
		}
	}
	group, building := errgroup.WithContext(ctx)
	group.SetLimit(indexBuilders)
	for _, index := range indexes {
		group.Go(func() error {
			_, err := pool.Exec(building, index)
			return err
		})
	}
	progress("indexes", 0)
	if err := group.Wait(); err != nil {
		return err
	}
	if err := continueIdentities(ctx, pool); err != nil {
		return err
	}
	progress("statistics", 0)
	_, err = pool.Exec(ctx, "VACUUM ANALYZE")
	return errors.Join(err, checkpoint(ctx, pool))
}

// checkpoint writes what was loaded to the disk now, and not while something is
// measured.
func checkpoint(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, "CHECKPOINT")
	return err
}

// dropIndexes drops the indexes that are no constraints, and returns how to make
// them again.
func dropIndexes(ctx context.Context, pool *pgxpool.Pool) ([]string, error) {
	rows, err := pool.Query(ctx, `SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i
		JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)`)
	if err != nil {
		return nil, err
	}
	type index struct{ Name, Definition string }
	indexes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		return nil, err
	}
	definitions := make([]string, len(indexes))
	for i, index := range indexes {
		if _, err := pool.Exec(ctx, "DROP INDEX "+index.Name); err != nil {
			return nil, err
		}
		definitions[i] = index.Definition
	}
	return definitions, nil
}

// continueIdentities lets the ids of new rows begin after those that were loaded.
func continueIdentities(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, `DO $$ DECLARE t text; BEGIN
		FOR t IN SELECT table_name FROM information_schema.columns
			WHERE table_schema = 'public' AND column_name = 'id' AND is_identity = 'YES' LOOP
			EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, ''id''), max(id)) FROM %I HAVING max(id) IS NOT NULL', t, t);
		END LOOP; END $$`)
	return err
}

// copySource gives the rows of a table to pgx.
type copySource struct {
	table    string
	next     func() ([]any, bool)
	stop     func()
	progress func(string, int)
	row      []any
	count    int
}

func newCopySource(table dataset.Table, progress func(string, int)) *copySource {
	next, stop := iter.Pull(table.Rows)
	return &copySource{table: table.Name, next: next, stop: stop, progress: progress}
}

// Next implements pgx.CopyFromSource.
func (s *copySource) Next() bool {
	row, ok := s.next()
	if !ok {
		s.progress(s.table, s.count%progressRows)
		return false
	}
	s.row = row
	if s.count++; s.count%progressRows == 0 {
		s.progress(s.table, progressRows)
	}
	return true
}

// Values implements pgx.CopyFromSource.
func (s *copySource) Values() ([]any, error) { return s.row, nil }

// Err implements pgx.CopyFromSource.
func (s *copySource) Err() error { return nil }
