package paging_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
)

var schema = params.NewSchema(append([]params.Declaration{
	params.String("id"), params.TagList("tag_list"), params.Enum("sort", "asc", "desc"), params.String("private_token"),
}, paging.Params()...)...)

func parse(t require.TestingT, raw params.Raw) params.Values {
	values, err := schema.Parse(raw)
	require.NoError(t, err)
	return values
}

func TestPageThatIsAskedFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		raw  params.Raw
		want paging.Page
	}{
		"the first one by default":       {params.Raw{}, paging.Page{Number: 1, Size: 20}},
		"the first one for empty values": {params.Raw{"page": "", "per_page": ""}, paging.Page{Number: 1, Size: 20}},
		"the one that is named":          {params.Raw{"page": "3", "per_page": "7"}, paging.Page{Number: 3, Size: 7}},
		"the first one for zero":         {params.Raw{"page": "0"}, paging.Page{Number: 1, Size: 20}},
		"the first one for a negative":   {params.Raw{"page": "-5"}, paging.Page{Number: 1, Size: 20}},
		"the default for a negative":     {params.Raw{"per_page": "-5"}, paging.Page{Number: 1, Size: 20}},
		"the maximum":                    {params.Raw{"per_page": "100"}, paging.Page{Number: 1, Size: 100}},
		"the maximum for more":           {params.Raw{"per_page": "1000"}, paging.Page{Number: 1, Size: 100}},
		"the largest for huge numbers": {
			params.Raw{"page": "99999999999999999999", "per_page": "99999999999999999999"},
			paging.Page{Number: math.MaxInt / 100, Size: 100},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, paging.Of(parse(t, test.raw)))
		})
	}
}

func TestASizeOfZeroIsRefused(t *testing.T) {
	t.Parallel()
	_, err := schema.Parse(params.Raw{"page": "x", "per_page": "0"})
	var wire *params.WireError
	require.ErrorAs(t, err, &wire)
	assert.Equal(t, `{"error":"page is invalid, per_page has a value not allowed"}`, wire.Body)
}

func TestNoPageOverflows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`-?[0-9]{1,25}`).Draw(t, "page")
		size := rapid.StringMatching(`-?[1-9][0-9]{0,25}`).Draw(t, "per_page")
		page := paging.Of(parse(t, params.Raw{"page": number, "per_page": size}))
		require.Positive(t, page.Number)
		require.True(t, page.Size >= 1 && page.Size <= paging.MaxSize)
		require.Equal(t, page.Number, page.Number*page.Size/page.Size)
	})
}
