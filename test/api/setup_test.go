// Package api_test drives every endpoint over HTTP, on every database, and
// compares the answers to the byte with what runners-api.md and service.md say.
package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/apitest"
	"runyard/test/fixture"
)

var update = flag.Bool("update", false, "write the golden files anew")

// onEach runs the test against the whole program on every database.
func onEach(t *testing.T, test func(t *testing.T, api *apitest.API)) {
	t.Helper()
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		t.Helper()
		test(t, apitest.New(t, store))
	})
}

// exchange is a request, and the answer that it must get.
type exchange struct {
	method, path string
	parts        []apitest.Part
	status       int
	body         string
}

// exchangeAll checks every exchange, in no order: none may depend on another.
func exchangeAll(t *testing.T, api *apitest.API, exchanges map[string]exchange) {
	t.Helper()
	for name, e := range exchanges {
		t.Run(name, func(t *testing.T) {
			expect(t, api.Do(e.method, e.path, e.parts...), e.status, e.body)
		})
	}
}

// expect checks an answer with its media type, which follows from the body.
func expect(t *testing.T, got apitest.Response, status int, body string) {
	t.Helper()
	type answer struct {
		Status      int
		ContentType []string
		Body        string
	}
	want := answer{status, []string{"application/json"}, body}
	switch body {
	case "":
		want.ContentType = nil
	case "Bad Request":
		want.ContentType = []string{"text/plain"}
	}
	assert.Empty(t, cmp.Diff(want, answer{got.Status, got.Header["Content-Type"], got.Body}))
}

// parts lists what makes a request.
func parts(of ...apitest.Part) []apitest.Part { return of }

// golden compares JSON with testdata/<name>.json, the order of keys included.
func golden(t *testing.T, name, body string) {
	t.Helper()
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, []byte(body), "", "  "), body)
	indented.WriteByte('\n')
	path := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.WriteFile(path, indented.Bytes(), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(string(want), indented.String()))
}

// has checks that the answer is an object in which these keys have these
// values, given as JSON.
func has(t *testing.T, got apitest.Response, want map[string]string) {
	t.Helper()
	var object map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(got.Body), &object), got.Body)
	for key, value := range want {
		assert.JSONEq(t, value, string(object[key]), "%s in %s", key, got.Body)
	}
}

// ids are those of a list, in its order.
func ids[ID ~int64](t *testing.T, got apitest.Response) []ID {
	t.Helper()
	require.Equal(t, 200, got.Status, got.Body)
	var list []struct{ ID ID }
	require.NoError(t, json.Unmarshal([]byte(got.Body), &list), got.Body)
	all := make([]ID, len(list))
	for i, item := range list {
		all[i] = item.ID
	}
	return all
}

// at makes a path of a template and ids.
func at(template string, parts ...any) string { return fmt.Sprintf(template, parts...) }

// escaped is a full path as one segment.
func escaped(path string) string { return strings.ReplaceAll(path, "/", "%2F") }
