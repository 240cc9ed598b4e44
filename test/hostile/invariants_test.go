package hostile

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // opens postgres:// as "pgx"
	_ "modernc.org/sqlite"             // opens files as "sqlite"
)

// oddities are the rows that must not be there, each with the rule that they
// break. A query selects what breaks the rule.
var oddities = map[string]string{
	"a group runner has exactly one group, which exists": `SELECT r.id FROM runners r
		WHERE (r.runner_type = 'group_type') <> (r.group_id IS NOT NULL)
			OR r.group_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM namespaces n WHERE n.id = r.group_id AND n.kind = 'group')`,
	"only project runners have projects": `SELECT r.id FROM runners r JOIN runner_projects p ON p.runner_id = r.id WHERE r.runner_type <> 'project_type'`,
	"no two runners share a token":       `SELECT min(id) FROM runners GROUP BY token_digest HAVING count(*) > 1`,
	"no two things share a token": `SELECT 1 FROM (
			SELECT token_digest AS d FROM runners UNION ALL SELECT token_digest FROM job_handovers
			UNION ALL SELECT token_digest FROM projects UNION ALL SELECT token_digest FROM namespaces
			UNION ALL SELECT digest FROM personal_access_tokens UNION ALL SELECT registration_token FROM instance) AS all_tokens
		WHERE d IS NOT NULL AND d <> '' GROUP BY d HAVING count(*) > 1`,
	"every runner has a token":                      `SELECT id FROM runners WHERE token_digest IS NULL OR token_digest = ''`,
	"a runner without tags takes jobs without tags": `SELECT id FROM runners WHERE NOT TRUE_OF(run_untagged) AND tag_list IN ('[]', 'null')`,
	"pending jobs wait, and no others":              `SELECT j.id FROM jobs j LEFT JOIN waiting_jobs w ON w.job_id = j.id WHERE (j.status = 'pending') <> (w.job_id IS NOT NULL)`,
	"what waits knows its project":                  `SELECT w.job_id FROM waiting_jobs w JOIN jobs j ON j.id = w.job_id WHERE j.project_id <> w.project_id`,
	"a job at an agent has a runner, or that is gone, and was handed over": `SELECT j.id FROM jobs j LEFT JOIN job_handovers h ON h.job_id = j.id
		WHERE j.status IN ('running', 'canceling') AND (h.job_id IS NULL OR j.started_at IS NULL)`,
	"jobs that are over have an end":             `SELECT id FROM jobs WHERE status IN ('success', 'failed') AND finished_at IS NULL`,
	"jobs on instance runners are at an agent":   `SELECT i.job_id FROM instance_runner_jobs i JOIN jobs j ON j.id = i.job_id WHERE j.status NOT IN ('running', 'canceling')`,
	"a job has the project of its pipeline":      `SELECT j.id FROM jobs j JOIN pipelines p ON p.id = j.pipeline_id WHERE p.project_id <> j.project_id`,
	"everything has one route":                   `SELECT n.id FROM namespaces n WHERE (SELECT count(*) FROM routes r WHERE r.namespace_id = n.id) <> 1`,
	"every project has one route":                `SELECT p.id FROM projects p WHERE (SELECT count(*) FROM routes r WHERE r.project_id = p.id) <> 1`,
	"every group is above itself":                `SELECT n.id FROM namespaces n WHERE NOT EXISTS (SELECT 1 FROM namespace_ancestors a WHERE a.namespace_id = n.id AND a.ancestor_id = n.id)`,
	"who is above a parent is above its child":   `SELECT n.id FROM namespaces n JOIN namespace_ancestors up ON up.namespace_id = n.parent_id WHERE NOT EXISTS (SELECT 1 FROM namespace_ancestors a WHERE a.namespace_id = n.id AND a.ancestor_id = up.ancestor_id)`,
	"nobody else is above anything":              `SELECT a.namespace_id FROM namespace_ancestors a JOIN namespaces n ON n.id = a.namespace_id WHERE a.ancestor_id <> n.id AND NOT EXISTS (SELECT 1 FROM namespace_ancestors up WHERE up.namespace_id = n.parent_id AND up.ancestor_id = a.ancestor_id)`,
	"every group has an Owner at the top":        `SELECT n.id FROM namespaces n WHERE n.kind = 'user' AND n.owner_id IS NULL`,
	"the trace of a job is not of negative size": `SELECT job_id FROM job_handovers WHERE trace_size < 0`,
}

// books is the database of a town, looked at from beside.
type books struct {
	db       *sql.DB
	postgres bool
}

func openBooks(databaseURL string) (*books, error) {
	if path, isFile := strings.CutPrefix(databaseURL, "sqlite:"); isFile {
		db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_busy_timeout=10000")
		return &books{db: db}, err
	}
	db, err := sql.Open("pgx", databaseURL)
	return &books{db: db, postgres: true}, err
}

// check tells which rules are broken.
func (b *books) check(ctx context.Context) ([]string, error) {
	var broken []string
	for rule, query := range oddities {
		column, rest, found := strings.Cut(query, "TRUE_OF(")
		if found { // SQLite has no booleans
			name, behind, _ := strings.Cut(rest, ")")
			query = column + "(" + name + map[bool]string{false: " = 1)", true: ")"}[b.postgres] + behind
		}
		ids, err := texts(ctx, b.db, query)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rule, err)
		}
		if len(ids) > 0 {
			broken = append(broken, fmt.Sprintf("%s: %v", rule, ids))
		}
	}
	tags, err := b.checkTags(ctx)
	return append(broken, tags...), err
}

// checkTags compares the tags in a runner's row with those in the index.
func (b *books) checkTags(ctx context.Context) ([]string, error) {
	lists, err := texts(ctx, b.db, `SELECT CAST(id AS TEXT) || ':' || CAST(tag_list AS TEXT) FROM runners`)
	if err != nil {
		return nil, err
	}
	indexed, err := texts(ctx, b.db, `SELECT CAST(runner_id AS TEXT) || ':' || tag_key FROM runner_tags`)
	if err != nil {
		return nil, err
	}
	var expected []string
	for _, list := range lists {
		id, text, _ := strings.Cut(list, ":")
		var tags []string
		if err := json.Unmarshal([]byte(text), &tags); err != nil {
			return nil, err
		}
		for _, tag := range tags {
			if len(tag) < 200 { // very long ones stand there as a digest
				expected = append(expected, id+":"+tag)
			}
		}
	}
	indexed = slices.DeleteFunc(indexed, func(entry string) bool { return len(entry) >= 200 || isDigest(entry) })
	expected = slices.DeleteFunc(expected, isDigest)
	slices.Sort(expected)
	slices.Sort(indexed)
	if slices.Equal(expected, indexed) {
		return nil, nil
	}
	return []string{fmt.Sprintf("the tags in rows and index differ: %q and %q", expected, indexed)}, nil
}

func isDigest(entry string) bool {
	_, tag, _ := strings.Cut(entry, ":")
	return len(tag) >= 64
}

// projectsOf is how many projects the runner has.
func (b *books) projectsOf(ctx context.Context, runner string) (n int, err error) {
	query := "SELECT count(*) FROM runner_projects WHERE runner_id = ?"
	if b.postgres {
		query = "SELECT count(*) FROM runner_projects WHERE runner_id = $1::bigint"
	}
	return n, b.db.QueryRowContext(ctx, query, runner).Scan(&n)
}

func texts(ctx context.Context, db *sql.DB, query string) (found []string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, rows.Err()
}
