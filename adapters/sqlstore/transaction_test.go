package sqlstore_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"runyard/adapters/sqlstore"
	"runyard/test/postgres"
)

// writing is a transaction on a file, in a bubble, that ends when told.
func writing(t *testing.T, db *sqlstore.DB) (end func()) {
	t.Helper()
	told, ended := make(chan struct{}), make(chan error)
	go func() {
		ended <- db.InTx(t.Context(), func(context.Context, bun.Tx) error {
			<-told
			return nil
		})
	}()
	synctest.Wait()
	return func() {
		close(told)
		require.NoError(t, <-ended)
	}
}

func TestWritersOfAFileTakeTurns(t *testing.T) {
	t.Parallel()
	const writers = 20 // more than there are connections
	inBubble := func(test func(t *testing.T, db *sqlstore.DB)) func(t *testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, openMigrated(t, sqliteURL(t))) })
		}
	}

	t.Run("as they came, and readers go on meanwhile", inBubble(func(t *testing.T, db *sqlstore.DB) {
		end := writing(t, db)
		began := time.Now()
		order := make(chan int, writers)
		failures := make(chan error)
		for i := range writers {
			go func() {
				failures <- db.InTx(t.Context(), func(context.Context, bun.Tx) error {
					order <- i
					return nil
				})
			}()
			synctest.Wait()
		}
		var users int
		require.NoError(t, db.SQL().QueryRowContext(t.Context(), "SELECT count(*) FROM users").Scan(&users))
		end()
		var came []int
		for range writers {
			require.NoError(t, <-failures)
			came = append(came, <-order)
		}
		assert.True(t, slices.IsSorted(came), came)
		assert.Zero(t, time.Since(began), "somebody slept instead of being called")
	}))

	t.Run("or not at all after ten seconds", inBubble(func(t *testing.T, db *sqlstore.DB) {
		defer writing(t, db)()
		began := time.Now()
		err := db.InTx(t.Context(), func(context.Context, bun.Tx) error {
			assert.Fail(t, "it was let in beside another one")
			return nil
		})
		assert.True(t, sqlstore.Unavailable(err), err)
		require.ErrorContains(t, err, "others wrote to the file for too long")
		assert.Equal(t, 10*time.Second, time.Since(began))
	}))

	t.Run("and so does who looks whether the file can be written to", inBubble(func(t *testing.T, db *sqlstore.DB) {
		end := writing(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		told := make(observed)
		go db.Watch(ctx, told)
		require.True(t, db.Suspect(driver.ErrBadConn))
		synctest.Wait()
		later := make(chan error)
		go func() {
			later <- db.InTx(t.Context(), func(context.Context, bun.Tx) error {
				time.Sleep(9 * time.Second)
				return nil
			})
		}()
		synctest.Wait()
		began := time.Now()
		end()
		assert.Equal(t, "failed", <-told, "the file is there, only in use")
		assert.Zero(t, time.Since(began), "somebody who came later went first")
		cancel()
		require.NoError(t, <-later)
	}))

	t.Run("unless they have gone away", inBubble(func(t *testing.T, db *sqlstore.DB) {
		defer writing(t, db)()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := db.InTx(ctx, func(context.Context, bun.Tx) error { return nil })
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}))
}

// A lock that was waited for as long as the database lets one wait is no reason to
// wait for it again.
func TestATransactionThatWaitedTooLongIsOver(t *testing.T) {
	t.Parallel()
	db := openMigrated(t, withParameter(postgres.NewDatabase(t), "lock_timeout=50"))
	lock := func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "SELECT 1 FROM instance FOR UPDATE")
		return err
	}
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		require.NoError(t, lock(ctx, tx))
		runs := 0
		err := db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
			runs++
			return lock(ctx, tx)
		})
		assert.True(t, sqlstore.Unavailable(err), err)
		assert.Equal(t, 1, runs)
		return nil
	}))
}

// Each of the two locks a row and wants that of the other one then. PostgreSQL
// ends one of them.
func TestOfTwoTransactionsThatWaitForEachOtherNoneFails(t *testing.T) {
	t.Parallel()
	db := openMigrated(t, postgres.NewDatabase(t))
	for id := range 2 {
		_, err := db.SQL().ExecContext(t.Context(), fmt.Sprintf("CREATE TABLE counter_%d AS SELECT 0 AS n", id))
		require.NoError(t, err)
	}
	var met sync.WaitGroup
	met.Add(2)
	var runs atomic.Int32
	failures := make(chan error)
	for id := range 2 {
		go func() {
			meet := sync.OnceFunc(func() { met.Done(); met.Wait() })
			failures <- db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				runs.Add(1)
				if _, err := tx.ExecContext(ctx, fmt.Sprintf("UPDATE counter_%d SET n = n + 1", id)); err != nil {
					return err
				}
				meet()
				_, err := tx.ExecContext(ctx, fmt.Sprintf("UPDATE counter_%d SET n = n + 1", 1-id))
				return err
			})
		}()
	}
	require.NoError(t, <-failures)
	require.NoError(t, <-failures)
	assert.EqualValues(t, 3, runs.Load(), "one of them had to run again")
	for id := range 2 {
		var n int
		require.NoError(t, db.SQL().QueryRowContext(t.Context(), fmt.Sprintf("SELECT n FROM counter_%d", id)).Scan(&n))
		assert.Equal(t, 2, n)
	}
}
