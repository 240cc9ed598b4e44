package params

import "encoding/json"

// Raw holds the parameters of one request as they came, before any check. A
// value is a string, nil (a bare name or JSON null), bool, json.Number, []any,
// map[string]any or, at the top of a JSON body, Object.
type Raw map[string]any

// Scalar is the text of a parameter that is read outside a schema, such as a
// credential (runners-api.md 1.7). It is empty when the parameter is absent,
// null or not a single value.
func (r Raw) Scalar(name string) string {
	switch value := r[name].(type) {
	case string:
		return value
	case json.Number:
		return rubyNumber(value)
	default:
		return ""
	}
}

func (r Raw) has(name string) bool {
	_, sent := r[name]
	return sent
}

// with adds what the path says, which beats everything.
func (r Raw) with(path map[string]string) Raw {
	for name, value := range path {
		r[name] = value
	}
	return r
}
