package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// A claim looks for its job in three steps, none of which reads more than one
// job of a lane:
//
//  1. Which tags, as sets, are waited for, and which of them does the runner
//     have? That is for the domain to say.
//  2. Which lanes have such tags and a project that the runner serves, and what
//     is the oldest job of each? In what order are they looked at?
//  3. Which is the first job that can be locked?

// waitingTagSets jumps from one set of tags to the next in the index.
const waitingTagSets = `WITH RECURSIVE sets (tag_key) AS (
		SELECT min(w.tag_key) FROM waiting_jobs AS w
		UNION ALL
		SELECT (SELECT min(w.tag_key) FROM waiting_jobs AS w WHERE w.tag_key > sets.tag_key)
		FROM sets WHERE sets.tag_key IS NOT NULL
	)
	SELECT sets.tag_key, (SELECT w.tag_list FROM waiting_jobs AS w WHERE w.tag_key = sets.tag_key LIMIT 1) AS tag_list
	FROM sets WHERE sets.tag_key IS NOT NULL`

// tagSetRow is a set of tags that jobs wait with.
type tagSetRow struct {
	TagKey string                `bun:"tag_key"`
	Tags   jsonText[domain.Tags] `bun:"tag_list"`
}

// wantedRow is a set of tags and a protection that the runner takes.
type wantedRow struct {
	TagKey    string `bun:"tag_key"`
	Protected bool   `bun:"protected"`
}

// lanesFor is the query of the lanes that the runner serves, with the oldest job
// of each and in the order in which they are looked at. No query: there is none.
func (s *Jobs) lanesFor(ctx context.Context, runner *domain.Runner) (bun.Query, error) {
	var sets []tagSetRow
	if err := s.db.NewRaw(waitingTagSets).Scan(ctx, &sets); err != nil {
		return nil, err
	}
	wanted := wantedBy(runner, sets)
	if len(wanted) == 0 {
		return nil, nil
	}
	values := s.db.NewValues(&wanted)
	r := runner.State()
	switch r.Type {
	case domain.GroupRunner:
		return s.db.NewRaw(lanesBelowGroup, values, r.Group), nil
	case domain.ProjectRunner:
		return s.db.NewRaw(lanesOfAssignedProjects, values, r.ID), nil
	default:
		return s.db.NewRaw(lanesOfAll, values), nil
	}
}

// wantedBy lets the domain say which tags and protections the runner takes,
// wherever the jobs are.
func wantedBy(runner *domain.Runner, sets []tagSetRow) []wantedRow {
	var wanted []wantedRow
	groups := []domain.GroupID{runner.State().Group}
	for _, set := range sets {
		for _, protected := range []bool{false, true} {
			job := domain.QueuedJob{
				Status: domain.JobPending, Tags: set.Tags.value, Protected: protected,
				Groups: groups, SharedRunnersEnabled: true, GroupRunnersEnabled: true,
			}
			if runner.Refuses(job, true) == domain.NotRefused {
				wanted = append(wanted, wantedRow{TagKey: set.TagKey, Protected: protected})
			}
		}
	}
	return wanted
}

const (
	// inLane selects the jobs w of a lane.
	inLane = `w.tag_key = lane.tag_key AND w.protected = lane.protected AND w.project_id = lane.project_id`

	// oldestInLane is null for a lane in which no job waits.
	oldestInLane = `(SELECT min(w.job_id) FROM waiting_jobs AS w WHERE ` + inLane + `)`

	// lanesOfAll jumps from one project to the next in the index, for each set
	// of tags and protection in ?0. The load is what makes the lanes of a
	// project come later.
	lanesOfAll = `WITH RECURSIVE wanted (tag_key, protected) AS (?0), lane (tag_key, protected, project_id) AS (
			SELECT k.tag_key, k.protected, (SELECT min(w.project_id) FROM waiting_jobs AS w
				WHERE w.tag_key = k.tag_key AND w.protected = k.protected) FROM wanted AS k
			UNION ALL
			SELECT k.tag_key, k.protected, (SELECT min(w.project_id) FROM waiting_jobs AS w
				WHERE w.tag_key = k.tag_key AND w.protected = k.protected AND w.project_id > k.project_id)
			FROM lane AS k WHERE k.project_id IS NOT NULL
		)
		SELECT lane.tag_key, lane.protected, lane.project_id, ` + oldestInLane + ` AS job_id,
			COALESCE(load.jobs, 0) AS load
		FROM lane JOIN projects AS p ON p.id = lane.project_id
			LEFT JOIN (SELECT project_id, count(*) AS jobs FROM instance_runner_jobs GROUP BY project_id) AS load
				ON load.project_id = lane.project_id
		WHERE p.shared_runners_enabled`

	// lanesBelowGroup looks at the projects below the group ?1.
	lanesBelowGroup = `WITH wanted (tag_key, protected) AS (?0), lane (tag_key, protected, project_id) AS (
			SELECT k.tag_key, k.protected, p.id FROM wanted AS k, projects AS p
			JOIN namespace_ancestors AS below ON below.namespace_id = p.namespace_id
			WHERE below.ancestor_id = ?1 AND p.group_runners_enabled
		)
		SELECT lane.tag_key, lane.protected, lane.project_id, ` + oldestInLane + ` AS job_id, 0 AS load FROM lane`

	// lanesOfAssignedProjects looks at the projects of the runner ?1.
	lanesOfAssignedProjects = `WITH wanted (tag_key, protected) AS (?0), lane (tag_key, protected, project_id) AS (
			SELECT k.tag_key, k.protected, link.project_id FROM wanted AS k, runner_projects AS link
			WHERE link.runner_id = ?1
		)
		SELECT lane.tag_key, lane.protected, lane.project_id, ` + oldestInLane + ` AS job_id, 0 AS load FROM lane`

	// firstCandidate is the first job of the lanes ?0.
	firstCandidate = `SELECT lane.job_id FROM (?0) AS lane WHERE lane.job_id IS NOT NULL
		ORDER BY lane.load, lane.job_id LIMIT 1`

	// firstUnlockedCandidate locks the first job of the lanes ?0 that nobody has
	// locked. It tries the oldest of each lane first, so that claims at the same
	// moment go to different lanes, and then whatever is left in them: as long
	// as one job is unlocked it finds one. A job that has no longer the status
	// ?1 when its lock is got is passed over. LATERAL keeps the order.
	firstUnlockedCandidate = `WITH lane AS MATERIALIZED (
			SELECT * FROM (?0) AS lane WHERE lane.job_id IS NOT NULL ORDER BY lane.load, lane.job_id
		)
		SELECT found.id FROM (
			SELECT oldest.id FROM lane CROSS JOIN LATERAL (
				SELECT j.id FROM jobs AS j WHERE j.id = lane.job_id AND j.status = ?1
				FOR NO KEY UPDATE OF j SKIP LOCKED) AS oldest
			UNION ALL
			SELECT next.id FROM lane CROSS JOIN LATERAL (
				SELECT j.id FROM waiting_jobs AS w JOIN jobs AS j ON j.id = w.job_id
				WHERE ` + inLane + ` AND j.status = ?1
				ORDER BY w.job_id LIMIT 1 FOR NO KEY UPDATE OF j SKIP LOCKED) AS next
		) AS found LIMIT 1`
)
