package architecture

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	namedTest    = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)")
	namedFile    = regexp.MustCompile("`([a-z_/]+_test\\.go)`")
)

// Each line of the guarantees points to a test, and each of these exists.
func TestEveryGuaranteeHasATest(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "guarantees.md"))
	require.NoError(t, err)
	tests, files := testsOfTheProject(t)
	promises, named := 0, 0
	for line := range strings.Lines(string(page)) {
		names := namedTest.FindAllStringSubmatch(line, -1)
		for _, name := range names {
			assert.True(t, tests[name[1]], "no test %s: %s", name[1], line)
		}
		inFiles := namedFile.FindAllStringSubmatch(line, -1)
		for _, file := range inFiles {
			assert.True(t, files[filepath.Base(file[1])], "no file %s", file[1])
		}
		named += len(names) + len(inFiles)
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| Promise") {
			continue
		}
		promises++
		assert.NotEmpty(t, append(names, inFiles...), "no test breaks this: %s", line)
	}
	t.Logf("%d promises, which name %d tests", promises, named)
	assert.Positive(t, promises)
}

// testsOfTheProject are the names of all tests and of the files they are in.
func testsOfTheProject(t *testing.T) (tests, files map[string]bool) {
	t.Helper()
	tests, files = map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, function := range testFunction.FindAllSubmatch(text, -1) {
			tests[string(function[1])] = true
		}
		files[entry.Name()] = true
		return err
	})
	require.NoError(t, err)
	return tests, files
}
