package params_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/params"
)

// The declarations of runners-api.md chapter 4.
var (
	listSchema = params.NewSchema(
		params.Enum("scope", "active", "paused", "online", "offline"),
		params.Enum("type", "instance_type", "group_type", "project_type"),
		params.Enum("status", "active", "paused", "online", "offline"),
		params.TagList("tag_list"),
		params.String("version_prefix").Match(regexp.MustCompile(`^[\d+.]`)),
		params.Int("page").Default(int64(1)),
		params.Int("per_page").Default(int64(20)).Except(0),
	)
	updateSchema = params.NewSchema(
		params.Int("id").Required(),
		params.String("description"),
		params.Bool("active").NotNull(),
		params.Bool("paused").NotNull(),
		params.TagList("tag_list"),
		params.Bool("run_untagged").NotNull(),
		params.Bool("locked").NotNull(),
		params.Enum("access_level", "not_protected", "ref_protected"),
		params.Int("maximum_timeout").Within64Bits(),
		params.AtLeastOneOf(
			[]string{"description", "active", "tag_list", "run_untagged", "locked", "access_level", "maximum_timeout"},
			"paused", "maintenance_note"),
		params.MutuallyExclusive("active", "paused"),
	)
	registerSchema = params.NewSchema(
		params.String("token").Required(),
		params.String("description"),
		params.Hash("info"),
		params.Bool("active"),
		params.Bool("locked"),
		params.Int("maximum_timeout").Within64Bits(),
		params.Any("config"),
	)
	createSchema = params.NewSchema(params.Enum("runner_type", "instance_type", "group_type", "project_type").Required())
	jobsSchema   = params.NewSchema(
		params.Int("id").Required(), params.Enum("sort", "asc", "desc").Default("desc"), params.Bool("quick").Default(true))
)

const nothingToUpdate = `description, active, tag_list, run_untagged, locked, access_level, maximum_timeout ` +
	`are missing, at least one parameter must be provided`

// readQuery and readJSON fail the test unless the request itself is fine.
func readQuery(t *testing.T, query string) params.Raw {
	t.Helper()
	raw, err := reader.Read(newRequest("GET", "/x?"+query, "", ""), nil)
	require.NoError(t, err)
	return raw
}

func readJSON(t *testing.T, body string) params.Raw {
	t.Helper()
	raw, err := reader.Read(newRequest("POST", "/x", jsonType, body), nil)
	require.NoError(t, err)
	return raw
}

func TestParseNamesEveryFailedCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schema      params.Schema
		query, json string
		want        string
	}{
		"a required key that is absent": {schema: registerSchema, want: "token is missing"},
		"several checks in order of declaration": {
			schema: registerSchema, query: "locked=2&active=maybe", want: "token is missing, active is invalid, locked is invalid",
		},
		"the checks of a list": {
			schema: listSchema, query: "scope=x&type=x&status=x&page=x&per_page=0",
			want: "scope does not have a valid value, type does not have a valid value, status does not have a valid value, page is invalid, per_page has a value not allowed",
		},
		"an update without anything": {schema: updateSchema, query: "id=abc", want: "id is invalid, " + nothingToUpdate},
		"an update of unknown things": {
			schema: updateSchema, json: `{"id":6,"name":"x"}`, want: nothingToUpdate,
		},
		"two names of one thing": {
			schema: updateSchema, query: "id=6&paused=true&active=false", want: "active, paused are mutually exclusive",
		},
		"an identical text comes once": {
			schema: params.NewSchema(
				params.String("v").Match(regexp.MustCompile(`^\d`)), params.MutuallyExclusive("a", "b"), params.MutuallyExclusive("a", "b")),
			query: "v[]=x&a=&b=", want: "v is invalid, a, b are mutually exclusive",
		},

		"an enum as a list of a bad value":    {schema: listSchema, query: "scope[]=bogus", want: "scope is invalid, scope does not have a valid value"},
		"an enum as a list of a legal value":  {schema: listSchema, query: "scope[]=active", want: "scope is invalid"},
		"an enum as a list with a bad value":  {schema: listSchema, query: "scope[]=active&scope[]=x", want: "scope is invalid, scope does not have a valid value"},
		"an enum as a hash":                   {schema: listSchema, query: "scope[a]=active", want: "scope is invalid, scope does not have a valid value"},
		"an empty enum":                       {schema: listSchema, query: "scope=", want: "scope does not have a valid value"},
		"an enum in another case":             {schema: listSchema, query: "scope=Active", want: "scope does not have a valid value"},
		"an enum with a space":                {schema: listSchema, query: "scope=%20active", want: "scope does not have a valid value"},
		"an empty access level":               {schema: updateSchema, query: "id=6&access_level=", want: "access_level does not have a valid value"},
		"an enum as a JSON number":            {schema: listSchema, json: `{"scope":5}`, want: "scope does not have a valid value"},
		"a required enum that is absent":      {schema: createSchema, want: "runner_type is missing, runner_type does not have a valid value"},
		"a required enum that is null":        {schema: createSchema, json: `{"runner_type":null}`, want: "runner_type does not have a valid value"},
		"a required enum with another value":  {schema: createSchema, query: "runner_type=x", want: "runner_type does not have a valid value"},
		"a page size of zero with a sign":     {schema: listSchema, query: "per_page=-0", want: "per_page has a value not allowed"},
		"a page size of zero in a list":       {schema: listSchema, json: `{"per_page":[0]}`, want: "per_page is invalid, per_page has a value not allowed"},
		"a page size of zero text in a list":  {schema: listSchema, query: "per_page[]=0", want: "per_page is invalid"},
		"a text that does not match":          {schema: listSchema, query: "version_prefix=v15", want: "version_prefix is invalid"},
		"an empty text that does not match":   {schema: listSchema, query: "version_prefix=", want: "version_prefix is invalid"},
		"a text as a list":                    {schema: updateSchema, json: `{"id":6,"description":["x"]}`, want: "description is invalid"},
		"a text as an object":                 {schema: updateSchema, json: `{"id":6,"description":{}}`, want: "description is invalid"},
		"an empty boolean that must have one": {schema: updateSchema, query: "id=6&active=&locked=", want: "active is invalid, locked is invalid"},
		"a null boolean that must have one":   {schema: updateSchema, json: `{"id":6,"run_untagged":null}`, want: "run_untagged is invalid"},
		"a timeout beyond 64 bits":            {schema: updateSchema, query: "id=6&maximum_timeout=9223372036854775808", want: "maximum_timeout is invalid"},
		"a float timeout beyond 64 bits":      {schema: updateSchema, json: `{"id":6,"maximum_timeout":1e20}`, want: "maximum_timeout is invalid"},
		"a hash as an empty string":           {schema: registerSchema, query: "token=t&info=", want: "info is invalid"},
		"a hash as a list":                    {schema: registerSchema, query: "token=t&info[]=x", want: "info is invalid"},
		"a hash as a number":                  {schema: registerSchema, json: `{"token":"t","info":5}`, want: "info is invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := readQuery(t, test.query)
			if test.json != "" {
				raw = readJSON(t, test.json)
			}
			_, err := test.schema.Parse(raw)
			assertWire(t, err, 400, "application/json", `{"error":"`+test.want+`"}`)
		})
	}
}

func TestParseAccepts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schema      params.Schema
		query, json string
	}{
		"a required key that is empty":     {schema: registerSchema, query: "token="},
		"a required key that is null":      {schema: registerSchema, json: `{"token":null}`},
		"an enum that is null":             {schema: listSchema, json: `{"scope":null}`},
		"a bare enum":                      {schema: listSchema, query: "scope"},
		"an empty page size":               {schema: listSchema, query: "per_page="},
		"a null for a text with a pattern": {schema: listSchema, json: `{"version_prefix":null}`},
		"a text with its pattern":          {schema: listSchema, query: "version_prefix=15.0"},
		"an unknown parameter":             {schema: listSchema, query: "name[]=x"},
		"an update by a name not shown":    {schema: updateSchema, query: "id=6&paused=true"},
		"an update by an undeclared name":  {schema: updateSchema, query: "id=6&maintenance_note="},
		"an update by an empty list":       {schema: updateSchema, query: "id=6&tag_list="},
		"an update by a null timeout":      {schema: updateSchema, json: `{"id":6,"maximum_timeout":null}`},
		"an id beyond 64 bits":             {schema: jobsSchema, query: "id=99999999999999999999"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := readQuery(t, test.query)
			if test.json != "" {
				raw = readJSON(t, test.json)
			}
			_, err := test.schema.Parse(raw)
			assert.NoError(t, err)
		})
	}
}

func TestValuesTellAbsentFromNullFromValue(t *testing.T) {
	t.Parallel()
	values, err := registerSchema.Parse(readJSON(t,
		`{"token":"t","description":null,"info":{"name":"n","version":1.50,"features":{}},"active":0,"maximum_timeout":600.7,"config":[1]}`))
	require.NoError(t, err)

	assert.Equal(t, "t", *values.String("token"))
	assert.True(t, values.Has("description"))
	assert.Nil(t, values.String("description"))
	assert.False(t, *values.Bool("active"))
	assert.False(t, values.Has("locked"))
	assert.Nil(t, values.Bool("locked"))
	assert.Equal(t, int64(600), *values.Int("maximum_timeout"))
	assert.Len(t, values.Hash("info"), 3)
	assert.Equal(t, "n", *values.Text("info", "name"))
	assert.Equal(t, "1.5", *values.Text("info", "version"))
	assert.Nil(t, values.Text("info", "features"))
	assert.Nil(t, values.Text("info", "platform"))
	assert.Len(t, values.Any("config"), 1)
	assert.Nil(t, values.String("undeclared"))
}

func TestAnEmptyOrNullHashIsNoHash(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]map[string]any{
		`{"token":"","info":null}`: nil, `{"token":""}`: nil, `{"token":"","info":{}}`: {},
	} {
		values, err := registerSchema.Parse(readJSON(t, body))
		require.NoError(t, err)
		assert.Equal(t, want, values.Hash("info"), body)
		assert.Nil(t, values.Text("info", "name"), body)
	}
}

func TestDefaultsFillWhatIsAbsentOrNull(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"id=6", "id=6&sort&quick"} {
		values, err := jobsSchema.Parse(readQuery(t, query))
		require.NoError(t, err)
		assert.Equal(t, "desc", *values.String("sort"), query)
		assert.True(t, *values.Bool("quick"), query)
	}
	values, err := jobsSchema.Parse(readQuery(t, "id=6&sort=asc"))
	require.NoError(t, err)
	assert.Equal(t, "asc", *values.String("sort"))
	assert.False(t, values.Has("quick"))
}

func TestQueryIsWhatALinkRepeats(t *testing.T) {
	t.Parallel()
	linked := params.NewSchema(
		params.String("id"), params.TagList("tag_list"), params.Enum("status", "online"), params.Bool("paused"),
		params.String("token"), params.String("private_token"), params.String("access_token"), params.String("bearer_token"),
		params.String("job_token"), params.Hash("info"), params.Any("any"), params.Int("per_page").Default(int64(20)),
	)
	for query, want := range map[string]string{
		"":                   "per_page=20",
		"per_page=":          "per_page=20",
		"per_page=%2B007":    "per_page=7",
		"per_page=1000":      "per_page=1000",
		"id=group%2Fa+b~c*d": "id=group%2Fa+b~c%2Ad&per_page=20",
		"tag_list=b,%20a":    "per_page=20&tag_list%5B%5D=b&tag_list%5B%5D=a",
		"tag_list=a,,a":      "per_page=20&tag_list%5B%5D=a&tag_list%5B%5D=&tag_list%5B%5D=a",
		"tag_list=":          "per_page=20",
		"status":             "per_page=20&status=",
		"paused=on":          "paused=true&per_page=20",
		"info[name]=x":       "info%5Bname%5D=x&per_page=20",
		"any[]=1&any[]=2":    "any%5B%5D=1&any%5B%5D=2&per_page=20",
		"unknown=1":          "per_page=20",
		"token=s&private_token=s&access_token=s&bearer_token=s&job_token=s": "per_page=20",
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			values, err := linked.Parse(readQuery(t, query))
			require.NoError(t, err)
			assert.Equal(t, want, values.Query().Encode())
		})
	}
}
