package params

import (
	"regexp"
	"slices"
	"strings"
)

// maxNesting bounds the brackets of one name, as Rack does.
const maxNesting = 100

// nameHead finds the first key of a nested name, whatever brackets surround it.
var nameHead = regexp.MustCompile(`^[\[\]]*([^\[\]]+)\]*`)

// add files one parameter of a query or form under its nested name. The rules,
// odd ones included, are Rack's: a[]=x is a list, a[b]=x and a[0]=x are hashes,
// a[][b]=x is a list of hashes.
func (rd Reader) add(collected Raw, name string, value any) error {
	if rd.addToList(collected, name, value) {
		return nil
	}
	_, err := nest(collected, name, value, maxNesting)
	return err
}

// addToList files a parameter that may be spelled name=a and name[]=a at once
// (D17). It reports false when nothing is mixed and Rack's rules hold.
func (rd Reader) addToList(collected Raw, name string, value any) bool {
	key, bracketed := strings.CutSuffix(name, "[]")
	if !slices.Contains(rd.Lists, key) {
		return false
	}
	switch earlier := collected[key].(type) {
	case []any:
		collected[key] = append(earlier, value)
		return true
	case string:
		if bracketed {
			collected[key] = []any{earlier, value}
		}
		return bracketed
	default:
		return false
	}
}

// nest puts value into the hash and returns what stands at this level then:
// the hash itself, or a list or nothing when the name has no key left.
func nest(into map[string]any, name string, value any, depth int) (any, error) {
	if depth == 0 {
		return nil, Malformed()
	}
	head := nameHead.FindStringSubmatchIndex(name)
	if head == nil {
		if name == "[]" && value != nil {
			return []any{value}, nil
		}
		return nil, nil
	}
	key, rest := name[head[2]:head[3]], name[head[1]:]
	var err error
	switch {
	case rest == "":
		into[key] = value
	case rest == "[":
		into[name] = value
	case strings.HasPrefix(rest, "[]"):
		err = nestInList(into, key, rest[len("[]"):], value, depth)
	default:
		err = nestInHash(into, key, rest, value, depth)
	}
	return into, err
}

// nestInList adds value to the list under key. With a name left the elements
// are hashes, and a new one begins when the last one already has that name.
func nestInList(into map[string]any, key, rest string, value any, depth int) error {
	list, isList := into[key].([]any)
	if !isList && into[key] != nil {
		return Malformed()
	}
	if rest == "" {
		into[key] = append(list, value)
		return nil
	}
	if len(list) > 0 {
		if last, isHash := list[len(list)-1].(map[string]any); isHash && !hasName(last, rest) {
			_, err := nest(last, rest, value, depth-1)
			return err
		}
	}
	element, err := nest(map[string]any{}, rest, value, depth-1)
	into[key] = append(list, element)
	return err
}

func nestInHash(into map[string]any, key, rest string, value any, depth int) error {
	hash, isHash := into[key].(map[string]any)
	if !isHash && into[key] != nil {
		return Malformed()
	}
	if hash == nil {
		hash = map[string]any{}
	}
	inner, err := nest(hash, rest, value, depth-1)
	into[key] = inner
	return err
}

// hasName reports whether the nested name leads to a value in the hash already.
func hasName(hash map[string]any, name string) bool {
	if strings.Contains(name, "[]") {
		return false
	}
	var at any = hash
	for _, key := range strings.FieldsFunc(name, func(r rune) bool { return r == '[' || r == ']' }) {
		level, isHash := at.(map[string]any)
		if !isHash {
			return false
		}
		if at, isHash = level[key]; !isHash {
			return false
		}
	}
	return true
}
