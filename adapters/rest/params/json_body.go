package params

import (
	"encoding/json"
	"strings"
)

// Object is the text of a JSON object, which is well-formed and has not been
// looked into: most of what agents say of themselves is never asked for.
type Object string

// parseJSON reads the parameters of a JSON body. A value other than an object
// has none (runners-api.md 1.2). Numbers keep their digits, because 1 and 1.0
// are different parameters (1.4).
func parseJSON(body string) (Raw, error) {
	if !WellFormed(body) {
		return nil, malformedJSON()
	}
	s := jsonScanner{text: body}
	if s.peek() != '{' {
		_, ok := s.value(0)
		return nil, s.atEnd(ok)
	}
	object := Raw{}
	ok := s.object(1, func(name, value string) { object[textOf(name)] = valueOfJSON(value) })
	if err := s.atEnd(ok); err != nil {
		return nil, err
	}
	return object, nil
}

// atEnd refuses a text that is not one whole value.
func (s *jsonScanner) atEnd(ok bool) error {
	if !ok || s.peek() != 0 {
		return malformedJSON()
	}
	return nil
}

// valueOfJSON is the value of a text that is one.
func valueOfJSON(text string) any {
	switch text[0] {
	case '{':
		return Object(text)
	case '"':
		return textOf(text)
	case '[':
		return decoded(text)
	case 't', 'f':
		return text[0] == 't'
	case 'n':
		return nil
	default:
		return json.Number(strings.Clone(text))
	}
}

// textOf is the text that a quoted one stands for. It is a copy, so that what is
// kept of a request does not keep all of it.
func textOf(quoted string) string {
	if strings.IndexByte(quoted, '\\') < 0 {
		return strings.Clone(quoted[1 : len(quoted)-1])
	}
	text, _ := decoded(quoted).(string)
	return text
}

// decoded reads a text that is well-formed.
func decoded(text string) any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		panic(err)
	}
	return value
}

// members are the values of these members, each nil if it is null or there is
// none.
func (o Object) members(names ...string) []any {
	values := make([]any, len(names))
	s := jsonScanner{text: string(o)}
	s.object(1, func(quoted, value string) {
		for i, name := range names {
			if quoted[1:len(quoted)-1] == name || strings.IndexByte(quoted, '\\') >= 0 && textOf(quoted) == name {
				values[i] = valueOfJSON(value)
			}
		}
	})
	return values
}

// hash is the object looked into, to the bottom.
func (o Object) hash() map[string]any {
	hash, _ := decoded(string(o)).(map[string]any)
	return hash
}
