package params_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/adapters/rest/params"
)

var tagSchema = params.NewSchema(params.TagList("tag_list"))

func tagsOf(t require.TestingT, raw params.Raw) []string {
	values, err := tagSchema.Parse(raw)
	require.NoError(t, err)
	return values.List("tag_list")
}

func TestSpellingsOfATagList(t *testing.T) {
	t.Parallel()
	for spelling, want := range map[string][]string{
		"tag_list=a,b":                {"a", "b"},
		"tag_list=a,%20b":             {"a", "b"},
		"tag_list[]=a&tag_list[]=b":   {"a", "b"},
		"tag_list[]=a,b":              {"a", "b"},
		"tag_list[]=a,b&tag_list[]=c": {"a", "b", "c"},
		"tag_list=a&tag_list[]=b":     {"a", "b"},
		"tag_list=b,a,b,%20,,B":       {"b", "a", "B"},
		"":                            nil,
		"tag_list":                    {},
		"tag_list=":                   {},
		"tag_list=,":                  {},
		"tag_list[]":                  {},
		"tag_list[]=":                 {},
		"tag_list[0]=a":               {},

		// Quotes, as the tagging library reads them.
		`tag_list="a"`:              {"a"},
		`tag_list='a',b`:            {"a", "b"},
		`tag_list="a, b"`:           {"a, b"},
		`tag_list='a, b'`:           {"a, b"},
		`tag_list="a,b"`:            {"a, b"},
		`tag_list=c,"a, b",d`:       {"a, b", "c", "d"},
		`tag_list='a',"b",c,"d"`:    {"b", "d", "a", "c"},
		`tag_list="a"b"`:            {`a"b`},
		`tag_list="a`:               {`"a`},
		`tag_list=a"b"`:             {`a"b"`},
		`tag_list="",''`:            {},
		`tag_list="a",a`:            {"a"},
		`tag_list="%20a%20"`:        {"a"},
		`tag_list[]="a&tag_list=b"`: {"a, b"},
	} {
		t.Run(spelling, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, tagsOf(t, readQuery(t, spelling)))
		})
	}
}

func TestSpellingsOfATagListInJSON(t *testing.T) {
	t.Parallel()
	for spelling, want := range map[string][]string{
		`"a,b"`: {"a", "b"}, `["a","b"]`: {"a", "b"}, `["a,b","c"]`: {"a", "b", "c"},
		`[1,true,null,2.50]`: {"1", "true", "2.5"}, `[["a"],{"b":"c"}]`: {"a"},
		`""`: {}, `null`: {}, `5`: {}, `{}`: {}, `{"a":"b"}`: {}, `[]`: {}, `true`: {},
	} {
		t.Run(spelling, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, tagsOf(t, readJSON(t, `{"tag_list":`+spelling+`}`)))
		})
	}
}

func TestAListKeepsQuotesAndDuplicates(t *testing.T) {
	t.Parallel()
	values, err := params.NewSchema(params.List("scopes"), params.List("absent")).Parse(readQuery(t, `scopes[]="a",,a&scopes[]=a`))
	require.NoError(t, err)
	assert.Equal(t, []string{`"a"`, "a", "a"}, values.List("scopes"))
	assert.True(t, values.Has("scopes"))
	assert.Nil(t, values.List("absent"))
	assert.False(t, values.Has("absent"))
}

func TestAllSpellingsOfATagListAreEqual(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tags := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zA-Z0-9._:-]([a-zäß .:-]{0,6}[a-z])?`), 0, 5, rapid.ID).Draw(t, "tags")
		asText, err := json.Marshal(strings.Join(tags, " , "))
		require.NoError(t, err)
		asList, err := json.Marshal(tags)
		require.NoError(t, err)
		form := url.Values{"tag_list[]": tags}
		if len(tags) == 0 {
			form.Set("tag_list", "")
		}
		for _, r := range []struct{ method, query, contentType, body string }{
			{"GET", "tag_list=" + url.QueryEscape(strings.Join(tags, ",")), "", ""},
			{"GET", form.Encode(), "", ""},
			{"POST", "", jsonType, `{"tag_list":` + string(asText) + `}`},
			{"POST", "", jsonType, `{"tag_list":` + string(asList) + `}`},
		} {
			raw, err := reader.Read(newRequest(r.method, "/x?"+r.query, r.contentType, r.body), nil)
			require.NoError(t, err)
			require.Equal(t, tags, tagsOf(t, raw))
		}
	})
}

// A client that follows a link must get the list it asked for. Only a blank item
// inside quotes is lost on the way, as it is in GitLab.
func TestALinkRepeatsTheTagsItWasMadeFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.StringMatching(`["' ]?[ab"']{1,3}["' ]?`), 0, 5).Draw(t, "items")
		values, err := tagSchema.Parse(params.Raw{"tag_list": strings.Join(items, ",")})
		require.NoError(t, err)
		raw, err := reader.Read(newRequest("GET", "/x?"+values.Query().Encode(), "", ""), nil)
		require.NoError(t, err)
		require.True(t, slices.Equal(values.List("tag_list"), tagsOf(t, raw)), "%v", raw)
	})
}

// longLists are the beginnings of lists that are hard to read, by their item i.
var longLists = map[string]func(i int) string{
	"different tags": func(i int) string { return fmt.Sprintf("%x,", i) },
	"quoted tags":    func(i int) string { return fmt.Sprintf(`"%x",`, i) },
	"single quotes":  func(int) string { return `'",` },
	"open quotes":    func(int) string { return `,"x` },
}

func longList(item func(i int) string, items int) params.Raw {
	var text strings.Builder
	for i := range items {
		text.WriteString(item(i))
	}
	return params.Raw{"tag_list": text.String()}
}

func TestLongListsAreReadWhole(t *testing.T) {
	t.Parallel()
	const items = 10_000
	for name, want := range map[string]struct {
		tags int
		last string
	}{
		"different tags": {items, "270f"},
		"quoted tags":    {items, "270f"},
		"single quotes":  {1, `'"`},
		"open quotes":    {1, `"x`},
	} {
		values, err := tagSchema.Parse(longList(longLists[name], items))
		require.NoError(t, err)
		tags := values.List("tag_list")
		if assert.Len(t, tags, want.tags, name) {
			assert.Equal(t, want.last, tags[len(tags)-1], name)
		}
	}
}

// Whoever sends the longest body there may be keeps nobody busy with it: lists are
// read as fast, in bytes per second, when they are long.
func BenchmarkLongLists(b *testing.B) {
	for name, item := range longLists {
		for _, items := range []int{10_000, 160_000} {
			raw := longList(item, items)
			b.Run(fmt.Sprintf("%s/%d", name, items), func(b *testing.B) {
				b.SetBytes(int64(len(raw["tag_list"].(string))))
				for b.Loop() {
					_, err := tagSchema.Parse(raw)
					require.NoError(b, err)
				}
			})
		}
	}
}
