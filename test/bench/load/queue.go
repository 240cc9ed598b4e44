package load

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Queue fills the queue of pending jobs again after some were handed over, and
// keeps beside it a table of as many rows that is a queue and nothing else.
type Queue struct {
	db       *sql.DB
	postgres bool
	pending  int
}

// OpenQueue remembers the jobs that are pending now.
func OpenQueue(ctx context.Context, databaseURL string) (*Queue, error) {
	driver, source := "pgx", databaseURL
	path, sqlite := strings.CutPrefix(databaseURL, "sqlite:")
	if sqlite {
		driver, source = "sqlite", "file:"+path+"?_busy_timeout=10000&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(bareConnections)
	q := &Queue{db: db, postgres: !sqlite}
	err = q.execute(ctx,
		"CREATE TABLE bench_jobs AS SELECT * FROM jobs WHERE status = 'pending'",
		"CREATE TABLE bench_waiting_jobs AS SELECT * FROM waiting_jobs",
		"CREATE UNIQUE INDEX bench_jobs_id ON bench_jobs (id)",
		"CREATE UNIQUE INDEX bench_waiting_jobs_id ON bench_waiting_jobs (job_id)")
	if err == nil {
		err = q.count(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return q, q.tidy(ctx)
}

// Close ends the connections.
func (q *Queue) Close() error { return q.db.Close() }

// Pending is how many jobs are pending when the queue is full.
func (q *Queue) Pending() int { return q.pending }

func (q *Queue) count(ctx context.Context) error {
	return q.db.QueryRowContext(ctx, "SELECT count(*) FROM bench_jobs").Scan(&q.pending)
}

// Keep leaves only so many pending jobs, which are spread over all.
func (q *Queue) Keep(ctx context.Context, n int) error {
	if err := q.Refill(ctx); err != nil {
		return err
	}
	err := q.execute(ctx,
		fmt.Sprintf("DELETE FROM bench_jobs WHERE id NOT IN (SELECT id FROM bench_jobs ORDER BY (id * 48271) %% 65537, id LIMIT %d)", n),
		"DELETE FROM bench_waiting_jobs WHERE job_id NOT IN (SELECT id FROM bench_jobs)",
		"DELETE FROM jobs WHERE status = 'pending' AND id NOT IN (SELECT id FROM bench_jobs)")
	if err != nil {
		return err
	}
	return errors.Join(q.count(ctx), q.tidy(ctx))
}

// Refill makes all jobs pending again that were handed over.
func (q *Queue) Refill(ctx context.Context) error {
	err := q.execute(ctx,
		// What refers to them goes with them.
		"DELETE FROM jobs WHERE status = 'running' AND id IN (SELECT id FROM bench_jobs)",
		"INSERT INTO jobs SELECT * FROM bench_jobs AS b WHERE NOT EXISTS (SELECT 1 FROM jobs AS j WHERE j.id = b.id)",
		"INSERT INTO waiting_jobs SELECT * FROM bench_waiting_jobs AS b WHERE NOT EXISTS (SELECT 1 FROM waiting_jobs AS w WHERE w.job_id = b.job_id)",
		"UPDATE pipelines SET status = 'pending' WHERE status = 'running' AND id IN (SELECT pipeline_id FROM bench_jobs)")
	if err != nil || !q.postgres {
		return err
	}
	_, err = q.db.ExecContext(ctx, "VACUUM waiting_jobs")
	return err
}

// tidy gives the planner what it would know after a while.
func (q *Queue) tidy(ctx context.Context) error {
	statement := "ANALYZE"
	if q.postgres {
		statement = "VACUUM ANALYZE jobs, waiting_jobs, job_handovers, pipelines"
	}
	_, err := q.db.ExecContext(ctx, statement)
	return err
}

// execute runs the statements in one transaction.
func (q *Queue) execute(ctx context.Context, statements ...string) error {
	tx, err := q.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return tx.Commit()
}

// bareConnections is how many loops there are.
const bareConnections = 16

// RefillBare makes the bare queue anew, with as many rows as jobs are pending.
func (q *Queue) RefillBare(ctx context.Context) error {
	err := q.execute(ctx,
		"DROP TABLE IF EXISTS bench_bare",
		"CREATE TABLE bench_bare (id BIGINT PRIMARY KEY, taken BOOLEAN NOT NULL)",
		"CREATE INDEX bench_bare_waiting ON bench_bare (id) WHERE NOT taken",
		"INSERT INTO bench_bare (id, taken) SELECT id, FALSE FROM bench_jobs")
	if err != nil {
		return err
	}
	_, err = q.db.ExecContext(ctx, "ANALYZE bench_bare")
	return err
}

// Bare is a loop that does no more than lock one row of the bare queue and change
// it.
type Bare struct{ queue *Queue }

// Bare makes one.
func (q *Queue) Bare() Bare { return Bare{q} }

// Call takes one row, and fails if there is none.
func (b Bare) Call(ctx context.Context) error {
	lock := ""
	if b.queue.postgres {
		lock = " FOR UPDATE SKIP LOCKED"
	}
	result, err := b.queue.db.ExecContext(ctx, "UPDATE bench_bare SET taken = TRUE WHERE id = "+
		"(SELECT id FROM bench_bare WHERE NOT taken ORDER BY id LIMIT 1"+lock+")")
	if err != nil {
		return err
	}
	if taken, err := result.RowsAffected(); err != nil || taken == 1 {
		return err
	}
	return errors.New("the bare queue is empty")
}
