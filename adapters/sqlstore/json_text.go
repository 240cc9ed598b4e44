package sqlstore

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
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
	switch text := src.(type) {
	case nil:
		return j.ScanBytes(nil)
	case string:
		return j.ScanBytes([]byte(text))
	case []byte:
		return j.ScanBytes(text)
	}
	return fmt.Errorf("JSON cannot be read from %T", src)
}

// ScanBytes implements pgtype.BytesScanner, which spares what PostgreSQL sends the
// way through an interface. Nil, for NULL, is the zero value.
func (j *jsonText[T]) ScanBytes(text []byte) error {
	var zero T
	j.value = zero
	if text == nil {
		return nil
	}
	return json.Unmarshal(text, &j.value)
}
