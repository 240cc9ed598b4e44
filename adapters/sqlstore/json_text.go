package sqlstore

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"
)

// jsonText stores a value as JSON in a text column. What is absent from it and
// what is empty stay apart, as null and [].
type jsonText[T any] struct{ value T }

// Value implements driver.Valuer.
func (j jsonText[T]) Value() (driver.Value, error) {
	text, err := json.Marshal(j.value)
	return string(text), err
}

// Scan implements sql.Scanner. NULL is the zero value.
func (j *jsonText[T]) Scan(src any) error {
	var zero T
	j.value = zero
	switch text := src.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(text), &j.value)
	case []byte:
		return json.Unmarshal(text, &j.value)
	}
	return fmt.Errorf("JSON cannot be read from %T", src)
}

// ScanText implements pgtype.TextScanner: where pgx is asked directly it spares
// the way through Scan.
func (j *jsonText[T]) ScanText(text pgtype.Text) error {
	if !text.Valid {
		return j.Scan(nil)
	}
	return j.Scan(text.String)
}
