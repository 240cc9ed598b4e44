package sqlstore

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// timestamp stores a moment in UTC with microseconds, which is as fine as
// PostgreSQL keeps it. The zero moment is NULL.
type timestamp struct{ time.Time }

// timestampLayout has a fixed width, so that SQLite's order of text is the
// order of time. PostgreSQL reads it as well.
const timestampLayout = "2006-01-02T15:04:05.000000Z"

// Value implements driver.Valuer.
func (t timestamp) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC().Format(timestampLayout), nil
}

// ScanTimestamptz implements pgtype.TimestamptzScanner, which spares what PostgreSQL
// sends the way through an interface.
func (t *timestamp) ScanTimestamptz(moment pgtype.Timestamptz) error {
	t.Time = moment.Time.UTC() // zero, if there is none
	return nil
}

// Scan implements sql.Scanner.
func (t *timestamp) Scan(src any) error {
	switch moment := src.(type) {
	case nil:
		t.Time = time.Time{}
	case time.Time:
		t.Time = moment.UTC()
	case string:
		parsed, err := time.Parse(timestampLayout, moment)
		if err != nil {
			return err
		}
		t.Time = parsed
	default:
		return fmt.Errorf("a moment cannot be read from %T", src)
	}
	return nil
}
