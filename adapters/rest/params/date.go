package params

import "time"

// Date declares a day, as 2006-01-02; a time behind it is ignored. The value is
// the beginning of that day, UTC (service.md section 4).
func Date(name string) Param { return Param{name: name, coerce: coerceDate} }

// Date is the value of a Date, nil when absent or null.
func (v Values) Date(name string) *time.Time { return valueOf[time.Time](v, name) }

func coerceDate(raw any) (value any, ok bool) {
	text, isText := raw.(string)
	if raw == nil || isText && text == "" {
		return nil, true
	}
	if !isText {
		return nil, false
	}
	day := text[:min(len(text), len(time.DateOnly))]
	if len(text) > len(day) && text[len(day)] != 'T' && text[len(day)] != ' ' {
		return nil, false
	}
	date, err := time.Parse(time.DateOnly, day)
	// The first day of the first year is how Go says "never", and the databases
	// know none before it.
	return date, err == nil && !date.IsZero() && date.Year() > 0
}
