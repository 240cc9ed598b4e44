package params

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// credentials never leave the server again, not even in a link back to it
// (runners-api.md 1.10).
var credentials = map[string]bool{
	"private_token": true,
	"access_token":  true,
	"bearer_token":  true,
	"job_token":     true,
	"token":         true,
}

// Query is what a Link header repeats (runners-api.md 1.10): every declared
// parameter that was sent or has a default, coerced, with null as the empty
// text; credentials are left out. Its Encode gives the order and the escapes
// that GitLab gives.
func (v Values) Query() url.Values {
	query := url.Values{}
	for name, parameter := range v {
		if !credentials[name] {
			addToQuery(query, name, parameter.value)
		}
	}
	return query
}

// addToQuery spells a value as a form would. Empty lists and hashes have no
// spelling and are left out, as Rails does.
func addToQuery(query url.Values, name string, value any) {
	switch value := value.(type) {
	case nil:
		query.Add(name, "")
	case string:
		query.Add(name, value)
	case bool:
		query.Add(name, strconv.FormatBool(value))
	case int64:
		query.Add(name, strconv.FormatInt(value, 10))
	case json.Number:
		query.Add(name, rubyNumber(value))
	case time.Time:
		query.Add(name, value.Format(time.DateOnly))
	case list:
		for _, item := range value.coerced {
			query.Add(name+"[]", item)
		}
	case []any:
		for _, element := range value {
			addToQuery(query, name+"[]", element)
		}
	case Object:
		addToQuery(query, name, value.hash())
	case map[string]any:
		for key, element := range value {
			if inner := name + "[" + key + "]"; hasSpelling(key, inner) {
				addToQuery(query, inner, element)
			}
		}
	}
}

// hasSpelling tells whether a query can name the key of a hash: JSON has keys, and
// depths, that no query has.
func hasSpelling(key, name string) bool {
	return key != "" && !strings.ContainsAny(key, "[]") && strings.Count(name, "[") < maxNesting
}
