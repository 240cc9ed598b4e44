package params

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// list is a coerced list. Links repeat it as it was understood by the framework
// (runners-api.md 1.10), handlers see it as its declaration reads it.
type list struct {
	coerced []string
	read    []string
}

// coerceList accepts everything: what holds no text is the empty list
// (runners-api.md 1.3).
func coerceList(read func([]string) []string) func(raw any) (any, bool) {
	return func(raw any) (any, bool) {
		coerced := splitAll(raw)
		return list{coerced: coerced, read: read(coerced)}, true
	}
}

func splitAll(raw any) []string {
	items := []string{}
	switch raw := raw.(type) {
	case string:
		return splitItems(raw)
	case []any:
		for _, element := range raw {
			items = append(items, splitElement(element)...)
		}
	}
	return items
}

// splitElement splits an element once more, as text. Elements that have no
// plain text add nothing, inner lists their elements.
func splitElement(element any) []string {
	switch element := element.(type) {
	case bool:
		return []string{strconv.FormatBool(element)}
	case json.Number:
		return []string{rubyNumber(element)}
	default:
		return splitAll(element)
	}
}

func splitItems(text string) []string {
	items := []string{}
	// Ruby's split gives no empty items at the end, but keeps those before.
	text = strings.TrimRight(text, ",")
	if text == "" {
		return items
	}
	for item := range strings.SplitSeq(text, ",") {
		items = append(items, trim(item))
	}
	return items
}

// trim is Ruby's strip, which takes NUL for white space.
func trim(text string) string { return strings.Trim(text, rubySpace+"\x00") }

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }

func withoutBlanks(items []string) []string {
	return slices.DeleteFunc(slices.Clone(items), isBlank)
}

var (
	doubleQuoted = regexp.MustCompile(`(?:^|,)\s*"(.*?)"\s*(,|$)`)
	singleQuoted = regexp.MustCompile(`(?:^|,)\s*'(.*?)'\s*(,|$)`)
)

// tagsOf reads the items as GitLab's tagging library does: they are joined
// again, so that a quoted tag may hold a comma. Quoted tags come first, those
// in double quotes before those in single ones.
func tagsOf(items []string) []string {
	text := strings.Join(items, ", ")
	double, text := cutQuoted(text, doubleQuoted)
	single, text := cutQuoted(text, singleQuoted)
	items = slices.Concat(double, single, strings.Split(text, ","))
	tags, known := []string{}, make(map[string]bool, len(items))
	for _, item := range items {
		tag := trim(item)
		if !isBlank(tag) && !known[tag] {
			known[tag] = true
			tags = append(tags, tag)
		}
	}
	return tags
}

// cutQuoted takes the quoted items out of the text. The comma behind an item
// stays: it begins the next one.
func cutQuoted(text string, quoted *regexp.Regexp) (items []string, rest string) {
	var kept strings.Builder
	for {
		found := quoted.FindStringSubmatchIndex(text)
		if found == nil {
			kept.WriteString(text)
			return items, kept.String()
		}
		kept.WriteString(text[:found[0]])
		items = append(items, text[found[2]:found[3]])
		text = text[found[4]:]
	}
}
