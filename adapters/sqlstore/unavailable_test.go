package sqlstore_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/sqlstore"
	"runyard/domain"
	"runyard/test/postgres"
)

func TestWhichErrorsSayThatTheDatabaseCannotBeUsed(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"08006", "25006", "25P03", "40001", "40P01", "53100", "53300", "55P03", "57014", "57P01", "57P03", "58030"} {
		err := fmt.Errorf("update: %w", &pgconn.PgError{Code: code})
		assert.True(t, sqlstore.Unavailable(err), code)
	}
	for _, code := range []string{"23505", "23503", "22001", "42601", "42P01", "XX000"} {
		assert.False(t, sqlstore.Unavailable(&pgconn.PgError{Code: code}), code)
	}
	assert.True(t, sqlstore.Unavailable(driver.ErrBadConn))
	for _, err := range []error{
		nil, errors.New("anything"), io.ErrUnexpectedEOF, os.ErrDeadlineExceeded, domain.NotFound("Runner"),
	} {
		assert.False(t, sqlstore.Unavailable(err), "%v may be of somebody else", err)
	}
}

func TestAServerThatTakesNoConnectionsIsUnavailable(t *testing.T) {
	t.Parallel()
	_, err := pgx.Connect(t.Context(), "postgres://someone@127.0.0.1:1/x?connect_timeout=1")
	require.Error(t, err)
	assert.True(t, sqlstore.Unavailable(fmt.Errorf("read: %w", err)), err)
}

func TestASQLiteFileThatCannotBeWrittenIsUnavailableAndNotWrong(t *testing.T) {
	t.Parallel()
	db := openMigrated(t, "sqlite:"+filepath.Join(t.TempDir(), "runyard.db"))
	_, err := db.SQL().ExecContext(t.Context(), "PRAGMA query_only = ON; UPDATE instance SET root_token_id = 7")
	require.Error(t, err)
	assert.True(t, sqlstore.Unavailable(err), err)
	_, err = db.SQL().ExecContext(t.Context(), "UPDATE nothing SET x = 7")
	require.Error(t, err)
	assert.False(t, sqlstore.Unavailable(err), err)
}

func TestTheSessionHasLimitsUnlessTheURLSaysOtherwise(t *testing.T) {
	t.Parallel()
	url := postgres.NewDatabase(t)
	for name, test := range map[string]struct{ parameter, statements, transactions string }{
		"by default":   {"", "10s", "30s"},
		"by the URL":   {"statement_timeout=1min&idle_in_transaction_session_timeout=500", "1min", "500ms"},
		"without them": {"statement_timeout=0", "0", "30s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := openMigrated(t, withParameter(url, test.parameter))
			for setting, want := range map[string]string{
				"statement_timeout": test.statements, "idle_in_transaction_session_timeout": test.transactions,
			} {
				var got string
				require.NoError(t, db.SQL().QueryRowContext(t.Context(), "SHOW "+setting).Scan(&got))
				assert.Equal(t, want, got, setting)
			}
		})
	}
	_, err := sqlstore.Open(t.Context(), withParameter(url, "statement_timeout=soon"))
	assert.ErrorContains(t, err, "statement_timeout in the PostgreSQL URL is no duration")
}

// observed is what an observer was told.
type observed chan string

// Failed notes it.
func (o observed) Failed(error) { o <- "failed" }

// Gone notes it.
func (o observed) Gone(error) { o <- "gone" }

// Back notes it.
func (o observed) Back(time.Duration) { o <- "back" }

func TestWhoWatchesIsToldOfAFailureAlsoIfTheDatabaseCanBeUsed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		db := openMigrated(t, url)
		told := make(observed, 10)
		go db.Watch(t.Context(), told)
		assert.False(t, db.Suspect(errors.New("anything")))
		assert.True(t, db.Suspect(driver.ErrBadConn))
		assert.Equal(t, "failed", <-told)
	})
}
