package rest

import (
	"encoding/json"
	"math"
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

func appendInt[T ~int64](to []byte, number T) []byte { return strconv.AppendInt(to, int64(number), 10) }

func appendOptionalInt[T ~int64](to []byte, number *T) []byte {
	if number == nil {
		return append(to, "null"...)
	}
	return appendInt(to, *number)
}

func appendOptionalNumber(to []byte, number *float64) []byte {
	if number == nil {
		return append(to, "null"...)
	}
	if size := math.Abs(*number); size != 0 && (size < 1e-6 || size >= 1e21) {
		return appendJSON(to, *number) // with an exponent
	}
	return strconv.AppendFloat(to, *number, 'f', -1, 64)
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

func (t commitDate) appendTo(to []byte) []byte {
	if time.Time(t).IsZero() {
		return append(to, "null"...)
	}
	to = append(to, '"')
	to = time.Time(t).AppendFormat(to, milliseconds+"Z07:00") // which truncates
	return append(to, '"')
}
