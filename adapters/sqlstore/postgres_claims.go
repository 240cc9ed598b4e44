package sqlstore

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"runyard/domain"
	"runyard/ports"
)

// claimTimeout bounds how long a group of claims may take. None of them may end
// it earlier: the others would suffer, and a caller that is gone must know that
// its job is not handed out.
const claimTimeout = 30 * time.Second

// postgresClaims hands jobs out on PostgreSQL. Which job is next it knows from
// memory; that it is still there, and for this runner, the database says when it
// is locked. What is known is brought up to date before a claim goes without.
type postgresClaims struct {
	db     *DB
	pool   *pgxpool.Pool
	groups claimGroups

	reading sync.Mutex // held by who reads the queue

	mu    sync.Mutex // guards queue, and what hangs on it
	queue *queueKnowledge
}

func newPostgresClaims(db *DB, pool *pgxpool.Pool) *postgresClaims {
	c := &postgresClaims{db: db, pool: pool, queue: newQueueKnowledge()}
	c.groups.run = c.run
	return c
}

// claim implements Jobs.Claim.
func (c *postgresClaims) claim(ctx context.Context, runner *domain.Runner, take func(j *domain.Job) error) (ports.JobDetails, bool, error) {
	if err := ctx.Err(); err != nil {
		return ports.JobDetails{}, false, err
	}
	call := newClaimCall(ctx, runner, take)
	c.groups.do(call)
	return call.details, call.ok, call.err
}

// run finishes the calls. If they fail together each one is tried by itself, so
// that the failure is its own.
func (c *postgresClaims) run(calls []*claimCall) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(calls[0].ctx), claimTimeout)
	defer cancel()
	c.mu.Lock()
	for _, call := range calls {
		c.queue.welcome(call)
	}
	c.mu.Unlock()
	err := c.serve(ctx, calls)
	for _, call := range calls {
		switch {
		case call.finished:
		case err == nil || len(calls) == 1:
			call.finish(err)
		default:
			if err := c.serve(ctx, []*claimCall{call}); err != nil {
				call.finish(err)
			}
		}
	}
}

// serve goes on until every call has a job or there is none for it.
func (c *postgresClaims) serve(ctx context.Context, calls []*claimCall) error {
	for {
		open := slices.DeleteFunc(slices.Clone(calls), func(call *claimCall) bool { return call.finished })
		if len(open) == 0 {
			return nil
		}
		if err := c.catchUp(ctx, open); err != nil {
			return err
		}
		orders := c.choose(open)
		if len(orders) == 0 {
			continue
		}
		if err := c.handOut(ctx, orders); err != nil {
			return err
		}
	}
}

// laneOrder is what a group of claims wants of a lane.
type laneOrder struct {
	lane  *lane
	calls []*claimCall
	ids   []domain.JobID // chosen, one for each call
	// others will do as well: somebody else may have been faster.
	others []domain.JobID
}

// spareJobs is how many jobs of a lane are tried beyond those that were chosen.
const spareJobs = 8

// choose picks jobs for the calls. Those for which there is none are finished,
// if what is known is new enough.
func (c *postgresClaims) choose(calls []*claimCall) []*laneOrder {
	c.mu.Lock()
	defer c.mu.Unlock()
	var orders []*laneOrder
	byLane := make(map[*lane]*laneOrder)
	for _, call := range calls {
		if err := call.ctx.Err(); err != nil {
			call.finish(err)
			continue
		}
		l := c.queue.first(call.runner)
		if l == nil && c.queue.isNewFor(call) {
			call.finish(nil)
		}
		call.idle = l == nil
		if l == nil || len(l.ids) == 0 {
			continue // its jobs must be read
		}
		order := byLane[l]
		if order == nil {
			order = &laneOrder{lane: l}
			byLane[l] = order
			orders = append(orders, order)
		}
		order.calls = append(order.calls, call)
		order.ids = append(order.ids, c.queue.take(l, call.runner))
	}
	for _, order := range orders {
		order.others = slices.Clone(order.lane.ids[:min(spareJobs, len(order.lane.ids))])
	}
	return orders
}

// batched is one of several statements that are sent together.
type batched struct {
	text string
	args []any
	scan func(rows pgx.Rows) error // reads a row; nil: there are none
}

// send runs the statements in one go. Hooks see each of them.
func (c *postgresClaims) send(ctx context.Context, conn *pgxpool.Conn, statements []batched) error {
	batch := new(pgx.Batch)
	done := make([]func(err error), len(statements))
	for i, s := range statements {
		ctx, done[i] = c.db.watch(ctx, s.text, s.args...)
		query := batch.Queue(s.text, s.args...)
		if s.scan != nil {
			query.Query(func(rows pgx.Rows) error {
				for rows.Next() {
					if err := s.scan(rows); err != nil {
						return err
					}
				}
				return rows.Err()
			})
		}
	}
	err := conn.SendBatch(ctx, batch).Close()
	for _, tell := range done {
		tell(err)
	}
	return err
}
