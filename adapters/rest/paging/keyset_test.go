package paging_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
)

func parseKeyset(t *testing.T, raw params.Raw) params.Values {
	t.Helper()
	declarations := append([]params.Declaration{params.String("id")}, paging.KeysetParams("asc")...)
	values, err := params.NewSchema(declarations...).Parse(raw)
	require.NoError(t, err)
	return values
}

func TestKeysetOfARequest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		raw  params.Raw
		want paging.Keyset
	}{
		"begins at the smallest id":         {params.Raw{}, paging.Keyset{}},
		"or at the largest":                 {params.Raw{"sort": "desc", "order_by": "id"}, paging.Keyset{Descending: true}},
		"or after an id":                    {params.Raw{"id_after": "42"}, paging.Keyset{After: 42}},
		"or before one":                     {params.Raw{"id_before": "42", "id_after": "7", "sort": "desc"}, paging.Keyset{After: 7, Before: 42, Descending: true}},
		"nulls are as good as nothing":      {params.Raw{"id_after": nil, "id_before": nil, "sort": nil, "order_by": nil}, paging.Keyset{}},
		"a number of a page counts nothing": {params.Raw{"page": "7"}, paging.Keyset{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := paging.KeysetOf(parseKeyset(t, test.raw))
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
	_, err := paging.KeysetOf(parseKeyset(t, params.Raw{"order_by": "created_at"}))
	var refusal *params.WireError
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, http.StatusMethodNotAllowed, refusal.Status)
}

func TestOnlyKeysetAsksForKeyset(t *testing.T) {
	t.Parallel()
	assert.True(t, paging.AsksForKeyset(params.Raw{"pagination": "keyset"}))
	for _, other := range []params.Raw{{}, {"pagination": nil}, {"pagination": "legacy"}, {"pagination": "Keyset"}, {"pagination": []any{"keyset"}}} {
		assert.False(t, paging.AsksForKeyset(other), "%v", other)
	}
}

func TestNextLinkOfAKeyset(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		keyset paging.Keyset
		raw    params.Raw
		want   string
	}{
		"goes on after the last id": {
			paging.Keyset{After: 7},
			params.Raw{"pagination": "keyset", "id_after": "7", "private_token": "s"},
			"id_after=42&order_by=id&pagination=keyset&per_page=20&sort=asc",
		},
		"or before it": {
			paging.Keyset{Descending: true},
			params.Raw{"pagination": "keyset", "sort": "desc", "id": "g/p", "id_after": "1", "per_page": "1000"},
			"id=g%2Fp&id_after=1&id_before=42&order_by=id&pagination=keyset&per_page=1000&sort=desc",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			test.keyset.WriteNextLink(h, paging.Request{
				External: &url.URL{Scheme: "https", Host: "x", Path: "/gitlab/"}, Path: "/api/v4/runners", Values: parseKeyset(t, test.raw),
			}, 42)
			assert.Equal(t, http.Header{"Link": {"<https://x/gitlab/api/v4/runners?" + test.want + `>; rel="next"`}}, h)
		})
	}
}
