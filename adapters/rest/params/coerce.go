package params

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
)

// Every coerceX takes a value of Raw and returns what the parameter is then:
// nil for null. ok is false when the value is invalid.

func coerceString(raw any) (value any, ok bool) {
	switch raw := raw.(type) {
	case nil:
		return nil, true
	case string:
		return raw, true
	case bool:
		return strconv.FormatBool(raw), true
	case json.Number:
		return rubyNumber(raw), true
	default:
		return nil, false
	}
}

func coerceHash(raw any) (value any, ok bool) {
	switch raw := raw.(type) {
	case nil:
		return nil, true
	case map[string]any, Object:
		return raw, true
	default:
		return nil, false
	}
}

func coerceBool(raw any) (value any, ok bool) {
	switch raw := raw.(type) {
	case nil:
		return nil, true
	case bool:
		return raw, true
	case json.Number: // 1.0 is a float and no boolean.
		if raw == "1" || raw == "0" {
			return raw == "1", true
		}
	case string:
		switch raw {
		case "":
			return nil, true
		case "1", "on", "On", "ON", "t", "T", "true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES":
			return true, true
		case "0", "off", "Off", "OFF", "f", "F", "false", "False", "FALSE", "n", "N", "no", "No", "NO":
			return false, true
		}
	}
	return nil, false
}

func coerceInt(raw any) (value any, ok bool) {
	value, _, ok = parseInt(raw)
	return value, ok
}

func coerceBoundedInt(raw any) (value any, ok bool) {
	value, fits, ok := parseInt(raw)
	if !ok || !fits {
		return nil, false
	}
	return value, true
}

// isDecimal tells whether the text is an integer as Ruby reads it: a sign, if
// there is one, and digits. Leading zeros are not octal and underscores may
// separate digits.
func isDecimal(text string) bool {
	if text != "" && (text[0] == '+' || text[0] == '-') {
		text = text[1:]
	}
	separated := true // a digit must come
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			separated = false
		case c == '_' && !separated:
			separated = true
		default:
			return false
		}
	}
	return !separated
}

// rubySpace is the white space that Ruby strips.
const rubySpace = " \t\n\v\f\r"

// parseInt returns an int64 or nil. A number beyond 64 bits comes back as the
// nearest that fits, with fits false.
func parseInt(raw any) (value any, fits, ok bool) {
	switch raw := raw.(type) {
	case nil:
		return nil, true, true
	case string:
		if raw == "" {
			return nil, true, true
		}
		return parseDecimal(strings.Trim(raw, rubySpace))
	case json.Number:
		if strings.ContainsAny(raw.String(), ".eE") {
			return truncate(raw)
		}
		return parseDecimal(raw.String())
	default:
		return nil, false, false
	}
}

func parseDecimal(text string) (value any, fits, ok bool) {
	if !isDecimal(text) {
		return nil, false, false
	}
	// Out of range ParseInt returns the nearest number together with its error.
	number, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
	return number, !errors.Is(err, strconv.ErrRange), true
}

// truncate cuts the fraction off. A number that is too large even for a float
// is infinite to Ruby, and that has no integer.
func truncate(number json.Number) (value any, fits, ok bool) {
	float, err := number.Float64()
	if err != nil {
		return nil, false, false
	}
	switch {
	case float >= math.MaxInt64: // The constant rounds up to 2^63 here.
		return int64(math.MaxInt64), false, true
	case float < math.MinInt64:
		return int64(math.MinInt64), false, true
	default:
		return int64(float), true, true
	}
}

// rubyNumber writes a JSON number as Ruby does: integers as they are, floats
// with a fraction and with an exponent only when very large or very small.
func rubyNumber(number json.Number) string {
	text := number.String()
	if !strings.ContainsAny(text, ".eE") {
		return text
	}
	float, err := number.Float64()
	if err != nil {
		return text
	}
	size := math.Abs(float)
	if size != 0 && (size < 1e-4 || size >= 1e16) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(float, 'e', -1, 64), "e")
		return withFraction(mantissa) + "e" + exponent
	}
	return withFraction(strconv.FormatFloat(float, 'f', -1, 64))
}

func withFraction(digits string) string {
	if strings.Contains(digits, ".") {
		return digits
	}
	return digits + ".0"
}
