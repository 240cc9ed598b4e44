package sqlstore

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

func TestPagesAreCutByIndexes(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "runyard.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))

	paused := false
	runners := func(f domain.RunnerFilter) *bun.SelectQuery {
		return filterRunners(db.bun.NewSelect().TableExpr("runners AS r").ColumnExpr("r.id").OrderExpr("r.id"), f)
	}
	jobs := func(q ports.JobQuery) *bun.SelectQuery {
		return filterJobs(db.bun.NewSelect().TableExpr("jobs AS j").ColumnExpr("j.id").OrderExpr("j.id DESC"), q)
	}
	running := []domain.JobStatus{domain.JobRunning}
	for name, test := range map[string]struct {
		query *bun.SelectQuery
		want  string // the first step, which must yield the order of ids
	}{
		"all runners":       {runners(domain.RunnerFilter{}), "SCAN r"},
		"runners of a type": {runners(domain.RunnerFilter{Types: []domain.RunnerType{domain.GroupRunner}}), "SEARCH r USING COVERING INDEX runners_type (runner_type=?)"},
		"paused runners":    {runners(domain.RunnerFilter{Active: &paused}), "SEARCH r USING COVERING INDEX runners_active (active=?)"},
		"tagged runners":    {runners(domain.RunnerFilter{Tags: domain.Tags{"a", "b"}}), "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"},
		"jobs of a runner":  {jobs(ports.JobQuery{Runner: 1}), "SEARCH j USING COVERING INDEX jobs_runner (runner_id=?)"},
		"jobs of a project": {jobs(ports.JobQuery{Project: 1}), "SEARCH j USING COVERING INDEX jobs_project (project_id=?)"},
		"running jobs":      {jobs(ports.JobQuery{Runner: 1, Statuses: running}), "SEARCH j USING COVERING INDEX jobs_runner_status (runner_id=? AND status=?)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps := plan(t, db, test.query.Limit(20))
			assert.Contains(t, steps[0], test.want)
			assert.NotContains(t, steps, "USE TEMP B-TREE FOR ORDER BY")
		})
	}
}

func TestContactsAreFoundByTheirIndex(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), "sqlite::memory:")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	online := domain.RunnerFilter{ContactedAfter: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	steps := plan(t, db, filterRunners(db.bun.NewSelect().TableExpr("runners AS r").ColumnExpr("r.id"), online))
	assert.Contains(t, steps[0], "runner_contacts_moment")
}

// plan is how SQLite would run the query, a line per step.
func plan(t *testing.T, db *DB, q *bun.SelectQuery) []string {
	t.Helper()
	rows, err := db.bun.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q.String())
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &step))
		steps = append(steps, step)
	}
	require.NoError(t, rows.Err())
	return steps
}
