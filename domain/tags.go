package domain

import (
	"slices"
	"strings"
)

// Tags is the tag list of a runner or a job: trimmed, without blanks and
// repetitions, in the order given. Tags are compared exactly, upper and lower
// case included (Runners API reference 1.3 and 3.3).
type Tags []string

// NewTags cleans a list of tags. It is never nil.
func NewTags(items []string) Tags {
	tags := make(Tags, 0, len(items))
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		tag := strings.TrimSpace(item)
		if tag == "" || seen[tag] {
			continue
		}
		seen[tag] = true
		tags = append(tags, tag)
	}
	return tags
}

// Include tells whether every wanted tag is there. Nothing is included in no
// tags: an empty wish is granted by everybody.
func (t Tags) Include(wanted Tags) bool {
	for _, tag := range wanted {
		if !slices.Contains(t, tag) {
			return false
		}
	}
	return true
}
