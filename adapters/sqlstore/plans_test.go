package sqlstore

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/postgres"
)

// manyRows is how many runners and jobs the planner of PostgreSQL sees. They are
// spread as in a large installation: few projects, groups and tags have many.
const manyRows = 100_000

// load writes them. Of what the plans do not look at there is as little as the
// schema allows.
var load = []string{
	`SET session_replication_role = replica`, // a million checks of foreign keys less
	`INSERT INTO users (username, username_key, name, name_key, email, email_key, admin, status, created_at)
		SELECT i, i, i, i, i, i, FALSE, 'active', now() FROM generate_series(1, 100) AS i`,
	`INSERT INTO namespaces (id, kind, name, name_key, path, full_name, full_path, visibility, description, token_seed, created_at)
		SELECT i, 'group', i, i, i, i, i, 'private', '', '', now() FROM generate_series(1, 200) AS i`,
	`INSERT INTO namespace_ancestors SELECT i, a FROM generate_series(1, 200) AS i, generate_series(i - (i - 1) % 8, i) AS a`,
	`INSERT INTO projects (id, namespace_id, name, name_key, path, default_branch, visibility, shared_runners_enabled,
			group_runners_enabled, build_timeout, repository_url, token_seed, created_at)
		SELECT i, 1 + i % 200, i, i, i, '', 'private', TRUE, TRUE, 1, '', '', now() FROM generate_series(1, 2000) AS i`,
	`INSERT INTO members (user_id, project_id, level, created_at)
		SELECT 1 + i % 100, i, 40, now() FROM generate_series(1, 2000) AS i`,
	`INSERT INTO members (user_id, namespace_id, level, created_at)
		SELECT 1 + i % 100, i, 50, now() FROM generate_series(1, 200) AS i`,
	fmt.Sprintf(`INSERT INTO runners (runner_type, group_id, active, locked, run_untagged, access_level, tag_list, created_at)
		SELECT of, CASE of WHEN 'group_type' THEN 1 + i %% 200 END, i %% 10 <> 3, FALSE, TRUE, 'not_protected', '[]', now()
		FROM (SELECT i, CASE WHEN i %% 20 < 12 THEN 'project_type' WHEN i %% 20 < 17 THEN 'group_type' ELSE 'instance_type' END AS of
			FROM generate_series(1, %d) AS i) AS numbered`, manyRows),
	`INSERT INTO runner_projects SELECT id, 1 + id * 7 % 2000, now() FROM runners WHERE runner_type = 'project_type'`,
	`INSERT INTO runner_contacts (runner_id, contacted_at, version)
		SELECT id, now() - (id * 7919 % 10) * interval '30 minutes', '15.0' FROM runners WHERE id % 10 <> 7`,
	`INSERT INTO runner_tags SELECT CASE t WHEN 1 THEN 'tag-' || id % 3 WHEN 2 THEN 'rare-' || id % 2000 ELSE 'common' END, id
		FROM runners, generate_series(1, 3) AS t WHERE t < 3 OR id % 3 > 0`,
	fmt.Sprintf(`INSERT INTO pipelines (project_id, sha, ref, tag, status, created_at)
		SELECT 1 + i %% 2000, '', '', FALSE, 'success', now() FROM generate_series(1, %d) AS i`, manyRows/5),
	fmt.Sprintf(`INSERT INTO jobs (project_id, pipeline_id, runner_id, name, stage, status, failure_reason, ref, tag, protected,
			allow_failure, tag_list, timeout, needs, dependencies, definition, created_at)
		SELECT p.project_id, p.id, 1 + p.id * 13 %% %d, '', '', 'success', '', '', FALSE, FALSE, FALSE, '[]', 1, '[]', '[]', '{}', now()
		FROM pipelines AS p, generate_series(1, 5)`, manyRows),
	`ANALYZE`,
}

// asked remembers statements.
type asked struct {
	mutex sync.Mutex
	all   []*bun.QueryEvent
}

func (a *asked) BeforeQuery(ctx context.Context, event *bun.QueryEvent) context.Context {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.all = append(a.all, event)
	return ctx
}

func (*asked) AfterQuery(context.Context, *bun.QueryEvent) {}

// during are the statements that work asks.
func (a *asked) during(work func()) []*bun.QueryEvent {
	a.all = nil
	work()
	return a.all
}

// reads are what has to stay quick however many runners and jobs there are. An
// unfiltered list goes along the table, and stops.
func reads(t *testing.T, db *DB) map[string]func() error {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	paused := false
	pages := map[string]ports.Page{
		"first page":  {Number: 1, Size: 20},
		"page 400":    {Number: 400, Size: 20},
		"keyset page": {Size: 20, Keyset: &ports.Keyset{After: manyRows / 2}},
		"last keyset": {Size: 20, Keyset: &ports.Keyset{Before: manyRows / 2, Descending: true}},
	}
	all := ports.RunnerSource{}
	lists := map[string]struct {
		among  ports.RunnerSource
		filter domain.RunnerFilter
	}{
		"all runners":          {all, domain.RunnerFilter{}},
		"runners of a type":    {all, domain.RunnerFilter{Types: []domain.RunnerType{domain.GroupRunner}}},
		"paused runners":       {all, domain.RunnerFilter{Active: &paused}},
		"paused ones of type":  {all, domain.RunnerFilter{Active: &paused, Types: []domain.RunnerType{domain.InstanceRunner}}},
		"online runners":       {all, domain.RunnerFilter{ContactedAfter: now.Add(-2 * time.Hour)}},
		"offline runners":      {all, domain.RunnerFilter{NotContactedAfter: now.Add(-2 * time.Hour)}},
		"runners with a tag":   {all, domain.RunnerFilter{Tags: domain.Tags{"common"}}},
		"with a rare tag":      {all, domain.RunnerFilter{Tags: domain.Tags{"rare-7"}}},
		"with two tags":        {all, domain.RunnerFilter{Tags: domain.Tags{"common", "tag-1"}}},
		"with tags and rarer":  {all, domain.RunnerFilter{Tags: domain.Tags{"common", "rare-7", "tag-1"}}},
		"type, status and tag": {all, domain.RunnerFilter{Active: &paused, Types: []domain.RunnerType{domain.ProjectRunner}, Tags: domain.Tags{"common"}}},
		"runners of a user":    {ports.RunnerSource{OwnedBy: 7, At: now}, domain.RunnerFilter{}},
		"runners of a project": {ports.RunnerSource{UsableIn: 7}, domain.RunnerFilter{}},
		"runners of a group":   {ports.RunnerSource{UsableInGroup: 8}, domain.RunnerFilter{}},
	}
	calls := map[string]func() error{}
	for name, list := range lists {
		for page, p := range pages {
			for _, far := range []bool{false, true} {
				calls[fmt.Sprintf("%s, %s, far: %t", name, page, far)] = func() error {
					runners := NewRunners(db)
					runners.far.counted(runnerListOf(list.among, list.filter), far)
					_, _, err := runners.List(ctx, list.among, list.filter, p)
					return err
				}
			}
		}
	}
	for page, p := range pages {
		calls["jobs of a runner, "+page] = func() error {
			_, _, err := NewJobs(db).List(ctx, ports.JobQuery{Runner: 14}, p)
			return err
		}
		calls["jobs of a project, "+page] = func() error {
			_, _, err := NewJobs(db).List(ctx, ports.JobQuery{Project: 7}, p)
			return err
		}
		calls["running jobs of a runner, "+page] = func() error {
			_, _, err := NewJobs(db).List(ctx, ports.JobQuery{Runner: 14, Statuses: []domain.JobStatus{domain.JobRunning}}, p)
			return err
		}
	}
	calls["a runner"] = func() error { _, err := NewRunners(db).Find(ctx, 7); return err }
	calls["a project"] = func() error { _, err := NewProjects(db).Find(ctx, ports.ProjectRef{ID: 7}); return err }
	calls["a group"] = func() error { _, err := NewGroups(db).Find(ctx, ports.GroupRef{ID: 8}); return err }
	calls["its projects"] = func() error { _, err := NewRunners(db).Projects(ctx, 1, 7, now); return err }
	calls["the level on a runner"] = func() error { _, err := NewAccess(db).OnRunner(ctx, 7, 1, now); return err }
	return calls
}

// unboundedStatements lets a slow machine take its time to load the rows.
func unboundedStatements(t *testing.T, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	require.NoError(t, err)
	query := u.Query()
	query.Set("statement_timeout", "0")
	u.RawQuery = query.Encode()
	return u.String()
}

func TestNoReadGoesThroughAllRunnersOrJobsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	var statements asked
	db, err := Open(t.Context(), unboundedStatements(t, postgres.NewDatabase(t)), &statements)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	conn, err := db.pool.Acquire(t.Context())
	require.NoError(t, err)
	t.Cleanup(conn.Release)
	for _, statement := range load {
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	_, err = conn.Exec(t.Context(), "SET plan_cache_mode = force_generic_plan")
	require.NoError(t, err)

	const kept = "as it is kept"
	known := map[string]bool{}
	for name, call := range reads(t, db) {
		for _, event := range statements.during(func() { require.NoError(t, call(), name) }) {
			if known[event.Query] {
				continue
			}
			known[event.Query] = true
			for way, plan := range map[string]string{
				kept: genericPlan(t, conn.Conn(), fmt.Sprintf("plan_%d", len(known)), event),
				"for its values": explain(t, conn.Conn(), "EXPLAIN "+event.Query,
					append([]any{pgx.QueryExecModeExec}, event.QueryArgs...)...),
			} {
				tables := []string{"runners", "jobs"}
				if way == kept {
					tables = append(tables, "pipelines")
				}
				for _, table := range tables {
					assert.NotContains(t, plan, "Seq Scan on "+table+" ", "%s, %s:\n%s", name, way, event.Query)
				}
			}
		}
	}
}

// genericPlan is the plan of a statement whatever its arguments are.
func genericPlan(t *testing.T, conn *pgx.Conn, name string, event *bun.QueryEvent) string {
	t.Helper()
	_, err := conn.Prepare(t.Context(), name, event.Query)
	require.NoError(t, err)
	call := "EXPLAIN EXECUTE " + name
	if n := len(event.QueryArgs); n > 0 {
		call += "(" + strings.Repeat("NULL, ", n-1) + "NULL)"
	}
	return explain(t, conn, call, pgx.QueryExecModeSimpleProtocol)
}

func explain(t *testing.T, conn *pgx.Conn, text string, args ...any) string {
	t.Helper()
	rows, err := conn.Query(t.Context(), text, args...)
	require.NoError(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err, text)
	return strings.Join(lines, "\n")
}

// SQLite plans by rules, so that no rows are needed.
func TestNoReadGoesThroughAllRunnersOrJobsOnSQLite(t *testing.T) {
	t.Parallel()
	var statements asked
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "runyard.db"), &statements)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	for name, call := range reads(t, db) {
		for _, event := range statements.during(func() { _ = call() }) { // there is no runner to be found
			steps := plan(t, db, event)
			for _, step := range steps {
				if table, ok := strings.CutPrefix(step, "SCAN "); ok && !alongTheTable(name) {
					assert.NotRegexp(t, `^(r|c|j|link|tag_\d|p|m)\b`, table, "%s:\n%s", name, event.Query)
				}
			}
		}
	}
}

// alongTheTable tells whether a list may go through runners or contacts: it does
// so in the order of ids, and stops.
func alongTheTable(name string) bool {
	return strings.HasPrefix(name, "all runners") || strings.HasPrefix(name, "online runners") || strings.HasPrefix(name, "offline runners")
}

// plan is how SQLite would run the statement, a line per step.
func plan(t *testing.T, db *DB, event *bun.QueryEvent) []string {
	t.Helper()
	rows, err := db.bun.DB.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+event.Query, event.QueryArgs...)
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
