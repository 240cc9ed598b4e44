package params_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/adapters/rest/params"
)

var large = params.Reader{MaxBody: 1 << 20}

// decode is what the standard library makes of a JSON body.
func decode(body string) (value any, err error) {
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	return value, nil
}

// atoms are values without others inside, and texts that nearly are some.
var (
	atoms = []string{
		`"a"`, `"\u00e9\n\\\""`, `"\ud83d\ude00"`, `"\ud800"`, `"é"`, `"\\u0000"`, `""`, "true", "false", "null",
		"0", "-0", "1.5", "1e9", "1E+2", "2e-3", "12345678901234567890", "{}", "[ ]",
	}
	broken = []string{
		"", "{", "]", ",", ":", `"\u12`, `"\u12x4"`, `"\x"`, `"\`, "\"\x01\"", `"\u0000"`, "nul", "truefalse", "01", "-", "1.", ".5", "1e", "+1", "/",
	}
	names = []string{`"a"`, `"b"`, `"\u0061"`, `""`}
	space = []string{"", "", " ", "\n\t", "\r "}
)

// jsonText draws a text that is JSON more often than not.
func jsonText(t *rapid.T, depth int) string {
	around := func(text string) string {
		return rapid.SampledFrom(space).Draw(t, "space") + text + rapid.SampledFrom(space).Draw(t, "space")
	}
	kind := rapid.IntRange(0, 19).Draw(t, "kind")
	switch {
	case kind == 0:
		return around(rapid.SampledFrom(broken).Draw(t, "broken"))
	case kind < 8 || depth > 3:
		return around(rapid.SampledFrom(atoms).Draw(t, "atom"))
	}
	var items []string
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		item := jsonText(t, depth+1)
		if kind < 16 {
			item = around(rapid.SampledFrom(names).Draw(t, "name")) + ":" + item
		}
		items = append(items, item)
	}
	if kind < 16 {
		return around("{" + strings.Join(items, ",") + "}")
	}
	return around("[" + strings.Join(items, ",") + "]")
}

func TestJSONIsReadAsTheStandardLibraryReadsIt(t *testing.T) {
	t.Parallel()
	for _, text := range slices.Concat(atoms, broken) {
		assertReadAs(t, `{"a":`+text+`}`)
	}
	rapid.Check(t, func(t *rapid.T) {
		assertReadAs(t, jsonText(t, 0))
		assertReadAs(t, `{"a":`+jsonText(t, 1)+`}`)
	})
}

func TestJSONIsAsDeepAsTheStandardLibraryLetsItBe(t *testing.T) {
	t.Parallel()
	for depth, fine := range map[int]bool{9_999: true, 10_000: false} {
		for _, bracket := range []string{"[]", `{"a":}`} {
			open, closed := bracket[:len(bracket)-1], bracket[len(bracket)-1:]
			inner := strings.Repeat(open, depth) + "1" + strings.Repeat(closed, depth)
			_, err := large.Read(newRequest("POST", "/x", jsonType, `{"b":`+inner+`}`), nil)
			assert.Equal(t, fine, err == nil, "%d times %s", depth, bracket)
			_, err = decode(`{"b":` + inner + `}`)
			assert.Equal(t, fine, err == nil, "%d times %s", depth, bracket)
		}
	}
}

// assertReadAs compares what is read of a body with what the standard library
// reads; an escaped NUL is refused besides.
func assertReadAs(t require.TestingT, body string) {
	if body == "" { // which is no body, and no error
		return
	}
	got, err := large.Read(newRequest("POST", "/x", jsonType, body), nil)
	want, refusal := decode(body)
	if refusal != nil || strings.Contains(strings.ReplaceAll(body, `\\`, ""), `\u0000`) {
		require.Error(t, err, body)
		return
	}
	require.NoError(t, err, body)
	plain := map[string]any{}
	maps.Copy(plain, got)
	for name, value := range plain {
		if object, isObject := value.(params.Object); isObject {
			plain[name], err = decode(string(object))
			require.NoError(t, err, body)
		}
	}
	wanted, isObject := want.(map[string]any)
	if !isObject {
		wanted = map[string]any{}
	}
	assert.Empty(t, cmp.Diff(wanted, plain), body)
}

func TestAHashIsTheSameFromJSONAndFromAForm(t *testing.T) {
	t.Parallel()
	schema := params.NewSchema(params.Hash("info"), params.Any("more"))
	for name, raw := range map[string]params.Raw{
		"JSON": readJSON(t, `{"info":{"name":"old","name":"n\u00e9","version":null,"n\u0061med":"x","features":{"a":true,"b":"true"},"list":[]},
			"more":{"a":["b"]}}`),
		"a form": {
			"info": map[string]any{"name": "né", "version": nil, "named": "x", "features": map[string]any{"a": true, "b": "true"}, "list": []any{}},
			"more": map[string]any{"a": []any{"b"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, err := schema.Parse(raw)
			require.NoError(t, err)
			texts := values.Texts("info", "name", "version", "named", "features", "absent")
			assert.Equal(t, "né", *texts[0])
			assert.Equal(t, "x", *texts[2])
			assert.Equal(t, []*string{nil, nil, nil}, []*string{texts[1], texts[3], texts[4]})
			assert.True(t, values.Flag("info", "features", "a"))
			for _, flag := range []string{"b", "absent"} {
				assert.False(t, values.Flag("info", "features", flag), flag)
			}
			assert.False(t, values.Flag("info", "list", "a"))
			assert.Equal(t, map[string]any{"a": []any{"b"}}, values.Any("more"))
			assert.Equal(t, "x", values.Hash("info")["named"])
			assert.Equal(t, any(values.Hash("info")), values.Any("info"))
			assert.Equal(t, []string{"true"}, values.Query()["info[features][b]"])
			assert.Nil(t, values.Hash("absent"))
		})
	}
}
