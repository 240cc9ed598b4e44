package params

import "strings"

// maxJSONDepth is how deep values may be nested, as for encoding/json.
const maxJSONDepth = 10_000

// jsonScanner walks through a JSON text and makes no values of it. What it lets
// pass is what encoding/json does, except for the NUL, which is no text here
// (WellFormed): an agent says a kilobyte about itself with every poll, and next
// to nothing of that is asked for.
type jsonScanner struct {
	text string
	at   int // the next byte
}

// peek is the next byte behind white space, zero at the end.
func (s *jsonScanner) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// take goes past the byte c, if it is the next one.
func (s *jsonScanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// value goes past one value, within depth others, and returns its text.
func (s *jsonScanner) value(depth int) (text string, ok bool) {
	first := s.peek()
	begin := s.at
	switch first {
	case '{':
		ok = s.object(depth+1, func(string, string) {})
	case '[':
		ok = s.array(depth + 1)
	case '"':
		ok = s.string()
	case 't':
		ok = s.word("true")
	case 'f':
		ok = s.word("false")
	case 'n':
		ok = s.word("null")
	default:
		ok = s.number()
	}
	return s.text[begin:s.at], ok
}

// object goes past an object, and tells of every member: its name and its value
// as they are written.
func (s *jsonScanner) object(depth int, member func(name, value string)) bool {
	if !s.take('{') || depth > maxJSONDepth {
		return false
	}
	if s.take('}') {
		return true
	}
	for {
		s.peek()
		begin := s.at
		if !s.string() {
			return false
		}
		name := s.text[begin:s.at]
		if !s.take(':') {
			return false
		}
		value, ok := s.value(depth)
		if !ok {
			return false
		}
		member(name, value)
		if !s.take(',') {
			return s.take('}')
		}
	}
}

func (s *jsonScanner) array(depth int) bool {
	if !s.take('[') || depth > maxJSONDepth {
		return false
	}
	if s.take(']') {
		return true
	}
	for {
		if _, ok := s.value(depth); !ok {
			return false
		}
		if !s.take(',') {
			return s.take(']')
		}
	}
}

func (s *jsonScanner) word(word string) bool {
	if !strings.HasPrefix(s.text[s.at:], word) {
		return false
	}
	s.at += len(word)
	return true
}

func (s *jsonScanner) string() bool {
	if s.at == len(s.text) || s.text[s.at] != '"' {
		return false
	}
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return true
		case c < ' ':
			return false
		case c == '\\':
			if !s.escape() {
				return false
			}
		}
	}
	return false
}

// escape goes as far as the last byte of an escape.
func (s *jsonScanner) escape() bool {
	s.at++
	if s.at == len(s.text) {
		return false
	}
	switch s.text[s.at] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		digits := s.text[s.at+1:]
		if len(digits) < 4 || strings.Trim(digits[:4], "0123456789abcdefABCDEF") != "" {
			return false
		}
		s.at += 4
		return digits[:4] != "0000"
	}
	return false
}

func (s *jsonScanner) number() bool {
	s.digit("-")
	if !s.digit("0") && !s.digits() {
		return false
	}
	if s.digit(".") && !s.digits() {
		return false
	}
	if s.digit("eE") {
		s.digit("+-")
		return s.digits()
	}
	return true
}

// digit goes past one byte, if it is among those.
func (s *jsonScanner) digit(among string) bool {
	if s.at == len(s.text) || strings.IndexByte(among, s.text[s.at]) < 0 {
		return false
	}
	s.at++
	return true
}

func (s *jsonScanner) digits() bool {
	begin := s.at
	for s.digit("0123456789") {
	}
	return s.at > begin
}
