package sqlstore

import (
	"context"

	"runyard/domain"
)

// On SQLite a claim looks for its job in two steps, none of which reads more than
// one job of a lane:
//
//  1. Which tags, as sets, are waited for, and which of them does the runner
//     have? That is for the domain to say.
//  2. Which lanes have such tags and a project that the runner serves, and what
//     is the oldest job of each? Those of projects with fewer jobs on instance
//     runners come first, if the runner is one, and then the older.

// waitingTagSets jumps from one set of tags to the next in the index.
const waitingTagSets = `WITH RECURSIVE sets (tag_key) AS (
		SELECT min(w.tag_key) FROM waiting_jobs AS w
		UNION ALL
		SELECT (SELECT min(w.tag_key) FROM waiting_jobs AS w WHERE w.tag_key > sets.tag_key)
		FROM sets WHERE sets.tag_key IS NOT NULL
	)
	SELECT sets.tag_key, (SELECT w.tag_list FROM waiting_jobs AS w WHERE w.tag_key = sets.tag_key ORDER BY w.protected LIMIT 1)
	FROM sets WHERE sets.tag_key IS NOT NULL`

// tagSet is a set of tags that jobs wait with.
type tagSet struct {
	key  string
	tags jsonText[domain.Tags]
}

func (s *Jobs) waitingTagSets(ctx context.Context) ([]tagSet, error) {
	rows, err := s.db.often(ctx, s.db.bun.DB, waitingTagSets)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	var sets []tagSet
	for rows.Next() {
		var set tagSet
		if err := rows.Scan(&set.key, &set.tags); err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return sets, rows.Err()
}

// wantedJobs are the tags and protections that a runner takes.
type wantedJobs struct {
	tagKeys   []string
	protected []bool
}

// wantedBy lets the domain say what the runner takes, wherever the jobs are.
func wantedBy(runner *domain.Runner, sets []tagSet) wantedJobs {
	var wanted wantedJobs
	for _, set := range sets {
		for _, protected := range []bool{false, true} {
			if takesKind(runner, set.tags.value, protected) {
				wanted.tagKeys = append(wanted.tagKeys, set.key)
				wanted.protected = append(wanted.protected, protected)
			}
		}
	}
	return wanted
}
