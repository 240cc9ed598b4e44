package params_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/params"
)

func TestWhenChecksOnlyWhereTheValueIs(t *testing.T) {
	t.Parallel()
	schema := params.NewSchema(
		params.Enum("kind", "group", "project").Required(),
		params.When("kind", "group", params.Int("group_id").Required()),
		params.When("kind", "project", params.Int("project_id").Required()),
	)
	for name, test := range map[string]struct {
		raw     params.Raw
		problem string
	}{
		"the value is there, and what it demands": {params.Raw{"kind": "group", "group_id": "3"}, ""},
		"the value is there, and nothing else":    {params.Raw{"kind": "group"}, "group_id is missing"},
		"it demands a number":                     {params.Raw{"kind": "project", "project_id": "x"}, "project_id is invalid"},
		"what another value demands is ignored":   {params.Raw{"kind": "group", "group_id": nil, "project_id": "x"}, ""},
		"the value is a wrong one":                {params.Raw{"kind": "x", "group_id": "x"}, "kind does not have a valid value"},
		"there is no value":                       {params.Raw{}, "kind is missing, kind does not have a valid value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, err := schema.Parse(test.raw)
			if test.problem != "" {
				var wire *params.WireError
				require.ErrorAs(t, err, &wire)
				assert.Equal(t, `{"error":"`+test.problem+`"}`, wire.Body)
				return
			}
			require.NoError(t, err)
			assert.False(t, values.Has("project_id"))
			assert.True(t, values.Has("group_id"))
		})
	}
}
