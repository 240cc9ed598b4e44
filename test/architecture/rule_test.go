package architecture

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	pathpkg "path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheModuleKeepsTheImportRule(t *testing.T) {
	t.Parallel()
	graph := importGraph(t)
	require.True(t, slices.ContainsFunc(graph, func(p Package) bool { return p.Path == "runyard/cmd/runyard" }),
		"the module was found")
	assert.Empty(t, Violations(graph))
}

// importGraph reads the import clauses of all packages of the module. It does so
// itself, instead of asking `go list`, because the Go tool caches the result of a
// test by the files that the test itself opened.
func importGraph(t *testing.T) []Package {
	t.Helper()
	packages := map[string]*Package{}
	root := filepath.Join("..", "..")
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		name := pathpkg.Join(module, filepath.ToSlash(dir))
		if packages[name] == nil {
			packages[name] = &Package{Path: name}
		}
		return addImports(packages[name], path)
	}))
	graph := make([]Package, 0, len(packages))
	for _, p := range packages {
		graph = append(graph, *p)
	}
	return graph
}

func addImports(p *Package, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, content, parser.ImportsOnly)
	if err != nil {
		return err
	}
	imports := &p.Imports
	if strings.HasSuffix(file, "_test.go") {
		imports = &p.TestImports
	}
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if !slices.Contains(*imports, path) {
			*imports = append(*imports, path)
		}
	}
	return nil
}

func TestEveryKindOfForbiddenImportIsFound(t *testing.T) {
	t.Parallel()
	for importer, forbidden := range map[string][]string{
		"runyard/domain": {
			"runyard/ports", "runyard/application", "runyard/adapters/rest", "runyard/migrations", "runyard",
			"net/http", "net/http/httptest", "database/sql", "database/sql/driver", "os", "os/exec", "math/rand", "math/rand/v2",
			"crypto/rand", "log", "github.com/google/uuid", "golang.org/x/sync/errgroup",
		},
		"runyard/ports":             {"runyard/application", "runyard/ports/mocks", "runyard/adapters/system", "runyard/migrations", "github.com/golang/mock/gomock", "github.com/uptrace/bun"},
		"runyard/ports/mocks":       {"runyard/application", "runyard/adapters/system", "github.com/stretchr/testify/assert"},
		"runyard/application":       {"runyard/adapters/rest", "runyard/adapters/sqlstore", "runyard/cmd/runyard", "runyard/migrations", "runyard/ports/mocks", "go.uber.org/zap"},
		"runyard/application/jobs":  {"runyard/adapters/rest"},
		"runyard/adapters/rest":     {"runyard/adapters/sqlstore", "runyard/adapters/system", "runyard/adapters/restful", "runyard/cmd/runyard", "runyard/ports/mocks", "runyard/test/fixture"},
		"runyard/adapters/sqlstore": {"runyard/application", "runyard/adapters/rest", "runyard/adapters/rest/params", "runyard/adapters/system"},
		"runyard/adapters/system":   {"runyard/application", "runyard/adapters/sqlstore"},
		"runyard/migrations":        {"runyard/domain", "runyard/ports", "runyard/adapters/sqlstore"},
		"runyard/cmd/runyard":       {"runyard/test/postgres"},
	} {
		for _, imported := range forbidden {
			assert.Len(t, Violations([]Package{{Path: importer, Imports: []string{"fmt", imported}}}), 1, "%s imports %s", importer, imported)
		}
	}
	for importer, forbidden := range map[string][]string{
		"runyard/domain": {"runyard/ports/mocks", "runyard/adapters/sqlstore", "runyard/test/postgres"},
		"runyard/ports":  {"runyard/application", "runyard/adapters/sqlstore"},
	} {
		for _, imported := range forbidden {
			assert.Len(t, Violations([]Package{{Path: importer, TestImports: []string{"testing", imported}}}), 1, "a test of %s imports %s", importer, imported)
		}
	}
}

func TestTheImportsThatTheLayersLiveOnAreAllowed(t *testing.T) {
	t.Parallel()
	assert.Empty(t, Violations(nil))
	assert.Empty(t, Violations([]Package{
		{Path: "runyard/domain", Imports: []string{"errors", "time", "net/url", "runyard/domain/words"}, TestImports: []string{"pgregory.net/rapid", "runyard/domain"}},
		{Path: "runyard/ports", Imports: []string{"context", "runyard/domain"}},
		{Path: "runyard/ports/mocks", Imports: []string{"runyard/domain", "runyard/ports", "github.com/golang/mock/gomock", "reflect"}},
		{Path: "runyard/application", Imports: []string{"runyard/domain", "runyard/ports"}, TestImports: []string{"runyard/ports/mocks", "runyard/adapters/sqlstore", "runyard/test/fixture"}},
		{Path: "runyard/adapters/rest", Imports: []string{"runyard/application", "runyard/domain", "runyard/adapters/rest/params", "github.com/gin-gonic/gin"}},
		{Path: "runyard/adapters/rest/paging", Imports: []string{"runyard/adapters/rest/params", "net/http"}},
		{Path: "runyard/adapters/sqlstore", Imports: []string{"runyard/ports", "runyard/migrations", "database/sql"}, TestImports: []string{"runyard/test/contract", "runyard/test/postgres"}},
		{Path: "runyard/adapters/system", Imports: []string{"runyard/ports", "crypto/rand"}},
		{Path: "runyard/migrations", Imports: []string{"embed", "github.com/uptrace/bun/migrate"}, TestImports: []string{"runyard/test/postgres"}},
		{Path: "runyard/cmd/runyard", Imports: []string{"runyard/adapters/rest", "runyard/adapters/sqlstore", "runyard/application", "os"}},
		{Path: "runyard/test/contract", Imports: []string{"runyard/ports", "runyard/adapters/sqlstore", "runyard/test/postgres"}},
	}))
}
