package hostile

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Secrets and their digests are compared in a time that tells nothing: never by
// an operator, unless it is only asked whether there is one.
func TestNoSecretIsComparedByAnOperator(t *testing.T) {
	t.Parallel()
	exports := exportsOf(t)
	compared := 0
	for _, folder := range []string{"domain", "application", "adapters/system"} {
		found, all := comparisonsIn(t, filepath.Join("..", "..", filepath.FromSlash(folder)), "runyard/"+folder, exports)
		assert.Empty(t, found)
		compared += all
	}
	assert.Positive(t, compared, "the test knows what a secret is")
}

// exportsOf are the compiled packages that those in question need, by path.
func exportsOf(t *testing.T) map[string]string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}",
		"runyard/adapters/system", "runyard/application").Output()
	require.NoError(t, err)
	exports := map[string]string{}
	for line := range bytes.Lines(output) {
		path, file, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		exports[path] = file
	}
	return exports
}

// comparisonsIn tells where secrets are compared with something that is not
// constant, and how often they are compared at all.
func comparisonsIn(t *testing.T, folder, path string, exports map[string]string) (found []string, all int) {
	t.Helper()
	set := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	config := types.Config{Importer: importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	_, err = config.Check(path, set, files, info)
	require.NoError(t, err)
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			comparison, isBinary := node.(*ast.BinaryExpr)
			if !isBinary || comparison.Op != token.EQL && comparison.Op != token.NEQ {
				return true
			}
			left, right := info.Types[comparison.X], info.Types[comparison.Y]
			if !isSecret(left.Type) && !isSecret(right.Type) {
				return true
			}
			all++
			if left.Value == nil && right.Value == nil {
				found = append(found, fmt.Sprint(set.Position(comparison.Pos())))
			}
			return true
		})
	}
	return found, all
}

func isSecret(of types.Type) bool {
	name := fmt.Sprint(of)
	return name == "runyard/domain.Secret" || name == "runyard/domain.Digest"
}
