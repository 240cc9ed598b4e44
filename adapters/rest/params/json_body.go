package params

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// parseJSON reads the parameters of a JSON body. A value other than an object
// has none (runners-api.md 1.2). Numbers keep their digits, because 1 and 1.0
// are different parameters (1.4).
func parseJSON(body string) (Raw, error) {
	// The decoder replaces what is not UTF-8 instead of refusing it.
	if !WellFormed(body) {
		return nil, malformedJSON()
	}
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, malformedJSON()
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, malformedJSON()
	}
	if !wellFormedJSON(value) {
		return nil, malformedJSON()
	}
	object, _ := value.(map[string]any)
	return object, nil
}

// wellFormedJSON finds the NULs that were written as an escape.
func wellFormedJSON(value any) bool {
	switch value := value.(type) {
	case string:
		return WellFormed(value)
	case []any:
		for _, element := range value {
			if !wellFormedJSON(element) {
				return false
			}
		}
	case map[string]any:
		for name, element := range value {
			if !WellFormed(name) || !wellFormedJSON(element) {
				return false
			}
		}
	}
	return true
}
