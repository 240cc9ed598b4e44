package rest

import "time"

// timestamp is a moment as the wire writes it: ISO 8601 in UTC with exactly
// three decimals, truncated (runners-api.md 1.9).
type timestamp time.Time

const milliseconds = "2006-01-02T15:04:05.000"

// IsZero tells whether there is no moment, which some views leave out.
func (t timestamp) IsZero() bool { return time.Time(t).IsZero() }

// MarshalJSON writes the moment, or null for the zero one.
func (t timestamp) MarshalJSON() ([]byte, error) {
	return t.appendTo(make([]byte, 0, len(milliseconds)+len(`"Z"`))), nil
}

// commitDate is a moment that keeps the offset of whoever made the commit.
type commitDate time.Time

// MarshalJSON writes the moment, or null for the zero one.
func (t commitDate) MarshalJSON() ([]byte, error) {
	return t.appendTo(nil), nil
}

// date is a day as the wire writes it.
type date time.Time

// MarshalJSON writes the day, or null for the zero one.
func (d date) MarshalJSON() ([]byte, error) {
	if time.Time(d).IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + time.Time(d).Format(time.DateOnly) + `"`), nil
}
