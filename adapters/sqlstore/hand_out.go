package sqlstore

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"runyard/domain"
	"runyard/ports"
)

const (
	// lockOfLanes locks, for each lane, the first $2 of the jobs $3 that wait and
	// that nobody else has locked.
	lockOfLanes = `WITH locked AS MATERIALIZED (
			SELECT k.n, j.id FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS k (wanted, ids, n)
			CROSS JOIN LATERAL (
				SELECT j.id FROM jobs AS j WHERE j.id = ANY (k.ids::bigint[]) AND j.status = 'pending'
				ORDER BY j.id LIMIT k.wanted FOR NO KEY UPDATE OF j SKIP LOCKED) AS j
		)
		SELECT locked.n, ` + claimedColumns + `
		FROM locked JOIN jobs AS j ON j.id = locked.id
			JOIN pipelines AS pl ON pl.id = j.pipeline_id
			JOIN projects AS p ON p.id = j.project_id
			JOIN namespaces AS n ON n.id = p.namespace_id
			LEFT JOIN users AS u ON u.id = j.user_id
			LEFT JOIN namespaces AS own ON own.owner_id = u.id
		ORDER BY j.id`

	runnersOfClaims = `SELECT r.id, r.active, r.run_untagged, r.access_level, r.tag_list FROM runners AS r WHERE r.id = ANY ($1::bigint[])`

	// handOverJobs stores that the jobs went to agents. The rows of pipelines are
	// written, and so locked, even of those that run already: whoever sums up the
	// jobs of one at this moment, because another job goes back into the queue,
	// must see these. They are locked in an order, so that nobody waits for
	// another one in a circle.
	handOverJobs = `WITH h AS MATERIALIZED (
			SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[], $6::timestamptz[],
				$7::timestamptz[], $8::text[], $9::text[], $10::bigint[], $11::boolean[])
			AS h (job_id, project_id, pipeline_id, runner_id, shared, started_at, touched_at, system_id, token, run_timeout, graceful)
		), job AS (
			UPDATE jobs AS j SET status = 'running', runner_id = h.runner_id, started_at = h.started_at
			FROM h WHERE j.id = h.job_id
		), handover AS (
			INSERT INTO job_handovers (job_id, system_id, token_digest, run_timeout, graceful, trace_size, trace_crc, trace_repaired, touched_at)
			SELECT h.job_id, h.system_id, NULLIF(h.token, ''), h.run_timeout, h.graceful, 0, 0, false, h.touched_at FROM h
		), waits_no_more AS (
			DELETE FROM waiting_jobs AS w USING h WHERE w.job_id = h.job_id
		), load AS (
			INSERT INTO instance_runner_jobs (job_id, project_id) SELECT h.job_id, h.project_id FROM h WHERE h.shared
		), locked AS (
			SELECT pl.id FROM pipelines AS pl WHERE pl.id IN (SELECT h.pipeline_id FROM h) ORDER BY pl.id FOR NO KEY UPDATE
		)
		UPDATE pipelines AS pl SET status = 'running',
			updated_at = CASE pl.status WHEN 'running' THEN pl.updated_at
				ELSE (SELECT min(h.started_at) FROM h WHERE h.pipeline_id = pl.id) END
		FROM locked WHERE pl.id = locked.id`
)

// assignedToProjects are those of the pairs of $1 and $2 that are assigned.
const assignedToProjects = `SELECT link.runner_id, link.project_id
	FROM unnest($1::bigint[], $2::bigint[]) AS k (runner_id, project_id)
	JOIN runner_projects AS link ON link.runner_id = k.runner_id AND link.project_id = k.project_id`

// lockedJob is a job whose lock is held.
type lockedJob struct {
	order  int
	row    *jobRow
	groups []domain.GroupID // above its project
	call   *claimCall
	job    *domain.Job // as it went to the agent
}

// handOut is one transaction that gives jobs to calls.
type handOut struct {
	claims *postgresClaims
	conn   *pgxpool.Conn
	orders []*laneOrder

	asked    bool // for the locks
	locked   []*lockedJob
	runners  map[domain.RunnerID]*runnerRow
	assigned map[domain.RunnerID][]domain.ProjectID
	given    []*lockedJob // those that their calls may have, and took
}

// handOut gives jobs to the calls. Those stay unfinished that found all their
// jobs gone.
func (c *postgresClaims) handOut(ctx context.Context, orders []*laneOrder) (err error) {
	h := &handOut{
		claims: c, orders: orders,
		runners: make(map[domain.RunnerID]*runnerRow), assigned: make(map[domain.RunnerID][]domain.ProjectID),
	}
	committed := false
	defer func() { h.note(committed) }()
	h.conn, err = acquire(ctx, c.pool)
	if err != nil {
		return err
	}
	defer h.conn.Release()
	if err = h.lock(ctx); err == nil {
		h.asked = true
		h.assign()
		h.decide()
		if len(h.given) > 0 {
			err = h.store(ctx)
			committed = err == nil
		}
	}
	if !committed && !h.conn.Conn().IsClosed() {
		err = errors.Join(err, c.send(ctx, h.conn, []batched{{text: "ROLLBACK"}}))
	}
	return err
}

// lock begins the transaction, locks jobs, and reads what must be known of them.
func (h *handOut) lock(ctx context.Context) error {
	wanted, ids := make([]int64, len(h.orders)), make([]string, len(h.orders))
	var runners, linked, projects []int64
	for i, order := range h.orders {
		wanted[i], ids[i] = int64(len(order.ids)), arrayText(order.ids, order.others)
		for _, call := range order.calls {
			runners = append(runners, int64(call.runner.ID()))
			if call.runner.State().Type == domain.ProjectRunner {
				linked = append(linked, int64(call.runner.ID()))
				projects = append(projects, int64(order.lane.project.id))
			}
		}
	}
	statements := []batched{
		{text: "BEGIN"},
		{lockOfLanes, []any{wanted, ids}, h.scanJob},
		{runnersOfClaims, []any{runners}, h.scanRunner},
	}
	if len(linked) > 0 {
		statements = append(statements, batched{assignedToProjects, []any{linked, projects}, func(rows pgx.Rows) error {
			var runner domain.RunnerID
			var project domain.ProjectID
			err := rows.Scan(&runner, &project)
			h.assigned[runner] = append(h.assigned[runner], project)
			return err
		}})
	}
	return h.claims.send(ctx, h.conn, statements)
}

// arrayText is a PostgreSQL array of the ids.
func arrayText(ids ...[]domain.JobID) string {
	text := []byte{'{'}
	for _, id := range slices.Concat(ids...) {
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, int64(id), 10)
	}
	return string(append(text, '}'))
}

func (h *handOut) scanJob(rows pgx.Rows) error {
	locked := &lockedJob{row: newClaimedRow()}
	user := new(claimedUser)
	if err := rows.Scan(append([]any{&locked.order, &locked.groups}, pointersToClaimed(locked.row, user)...)...); err != nil {
		return err
	}
	locked.order-- // WITH ORDINALITY counts from one
	locked.row.User = user.row()
	h.locked = append(h.locked, locked)
	return nil
}

func (h *handOut) scanRunner(rows pgx.Rows) error {
	row := new(runnerRow)
	err := rows.Scan(&row.ID, &row.Active, &row.RunUntagged, &row.AccessLevel, &row.Tags)
	h.runners[row.ID] = row
	return err
}

// assign says which call each job is for: the one that chose it or, if that
// was too late, another one of the same lane.
func (h *handOut) assign() {
	h.claims.mu.Lock()
	defer h.claims.mu.Unlock()
	x := h.claims.queue.index
	for i, order := range h.orders {
		var spare []*lockedJob
		free := slices.Clone(order.ids)
		for _, locked := range h.locked {
			if locked.order != i {
				continue
			}
			if at := slices.Index(order.ids, locked.row.ID); at >= 0 {
				locked.call, free[at] = order.calls[at], 0
			} else {
				spare = append(spare, locked)
			}
		}
		for at, id := range free {
			if id == 0 || len(spare) == 0 {
				continue
			}
			x.swap(order.lane, id, spare[0].row.ID)
			order.ids[at], spare[0].call = spare[0].row.ID, order.calls[at]
			spare = spare[1:]
		}
	}
}

// decide lets the domain say, of what the database says now, whether the runners
// may have the jobs, and the calls take them.
func (h *handOut) decide() {
	for _, locked := range h.locked {
		call, known := locked.call, h.runners[locked.call.runner.ID()]
		if known == nil {
			call.finish(domain.NotFound("Runner"))
			continue
		}
		now := call.runner.State()
		now.Active, now.RunUntagged, now.AccessLevel, now.Tags = known.Active, known.RunUntagged, known.AccessLevel, known.Tags.value
		runner := domain.RestoreRunner(now)
		queued := locked.queued()
		if runner.Refuses(queued, slices.Contains(h.assigned[now.ID], queued.Project)) != domain.NotRefused {
			call.runner = runner // it looks again
			continue
		}
		if err := locked.take(); err != nil {
			call.finish(err)
			continue
		}
		h.given = append(h.given, locked)
	}
}

func (l *lockedJob) queued() domain.QueuedJob {
	return domain.QueuedJob{
		Job: l.row.ID, Project: l.row.ProjectID, Groups: l.groups, Status: l.row.Status,
		Tags: l.row.Tags.value, Protected: l.row.Protected,
		SharedRunnersEnabled: l.row.Project.SharedRunnersEnabled, GroupRunnersEnabled: l.row.Project.GroupRunnersEnabled,
	}
}

// errNotHandedOver refuses what Claim does not promise to store.
var errNotHandedOver = errors.New("a claim has to hand the job over")

func (l *lockedJob) take() error {
	details := l.row.details()
	if err := l.call.take(details.Job); err != nil {
		return err
	}
	if details.Job.State().Status != domain.JobRunning {
		return errNotHandedOver
	}
	if details.Pipeline.Status != domain.JobRunning {
		details.Pipeline.Status, details.Pipeline.UpdatedAt = domain.JobRunning, details.Job.State().StartedAt
	}
	details.Runner = domain.RestoreRunner(l.call.runner.State())
	l.job, l.call.details = details.Job, details
	return l.call.ctx.Err()
}

// store writes what became of the jobs, and ends the transaction.
func (h *handOut) store(ctx context.Context) error {
	n := len(h.given)
	jobs, projects, pipelines, runners := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	started, touched := make([]time.Time, n), make([]time.Time, n)
	systems, tokens := make([]string, n), make([]string, n)
	timeouts, shared, graceful := make([]int64, n), make([]bool, n), make([]bool, n)
	for i, given := range h.given {
		s := given.job.State()
		jobs[i], projects[i], pipelines[i] = int64(s.ID), int64(s.Project), int64(s.Pipeline)
		runners[i], shared[i] = int64(s.Runner), given.call.runner.State().Type.Shared()
		started[i], touched[i], timeouts[i] = s.StartedAt, s.TouchedAt, s.RunTimeout
		systems[i], tokens[i], graceful[i] = string(s.SystemID), string(s.Token), s.Graceful
	}
	return h.claims.send(ctx, h.conn, []batched{
		{text: handOverJobs, args: []any{
			jobs, projects, pipelines, runners, shared, started, touched, systems, tokens, timeouts, graceful,
		}},
		{text: "COMMIT"},
	})
}

// note finishes the calls that have a job, and says what became of the others'.
func (h *handOut) note(committed bool) {
	h.claims.mu.Lock()
	defer h.claims.mu.Unlock()
	queue := h.claims.queue
	handedOver := make(map[domain.JobID]bool)
	for _, given := range h.given {
		if !committed {
			given.call.details = ports.JobDetails{}
			continue
		}
		given.call.finished, given.call.ok = true, true
		handedOver[given.row.ID] = true
	}
	for _, order := range h.orders {
		for _, id := range order.ids {
			switch {
			case handedOver[id]:
				queue.index.handedOver(id)
			case h.asked && !h.holds(id):
				queue.index.giveBack(id, queue.index.now())
			default:
				queue.index.giveBack(id, 0)
				queue.outOfDate = true
			}
		}
	}
}

// holds tells whether the lock of the job was got.
func (h *handOut) holds(id domain.JobID) bool {
	return slices.ContainsFunc(h.locked, func(locked *lockedJob) bool { return locked.row.ID == id })
}
