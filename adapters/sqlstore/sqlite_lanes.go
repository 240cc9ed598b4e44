package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// sqliteWantedRow is one pair of wantedJobs.
type sqliteWantedRow struct {
	TagKey    string `bun:"tag_key"`
	Protected bool   `bun:"protected"`
}

// The lanes of a runner, as a table with its columns; ?0 are the wanted jobs.
// SQLite has no LATERAL: what is the first of something is a subquery of one value.
const (
	// sqliteLanesOfAll jumps from one project to the next in the index.
	sqliteLanesOfAll = `lane (tag_key, protected, project_id) AS (
			SELECT k.tag_key, k.protected, (SELECT min(w.project_id) FROM waiting_jobs AS w
				WHERE w.tag_key = k.tag_key AND w.protected = k.protected) FROM wanted AS k
			UNION ALL
			SELECT k.tag_key, k.protected, (SELECT min(w.project_id) FROM waiting_jobs AS w
				WHERE w.tag_key = k.tag_key AND w.protected = k.protected AND w.project_id > k.project_id)
			FROM lane AS k WHERE k.project_id IS NOT NULL
		), load (project_id, jobs) AS (SELECT project_id, count(*) FROM instance_runner_jobs GROUP BY project_id)`

	// sqliteLanesBelowGroup looks at the projects below the group ?1.
	sqliteLanesBelowGroup = `lane (tag_key, protected, project_id) AS (
			SELECT k.tag_key, k.protected, p.id FROM wanted AS k, projects AS p
			JOIN namespace_ancestors AS below ON below.namespace_id = p.namespace_id
			WHERE below.ancestor_id = ?1 AND p.group_runners_enabled
		), load (project_id, jobs) AS (SELECT 0, 0)`

	// sqliteLanesOfAssigned looks at the projects of the runner ?1.
	sqliteLanesOfAssigned = `lane (tag_key, protected, project_id) AS (
			SELECT k.tag_key, k.protected, link.project_id FROM wanted AS k, runner_projects AS link
			WHERE link.runner_id = ?1
		), load (project_id, jobs) AS (SELECT 0, 0)`

	// sqliteFirstCandidate is the first job of the lanes. Whether instance
	// runners are welcome is asked if ?2.
	sqliteFirstCandidate = `, oldest AS MATERIALIZED (
			SELECT lane.project_id, (SELECT min(w.job_id) FROM waiting_jobs AS w
				WHERE w.tag_key = lane.tag_key AND w.protected = lane.protected AND w.project_id = lane.project_id) AS job_id
			FROM lane WHERE lane.project_id IS NOT NULL
		)
		SELECT oldest.job_id FROM oldest JOIN projects AS p ON p.id = oldest.project_id
			LEFT JOIN load ON load.project_id = oldest.project_id
		WHERE oldest.job_id IS NOT NULL AND (p.shared_runners_enabled OR NOT ?2)
		ORDER BY COALESCE(load.jobs, 0), oldest.job_id LIMIT 1`
)

// sqliteCandidate is the first job for the runner. There is nothing to lock: the
// transaction is the only one that writes.
func sqliteCandidate(ctx context.Context, tx bun.Tx, runner *domain.Runner, wanted wantedJobs) (domain.JobID, error) {
	values := make([]sqliteWantedRow, len(wanted.tagKeys))
	for i, key := range wanted.tagKeys {
		values[i] = sqliteWantedRow{TagKey: key, Protected: wanted.protected[i]}
	}
	r := runner.State()
	lanes, of := sqliteLanesOfAll, int64(0)
	switch r.Type {
	case domain.GroupRunner:
		lanes, of = sqliteLanesBelowGroup, int64(r.Group)
	case domain.ProjectRunner:
		lanes, of = sqliteLanesOfAssigned, int64(r.ID)
	case domain.InstanceRunner:
	}
	var id domain.JobID
	err := tx.NewRaw("WITH RECURSIVE wanted (tag_key, protected) AS (?0), "+lanes+sqliteFirstCandidate,
		tx.NewValues(&values), of, r.Type.Shared()).Scan(ctx, &id)
	if errors.Is(err, sql.ErrNoRows) {
		err = errNoCandidate
	}
	return id, err
}
