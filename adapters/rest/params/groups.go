package params

import (
	"slices"
	"strings"
)

// AtLeastOneOf declares that one of names must be sent, its value may be empty
// (runners-api.md 1.5). A parameter named by orOneOf satisfies the rule without
// being named in its text, which old clients know as it is (D18).
func AtLeastOneOf(names []string, orOneOf ...string) Declaration {
	return atLeastOne{shown: slices.Clone(names), hidden: slices.Clone(orOneOf)}
}

type atLeastOne struct{ shown, hidden []string }

func (a atLeastOne) check(raw Raw, _ Values) []string {
	if slices.ContainsFunc(a.shown, raw.has) || slices.ContainsFunc(a.hidden, raw.has) {
		return nil
	}
	return []string{strings.Join(a.shown, ", ") + " are missing, at least one parameter must be provided"}
}

// MutuallyExclusive declares that only one of names may be sent (runners-api.md
// 5.4).
func MutuallyExclusive(names ...string) Declaration {
	return exclusive(slices.Clone(names))
}

type exclusive []string

func (e exclusive) check(raw Raw, _ Values) []string {
	var sent []string
	for _, name := range e {
		if raw.has(name) {
			sent = append(sent, name)
		}
	}
	if len(sent) < 2 {
		return nil
	}
	return []string{strings.Join(sent, ", ") + " are mutually exclusive"}
}
