package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// The statements that find and lock the first job of a runner's lanes. $1 and $2
// are the wanted jobs. They are texts that never change, because planning them
// takes PostgreSQL longer than running them.
const (
	// postgresLanesOfAll jumps from one project to the next in the index.
	postgresLanesOfAll = postgresWanted + `, lane (tag_key, protected, project_id, job_id) AS (
			SELECT k.tag_key, k.protected, oldest.project_id, oldest.job_id FROM wanted AS k CROSS JOIN LATERAL (
				SELECT w.project_id, w.job_id FROM waiting_jobs AS w
				WHERE w.tag_key = k.tag_key AND w.protected = k.protected
				ORDER BY w.project_id, w.job_id LIMIT 1) AS oldest
			UNION ALL
			SELECT k.tag_key, k.protected, oldest.project_id, oldest.job_id FROM lane AS k CROSS JOIN LATERAL (
				SELECT w.project_id, w.job_id FROM waiting_jobs AS w
				WHERE w.tag_key = k.tag_key AND w.protected = k.protected AND w.project_id > k.project_id
				ORDER BY w.project_id, w.job_id LIMIT 1) AS oldest
		), ranked AS MATERIALIZED (
			SELECT lane.* FROM lane JOIN projects AS p ON p.id = lane.project_id AND p.shared_runners_enabled
				LEFT JOIN (SELECT project_id, count(*) AS jobs FROM instance_runner_jobs GROUP BY project_id) AS load
					ON load.project_id = lane.project_id
			ORDER BY COALESCE(load.jobs, 0), lane.job_id
		)` + postgresFirstUnlocked

	// postgresLanesBelowGroup looks at the projects below the group $3.
	postgresLanesBelowGroup = postgresWanted + `, lane (tag_key, protected, project_id, job_id) AS (
			SELECT k.tag_key, k.protected, p.id, oldest.job_id FROM projects AS p
				JOIN namespace_ancestors AS below ON below.namespace_id = p.namespace_id
				CROSS JOIN wanted AS k CROSS JOIN LATERAL (` + postgresOldestOfProject + `) AS oldest
			WHERE below.ancestor_id = $3 AND p.group_runners_enabled
		), ranked AS MATERIALIZED (SELECT * FROM lane ORDER BY job_id)` + postgresFirstUnlocked

	// postgresLanesOfAssigned looks at the projects of the runner $3.
	postgresLanesOfAssigned = postgresWanted + `, lane (tag_key, protected, project_id, job_id) AS (
			SELECT k.tag_key, k.protected, p.id, oldest.job_id
			FROM (SELECT link.project_id AS id FROM runner_projects AS link WHERE link.runner_id = $3) AS p
				CROSS JOIN wanted AS k CROSS JOIN LATERAL (` + postgresOldestOfProject + `) AS oldest
		), ranked AS MATERIALIZED (SELECT * FROM lane ORDER BY job_id)` + postgresFirstUnlocked

	postgresWanted = `WITH RECURSIVE wanted (tag_key, protected) AS (SELECT * FROM unnest($1::text[], $2::boolean[]))`

	postgresOldestOfProject = `SELECT w.job_id FROM waiting_jobs AS w
		WHERE w.tag_key = k.tag_key AND w.protected = k.protected AND w.project_id = p.id
		ORDER BY w.job_id LIMIT 1`

	// postgresFirstUnlocked locks the first job that nobody has locked. It tries
	// the oldest of each lane first, so that claims at the same moment go to
	// different lanes, and then whatever is left in them: as long as one job is
	// unlocked it finds one. A job that does not wait any more when its lock is
	// got is passed over. LATERAL keeps the order.
	postgresFirstUnlocked = `
		SELECT candidate.id FROM (
			SELECT j.id FROM ranked CROSS JOIN LATERAL (
				SELECT j.id FROM jobs AS j WHERE j.id = ranked.job_id AND j.status = 'pending'
				FOR NO KEY UPDATE OF j SKIP LOCKED) AS j
			UNION ALL
			SELECT j.id FROM ranked CROSS JOIN LATERAL (
				SELECT j.id FROM waiting_jobs AS w JOIN jobs AS j ON j.id = w.job_id
				WHERE w.tag_key = ranked.tag_key AND w.protected = ranked.protected AND w.project_id = ranked.project_id
					AND j.status = 'pending'
				ORDER BY w.job_id LIMIT 1 FOR NO KEY UPDATE OF j SKIP LOCKED) AS j
		) AS candidate LIMIT 1`
)

// lockPostgresCandidate locks the first job for the runner.
func (s *Jobs) lockPostgresCandidate(ctx context.Context, tx bun.Tx, runner *domain.Runner, wanted wantedJobs) (domain.JobID, error) {
	statement, args := postgresLanesOfAll, []any{wanted.tagKeys, wanted.protected}
	switch r := runner.State(); r.Type {
	case domain.GroupRunner:
		statement, args = postgresLanesBelowGroup, append(args, int64(r.Group))
	case domain.ProjectRunner:
		statement, args = postgresLanesOfAssigned, append(args, int64(r.ID))
	case domain.InstanceRunner:
	}
	rows, err := s.db.often(ctx, tx.Tx, statement, args...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return 0, err
		}
		return 0, errNoCandidate
	}
	var id domain.JobID
	if err := rows.Scan(&id); err != nil {
		return 0, err
	}
	return id, rows.Err()
}
