package params

import (
	"encoding/json"
	"regexp"
	"slices"
)

// Param declares one parameter. Its methods return a copy with one more rule.
type Param struct {
	name     string
	coerce   func(raw any) (value any, ok bool)
	allowed  []string // nil: any
	excepted *int64
	pattern  *regexp.Regexp
	fallback any
	required bool
	notNull  bool
}

// String declares a text. Numbers and booleans of JSON become their text
// (runners-api.md 1.3).
func String(name string) Param { return Param{name: name, coerce: coerceString} }

// Enum declares a text that is exactly one of values. Empty is a bad value,
// null is not (runners-api.md 1.3).
func Enum(name string, values ...string) Param {
	return Param{name: name, coerce: coerceString, allowed: slices.Clone(values)}
}

// List declares a list of texts in any of the spellings of runners-api.md 1.3.
// Items are trimmed and blank ones dropped.
func List(name string) Param { return Param{name: name, coerce: coerceList(withoutBlanks)} }

// TagList declares a List that is read as tags besides: quotes are removed and
// a tag that comes twice counts once (runners-api.md 1.3).
func TagList(name string) Param { return Param{name: name, coerce: coerceList(tagsOf)} }

// Bool declares a boolean in any of the spellings of runners-api.md 1.4.
func Bool(name string) Param { return Param{name: name, coerce: coerceBool} }

// Int declares an integer (runners-api.md 1.4). One beyond 64 bits becomes the
// nearest that fits, so that an ID is merely not found.
func Int(name string) Param { return Param{name: name, coerce: coerceInt} }

// Hash declares an object or name[key]=… (runners-api.md 1.3).
func Hash(name string) Param { return Param{name: name, coerce: coerceHash} }

// Any declares a parameter that is taken as it came.
func Any(name string) Param {
	return Param{name: name, coerce: func(raw any) (any, bool) { return raw, true }}
}

// Among refuses a List with an item that is none of values: "<name> does not
// have a valid value".
func (p Param) Among(values ...string) Param {
	p.allowed = slices.Clone(values)
	return p
}

// Required refuses a request without the key: "<name> is missing". An empty or
// null value passes, except for an Enum (runners-api.md 1.5 and 5.8).
func (p Param) Required() Param {
	p.required = true
	return p
}

// Default is the value when the key is absent or the value null: a string, an
// integer or a bool, as the parameter is.
func (p Param) Default(value any) Param {
	if number, isInt := value.(int); isInt {
		value = int64(number)
	}
	p.fallback = value
	return p
}

// Except refuses one integer: "<name> has a value not allowed" (runners-api.md
// 1.5).
func (p Param) Except(value int64) Param {
	p.excepted = &value
	return p
}

// Match refuses a text that pattern does not find: "<name> is invalid"
// (runners-api.md 5.2). Null passes.
func (p Param) Match(pattern *regexp.Regexp) Param {
	p.pattern = pattern
	return p
}

// NotNull refuses an empty or null value that was sent: "<name> is invalid"
// (runners-api.md 4.4).
func (p Param) NotNull() Param {
	p.notNull = true
	return p
}

// Within64Bits makes an Int refuse what does not fit: "<name> is invalid"
// (runners-api.md 1.4).
func (p Param) Within64Bits() Param {
	p.coerce = coerceBoundedInt
	return p
}

func (p Param) check(raw Raw, values Values) []string {
	given, sent := raw[p.name]
	var problems []string
	if p.required && !sent {
		problems = append(problems, p.name+" is missing")
	}
	var value any
	valid := true
	if sent { // An absent list is no empty list, so nothing is coerced.
		value, valid = p.coerce(given)
	}
	if !valid || sent && p.notNull && value == nil {
		problems = append(problems, p.name+" is invalid")
	}
	if value == nil && valid {
		value = p.fallback
	}
	if sent || value != nil {
		values[p.name] = entry{value: value, sent: sent}
	}
	if !valid {
		return append(problems, p.checkEach(wrap(given))...)
	}
	if p.allowed == nil && p.excepted == nil && p.pattern == nil || value == nil && !(p.required && p.allowed != nil) {
		return problems
	}
	return append(problems, p.checkEach([]any{value})...)
}

// checkEach applies the rules about values. After a failed coercion these see
// the value as it came, each element of a list for itself (runners-api.md 1.5).
func (p Param) checkEach(candidates []any) []string {
	var problems []string
	if p.allowed != nil && !all(candidates, p.isAllowed) {
		problems = append(problems, p.name+" does not have a valid value")
	}
	if p.excepted != nil && slices.ContainsFunc(candidates, p.isExcepted) {
		problems = append(problems, p.name+" has a value not allowed")
	}
	if p.pattern != nil && !all(candidates, p.isMatch) {
		problems = append(problems, p.name+" is invalid")
	}
	return problems
}

func (p Param) isAllowed(candidate any) bool {
	if items, isList := candidate.(list); isList {
		return !slices.ContainsFunc(items.read, func(item string) bool { return !slices.Contains(p.allowed, item) })
	}
	text, isText := candidate.(string)
	return isText && slices.Contains(p.allowed, text)
}

func (p Param) isExcepted(candidate any) bool {
	if number, isNumber := candidate.(json.Number); isNumber {
		candidate, _ = coerceInt(number)
	}
	return candidate == *p.excepted
}

func (p Param) isMatch(candidate any) bool {
	text, isText := candidate.(string)
	return isText && p.pattern.MatchString(text)
}

func wrap(given any) []any {
	if list, isList := given.([]any); isList {
		return list
	}
	return []any{given}
}

func all(candidates []any, holds func(any) bool) bool {
	return !slices.ContainsFunc(candidates, func(candidate any) bool { return !holds(candidate) })
}
