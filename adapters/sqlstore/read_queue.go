package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"runyard/domain"
)

// The statements that read the queue. The first row of wholeQueue and
// queueChanges tells the snapshot that the next queueChanges begins with: those
// rows are new whose transaction had not ended then. Rows that a backup brought
// from another server have numbers that are not this server's yet; they are known
// from wholeQueue. A row without a job is a project that lets other runners in.
const (
	wholeQueue = `SELECT pg_current_snapshot()::text, 0::bigint, 0::bigint, '', false
		UNION ALL
		SELECT '', w.job_id, w.project_id, w.tag_key, w.protected FROM waiting_jobs AS w`

	queueChanges = `SELECT pg_current_snapshot()::text, 0::bigint, 0::bigint, '', false
		UNION ALL
		SELECT '', w.job_id, w.project_id, w.tag_key, w.protected FROM waiting_jobs AS w
		WHERE w.entered_in >= pg_snapshot_xmin($1::text::pg_snapshot)
			AND w.entered_in < pg_snapshot_xmax(pg_current_snapshot())
			AND NOT pg_visible_in_snapshot(w.entered_in, $1::text::pg_snapshot)
		UNION ALL
		SELECT '', 0, p.project_id, '', false FROM project_openings AS p
		WHERE p.opened_in >= pg_snapshot_xmin($1::text::pg_snapshot)
			AND p.opened_in < pg_snapshot_xmax(pg_current_snapshot())
			AND NOT pg_visible_in_snapshot(p.opened_in, $1::text::pg_snapshot)`

	// jobsThatWait are those of $1 that do.
	jobsThatWait = `SELECT w.job_id, w.project_id, w.tag_key, w.protected FROM waiting_jobs AS w WHERE w.job_id = ANY ($1::bigint[])`

	// oldestOfLanes are the first jobs of the lanes, at most $4 of each.
	oldestOfLanes = `SELECT k.n, w.job_id
		FROM unnest($1::text[], $2::boolean[], $3::bigint[]) WITH ORDINALITY AS k (tag_key, protected, project_id, n)
		CROSS JOIN LATERAL (
			SELECT w.job_id FROM waiting_jobs AS w
			WHERE w.tag_key = k.tag_key AND w.protected = k.protected AND w.project_id = k.project_id
			ORDER BY w.job_id LIMIT $4::bigint) AS w`

	loadsOfProjects = `SELECT project_id, count(*) FROM instance_runner_jobs GROUP BY project_id`

	assignedToRunners = `SELECT link.runner_id, link.project_id FROM runner_projects AS link WHERE link.runner_id = ANY ($1::bigint[])`

	// tagsOfKeys need no order: the same key means the same set.
	tagsOfKeys = `SELECT k.tag_key, w.tag_list FROM unnest($1::text[]) AS k (tag_key)
		CROSS JOIN LATERAL (SELECT w.tag_list FROM waiting_jobs AS w WHERE w.tag_key = k.tag_key LIMIT 1) AS w`

	projectsOfQueue = `SELECT p.id, p.shared_runners_enabled, p.group_runners_enabled,
			ARRAY(SELECT above.ancestor_id FROM namespace_ancestors AS above WHERE above.namespace_id = p.namespace_id)
		FROM projects AS p WHERE p.id = ANY ($1::bigint[])`
)

// queueReading is one look at the queue: what is asked, and what was found.
type queueReading struct {
	number  uint64
	at      time.Time
	since   string // empty: the whole queue
	settled []domain.JobID
	lost    []domain.JobID
	drained []*lane
	runners []domain.RunnerID // project runners that wait for a job
	count   bool

	snapshot string
	jobs     []waitingJob
	opened   []domain.ProjectID
	oldest   [][]domain.JobID // of drained
	loads    map[domain.ProjectID]int
	took     time.Duration
	assigned map[domain.RunnerID][]domain.ProjectID
	tags     map[string]domain.Tags
	projects []*queuedProject
}

// catchUp reads what is new in the queue, if the calls need that.
func (c *postgresClaims) catchUp(ctx context.Context, calls []*claimCall) error {
	c.reading.Lock()
	defer c.reading.Unlock()
	c.mu.Lock()
	if !c.queue.mustRead(calls, time.Now()) {
		c.mu.Unlock()
		return nil // or somebody else did
	}
	r := c.queue.beginReading(calls, time.Now())
	c.mu.Unlock()
	err := c.read(ctx, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.queue.snapshot = "" // it may even be another server now
		return err
	}
	c.queue.endReading(r)
	return nil
}

// read fills in what is found.
func (c *postgresClaims) read(ctx context.Context, r *queueReading) error {
	conn, err := acquire(ctx, c.pool)
	if err != nil {
		return err
	}
	defer conn.Release()
	if err := c.send(ctx, conn, r.statements()); err != nil {
		return err
	}
	r.took = time.Since(r.at)
	c.mu.Lock()
	unknown := c.queue.unknownTo(r)
	c.mu.Unlock()
	if len(unknown) == 0 {
		return nil
	}
	return c.send(ctx, conn, unknown)
}

func (r *queueReading) statements() []batched {
	statements := []batched{{wholeQueue, nil, r.scanJob}}
	if r.since != "" {
		statements[0] = batched{queueChanges, []any{r.since}, r.scanJob}
	}
	if len(r.lost) > 0 {
		statements = append(statements, batched{jobsThatWait, []any{numbersOf(r.lost)}, func(rows pgx.Rows) error {
			var w waitingJob
			err := rows.Scan(&w.id, &w.project, &w.kind.tagKey, &w.kind.protected)
			r.jobs = append(r.jobs, w)
			return err
		}})
	}
	if len(r.drained) > 0 {
		statements = append(statements, r.refillStatement())
	}
	if r.count {
		r.loads = make(map[domain.ProjectID]int)
		statements = append(statements, batched{loadsOfProjects, nil, func(rows pgx.Rows) error {
			var project domain.ProjectID
			var jobs int
			err := rows.Scan(&project, &jobs)
			r.loads[project] = jobs
			return err
		}})
	}
	if len(r.runners) > 0 {
		statements = append(statements, batched{assignedToRunners, []any{numbersOf(r.runners)}, func(rows pgx.Rows) error {
			var runner domain.RunnerID
			var project domain.ProjectID
			err := rows.Scan(&runner, &project)
			r.assigned[runner] = append(r.assigned[runner], project)
			return err
		}})
	}
	return statements
}

func (r *queueReading) scanJob(rows pgx.Rows) error {
	var w waitingJob
	var snapshot string
	if err := rows.Scan(&snapshot, &w.id, &w.project, &w.kind.tagKey, &w.kind.protected); err != nil {
		return err
	}
	switch {
	case snapshot != "":
		r.snapshot = snapshot
	case w.id == 0:
		r.opened = append(r.opened, w.project)
	default:
		r.jobs = append(r.jobs, w)
	}
	return nil
}

func (r *queueReading) refillStatement() batched {
	n := len(r.drained)
	r.oldest = make([][]domain.JobID, n)
	keys, protected, projects := make([]string, n), make([]bool, n), make([]int64, n)
	for i, l := range r.drained {
		keys[i], protected[i], projects[i] = l.kind.tagKey, l.kind.protected, int64(l.project.id)
	}
	return batched{oldestOfLanes, []any{keys, protected, projects, laneLength}, func(rows pgx.Rows) error {
		var n int
		var id domain.JobID
		err := rows.Scan(&n, &id)
		if err == nil {
			r.oldest[n-1] = append(r.oldest[n-1], id)
		}
		return err
	}}
}

// beginReading says what is to be read for the calls, and all others.
func (k *queueKnowledge) beginReading(calls []*claimCall, now time.Time) *queueReading {
	k.begun++
	k.outOfDate = false
	r := &queueReading{
		number: k.begun, at: now, since: k.snapshot, count: k.mustCount(now),
		assigned: make(map[domain.RunnerID][]domain.ProjectID), tags: make(map[string]domain.Tags),
	}
	if r.count {
		k.miscount = false
	}
	for id, job := range k.index.taken {
		if job.done {
			r.settled = append(r.settled, id)
		}
	}
	for id, lost := range k.index.lost {
		if slices.ContainsFunc(calls, func(call *claimCall) bool { return lost < call.came }) {
			r.lost = append(r.lost, id)
		}
	}
	for l := range k.index.drained {
		r.drained = append(r.drained, l)
	}
	for _, call := range calls {
		if call.runner.State().Type == domain.ProjectRunner && !slices.Contains(r.runners, call.runner.ID()) {
			r.runners = append(r.runners, call.runner.ID())
		}
	}
	return r
}

// unknownTo are statements that read what must be known of the jobs found.
func (k *queueKnowledge) unknownTo(r *queueReading) []batched {
	x := k.index
	keys, projects := make(map[string]bool), make(map[domain.ProjectID]bool)
	for _, w := range r.jobs {
		if x.kinds[w.kind] == nil {
			keys[w.kind.tagKey] = true
		}
		if x.projects[w.project] == nil {
			projects[w.project] = true
		}
	}
	for _, id := range r.opened {
		if x.projects[id] != nil {
			projects[id] = true
		}
	}
	var statements []batched
	if len(keys) > 0 {
		statements = append(statements, batched{tagsOfKeys, []any{keysOf(keys)}, r.scanTags})
	}
	if len(projects) > 0 {
		statements = append(statements, batched{projectsOfQueue, []any{numbersOf(keysOf(projects))}, r.scanProject})
	}
	return statements
}

func (r *queueReading) scanTags(rows pgx.Rows) error {
	var key string
	var tags jsonText[domain.Tags]
	err := rows.Scan(&key, &tags)
	r.tags[key] = tags.value
	return err
}

func (r *queueReading) scanProject(rows pgx.Rows) error {
	p := new(queuedProject)
	err := rows.Scan(&p.id, &p.sharedRunnersEnabled, &p.groupRunnersEnabled, &p.groups)
	r.projects = append(r.projects, p)
	return err
}

// endReading takes in what was found.
func (k *queueKnowledge) endReading(r *queueReading) {
	x := k.index
	for _, id := range r.settled {
		delete(x.taken, id)
	}
	if r.count {
		k.countedAt, k.countTook = r.at, r.took
		x.setLoads(r.loads)
	}
	for _, w := range r.jobs {
		if tags, found := r.tags[w.kind.tagKey]; found {
			x.knowKind(w.kind, tags)
		}
	}
	for _, project := range r.projects {
		x.know(project)
	}
	for _, id := range r.lost {
		delete(x.lost, id)
	}
	for _, w := range r.jobs {
		x.add(w)
	}
	for i, l := range r.drained {
		x.refill(l, r.oldest[i])
	}
	k.keepAssigned(r)
	x.forgetIdle()
	k.snapshot, k.readAt, k.ended = r.snapshot, r.at, r.number
}

func (k *queueKnowledge) keepAssigned(r *queueReading) {
	if len(k.assigned)+len(r.runners) > knownRunners {
		clear(k.assigned)
	}
	for _, runner := range r.runners {
		k.assigned[runner] = assignedProjects{projects: r.assigned[runner], reading: r.number}
	}
}

// numbersOf are ids as the driver takes them.
func numbersOf[ID ~int64](ids []ID) []int64 {
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		numbers[i] = int64(id)
	}
	return numbers
}

func keysOf[K comparable, V any](set map[K]V) []K {
	keys := make([]K, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	return keys
}
