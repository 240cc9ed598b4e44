package rest

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// appender is a view that writes its JSON itself, to the byte as encoding/json
// would: for those that are asked for most.
type appender interface{ appendTo(text []byte) []byte }

// asItIs tells of a byte whether it stands for itself in a text of JSON.
var asItIs = func() (table [256]bool) {
	for c := ' '; c <= '~'; c++ {
		table[c] = !strings.ContainsRune(`"\<>&`, c)
	}
	return table
}()

// appendText writes a text as encoding/json does. What must be escaped is left to
// that.
func appendText[T ~string](to []byte, text T) []byte {
	for i := range len(text) {
		if !asItIs[text[i]] {
			return appendJSON(to, string(text))
		}
	}
	to = append(to, '"')
	to = append(to, text...)
	return append(to, '"')
}

// appendJSON writes a value that always has a JSON form.
func appendJSON(to []byte, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return append(to, text...)
}

func appendOptionalText(to []byte, text *string) []byte {
	if text == nil {
		return append(to, "null"...)
	}
	return appendText(to, *text)
}

func appendOptionalBool(to []byte, yes *bool) []byte {
	if yes == nil {
		return append(to, "null"...)
	}
	return strconv.AppendBool(to, *yes)
}

func appendOptionalInt(to []byte, number *int64) []byte {
	if number == nil {
		return append(to, "null"...)
	}
	return strconv.AppendInt(to, *number, 10)
}

// appendList writes a list; nil is null.
func appendList[T any](to []byte, list []T, item func(to []byte, item T) []byte) []byte {
	if list == nil {
		return append(to, "null"...)
	}
	to = append(to, '[')
	for i, each := range list {
		if i > 0 {
			to = append(to, ',')
		}
		to = item(to, each)
	}
	return append(to, ']')
}

func (t timestamp) appendTo(to []byte) []byte {
	if t.IsZero() {
		return append(to, "null"...)
	}
	to = append(to, '"')
	to = time.Time(t).UTC().AppendFormat(to, milliseconds) // which truncates
	return append(to, `Z"`...)
}
