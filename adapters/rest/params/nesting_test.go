package params_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/adapters/rest/params"
)

func TestNestedNamesAreThoseOfRack(t *testing.T) {
	t.Parallel()
	type hash = map[string]any
	for query, want := range map[string]params.Raw{
		"tag_list[]=a&tag_list[]=b":           {"tag_list": []any{"a", "b"}},
		"tag_list%5B%5D=a":                    {"tag_list": []any{"a"}},
		"tag_list[]":                          {"tag_list": []any{nil}},
		"tag_list":                            {"tag_list": nil},
		"tag_list=":                           {"tag_list": ""},
		"tag_list[0]=a":                       {"tag_list": hash{"0": "a"}},
		"info[name]=x&info[version]=1":        {"info": hash{"name": "x", "version": "1"}},
		"info[a][b]=x":                        {"info": hash{"a": hash{"b": "x"}}},
		"a[][b]=1&a[][c]=2&a[][b]=3":          {"a": []any{hash{"b": "1", "c": "2"}, hash{"b": "3"}}},
		"a[][b][c]=1&a[][b][d]=2&a[][b][c]=3": {"a": []any{hash{"b": hash{"c": "1", "d": "2"}}, hash{"b": hash{"c": "3"}}}},
		"a[b][]=1&a[b][]=2":                   {"a": hash{"b": []any{"1", "2"}}},
		"a[][b][]=1&a[][b][]=2":               {"a": []any{hash{"b": []any{"1", "2"}}}},
		"a[][]=1":                             {"a": []any{[]any{"1"}}},
		"a[b=1":                               {"a": hash{"b": "1"}},
		"a[=1":                                {"a[": "1"},
		"[]=1&=2&[=3":                         {},
		"a&a[]=1":                             {"a": []any{"1"}},
		"a[]=1&a=2":                           {"a": "2"},
		"x=%20a+b":                            {"x": " a b"},
		"&&a=1&":                              {"a": "1"},
		"a=b=c":                               {"a": "b=c"},

		// D17: both spellings of a list are one list.
		"tag_list=a&tag_list[]=b":            {"tag_list": []any{"a", "b"}},
		"tag_list[]=b&tag_list=a":            {"tag_list": []any{"b", "a"}},
		"scopes[]=api&scopes=read_api":       {"scopes": []any{"api", "read_api"}},
		"tag_list=a&tag_list=b&tag_list[]=c": {"tag_list": []any{"b", "c"}},
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			got, err := reader.Read(newRequest("GET", "/x?"+query, "", ""), nil)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(want, got))
		})
	}
}

func TestNoNameOfAQueryBreaksTheReader(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`[ab\[\]]{0,12}`), 1, 6).Draw(t, "names")
		query := ""
		for _, name := range names {
			query += "&" + name + "=1"
		}
		r := newRequest("POST", "/x", form, query)
		if _, err := reader.Read(r, nil); err != nil {
			var wire *params.WireError
			require.ErrorAs(t, err, &wire)
			require.Equal(t, 400, wire.Status)
		}
	})
}
