// Package architecture holds the import rule of this module, as a function over
// an import graph: domain ← ports ← application ← adapters ← cmd. Its tests
// apply the rule to the real graph.
package architecture

import (
	"fmt"
	"slices"
	"strings"
)

const module = "runyard"

// Package is one node of an import graph.
type Package struct {
	// Path is the import path, such as runyard/domain.
	Path string
	// Imports are those of the files that go into the program.
	Imports []string
	// TestImports are those of the tests, inside the package and beside it.
	TestImports []string
}

// impure are packages of the standard library that would let the domain look at
// the world or depend on chance.
var impure = []string{"crypto/rand", "database/sql", "log", "math/rand", "net/http", "os", "syscall"}

// Violations lists every import that breaks the rule, one sentence each, sorted.
// A layer that has no package yet breaks nothing.
func Violations(graph []Package) []string {
	var found []string
	for _, p := range graph {
		for _, imported := range p.Imports {
			if reason := refusal(p.Path, imported); reason != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", p.Path, imported, reason))
			}
		}
		for _, imported := range p.TestImports {
			if reason := testRefusal(p.Path, imported); reason != "" {
				found = append(found, fmt.Sprintf("a test of %s imports %s: %s", p.Path, imported, reason))
			}
		}
	}
	slices.Sort(found)
	return found
}

// refusal says why a package may not import another one, or nothing.
func refusal(importer, imported string) string {
	if within("test", imported) && !within("test", importer) {
		return "only tests may use test code"
	}
	switch {
	case within("domain", importer):
		return domainRefusal(imported)
	case within("ports/mocks", importer):
		return onlyOurs(imported, "mocks know the ports, the domain and gomock", []string{"domain", "ports"}, "github.com/golang/mock/gomock")
	case within("ports", importer):
		return onlyOurs(imported, "ports know the domain and the standard library", []string{"domain", "ports"})
	case within("application", importer):
		return onlyOurs(imported, "the application knows domain, ports and the standard library", []string{"domain", "ports", "application"})
	case within("adapters", importer):
		return adapterRefusal(importer, imported)
	case within("migrations", importer) && ours(imported) && !within("migrations", imported):
		return "migrations import nothing of ours, so that old ones stay as they are"
	}
	return ""
}

func domainRefusal(imported string) string {
	if reason := onlyOurs(imported, "the domain knows only the standard library", []string{"domain"}); reason != "" {
		return reason
	}
	for _, path := range impure {
		if !ours(imported) && (imported == path || strings.HasPrefix(imported, path+"/")) {
			return "the domain is pure"
		}
	}
	return ""
}

// onlyOurs refuses all but the standard library, the named folders of ours and
// the named packages of others.
func onlyOurs(imported, reason string, folders []string, others ...string) string {
	if standard(imported) || slices.Contains(others, imported) {
		return ""
	}
	// The doubles are for tests.
	if within("ports/mocks", imported) {
		return "mocks are for tests"
	}
	for _, folder := range folders {
		if within(folder, imported) {
			return ""
		}
	}
	return reason
}

func adapterRefusal(importer, imported string) string {
	switch {
	case within("cmd", imported):
		return "only the program itself knows cmd"
	case within("ports/mocks", imported):
		return "mocks are for tests"
	case within("adapters", imported) && adapterOf(imported) != adapterOf(importer):
		return "an adapter does not know another adapter"
	case within("application", imported) && adapterOf(importer) != "rest":
		return "only the adapter that drives the application knows it"
	}
	return ""
}

// testRefusal is about tests, which may use more: mocks, fixtures, other
// people's modules and, from the application on, real adapters.
func testRefusal(importer, imported string) string {
	switch {
	case within("domain", importer) && ours(imported) && !within("domain", imported):
		return "the tests of the domain need no double and no database"
	case within("ports", importer) && (within("application", imported) || within("adapters", imported)):
		return "the tests of the ports know the domain and the ports"
	}
	return ""
}

// adapterOf is the name of the adapter that a package belongs to: rest for
// runyard/adapters/rest/params.
func adapterOf(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, module+"/adapters/"), "/")
	return name
}

// within reports whether path is the folder of this module or below it.
func within(folder, path string) bool {
	root := module + "/" + folder
	return path == root || strings.HasPrefix(path, root+"/")
}

func ours(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// standard reports whether path is of the standard library: the first element of
// all others has a dot, but for our own module.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !ours(path) && !strings.Contains(first, ".")
}
