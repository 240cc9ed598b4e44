package params

import (
	"maps"
	"slices"
)

// Values are the checked parameters of one request. A parameter is absent, null
// or has a value; one that is read as another type than it was declared as
// counts as absent.
type Values map[string]entry

type entry struct {
	value any // nil: null
	sent  bool
}

// Has reports whether the request carried the parameter, be it empty or null.
// A default is not sent.
func (v Values) Has(name string) bool { return v[name].sent }

// String is the text of a String or Enum, nil when absent or null.
func (v Values) String(name string) *string { return valueOf[string](v, name) }

// Bool is the value of a Bool, nil when absent or null.
func (v Values) Bool(name string) *bool { return valueOf[bool](v, name) }

// Int is the value of an Int, nil when absent or null.
func (v Values) Int(name string) *int64 { return valueOf[int64](v, name) }

// List is the value of a List or TagList, nil only when absent: a list that was
// sent in an empty spelling is empty (runners-api.md 1.3).
func (v Values) List(name string) []string {
	value, _ := v[name].value.(list)
	return slices.Clone(value.read)
}

// Hash is the value of a Hash, nil when absent or null. Numbers in it are
// json.Number.
func (v Values) Hash(name string) map[string]any {
	switch hash := v[name].value.(type) {
	case map[string]any:
		return maps.Clone(hash)
	case Object:
		return hash.hash()
	default:
		return nil
	}
}

// Any is the value of an Any or a Hash as it came, nil when absent or null.
func (v Values) Any(name string) any {
	if object, isObject := v[name].value.(Object); isObject {
		return object.hash()
	}
	return v[name].value
}

func valueOf[T any](v Values, name string) *T {
	value, ok := v[name].value.(T)
	if !ok {
		return nil
	}
	return &value
}

// Object is the text of a Hash that came as JSON; ok is false if it is absent,
// null, or came as a form.
func (v Values) Object(name string) (text Object, ok bool) {
	text, ok = v[name].value.(Object)
	return text, ok
}

// Texts are the values of these keys of a Hash as String would read them, each
// nil when it is absent, null or no text. It spares callers the numbers and
// booleans of JSON, and looks at nothing else in the hash.
func (v Values) Texts(name string, keys ...string) []*string {
	texts := make([]*string, len(keys))
	for i, value := range v.within(name, keys) {
		coerced, _ := coerceString(value)
		if text, isText := coerced.(string); isText {
			texts[i] = &text
		}
	}
	return texts
}

// Text is the one of Texts.
func (v Values) Text(name, key string) *string { return v.Texts(name, key)[0] }

// Flag tells whether the hash under that key of a Hash says yes to the name with
// a boolean.
func (v Values) Flag(name, key, flag string) bool {
	inner := Values{key: {value: v.within(name, []string{key})[0]}}
	yes, _ := inner.within(key, []string{flag})[0].(bool)
	return yes
}

// within are the values of these keys of a Hash.
func (v Values) within(name string, keys []string) []any {
	if object, isObject := v[name].value.(Object); isObject {
		return object.members(keys...)
	}
	hash, _ := v[name].value.(map[string]any)
	values := make([]any, len(keys))
	for i, key := range keys {
		values[i] = hash[key]
	}
	return values
}
