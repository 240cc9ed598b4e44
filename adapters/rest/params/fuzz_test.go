package params_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/params"
)

// fuzzLimit is the largest body that the reader of the fuzz targets takes.
const fuzzLimit = 1 << 10

// everyKind declares a parameter of each kind, so that one request can try all
// the coercions.
var everyKind = params.NewSchema(
	params.String("text"),
	params.Enum("scope", "active", "paused"),
	params.TagList("tag_list"),
	params.List("scopes"),
	params.Bool("active"),
	params.Int("id"),
	params.Int("maximum_timeout").Within64Bits(),
	params.Date("expires_at"),
	params.Hash("info"),
	params.Any("script"),
	params.Int("page").Default(1),
	params.Int("per_page").Default(20).Except(0),
)

// How far values may lie inside each other: in a query or form Rack allows a
// hundred brackets, each of which makes a list of hashes at most.
const (
	deepest     = 250
	deepestJSON = 10_000
)

// isText says for itself what text is, so that the tests do not believe the
// code.
func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// checkRaw fails the test unless a value is one of those that Raw promises, with
// fewer than left others inside each other.
func checkRaw(t *testing.T, value any, left int) {
	t.Helper()
	require.Positive(t, left, "values lie too deep inside each other")
	switch value := value.(type) {
	case nil, bool, json.Number:
	case string:
		require.True(t, isText(value), "%q", value)
	case []any:
		for _, element := range value {
			checkRaw(t, element, left-1)
		}
	case map[string]any:
		for name, element := range value {
			require.True(t, isText(name), "%q", name)
			checkRaw(t, element, left-1)
		}
	case params.Object:
		members := map[string]any{}
		decoder := json.NewDecoder(strings.NewReader(string(value)))
		decoder.UseNumber()
		require.NoError(t, decoder.Decode(&members), "%q", value)
		checkRaw(t, members, left)
	default:
		t.Fatalf("a value of type %T", value)
	}
}

// checkRefusal fails the test unless the error is an answer that a client can
// read.
func checkRefusal(t *testing.T, err error) {
	t.Helper()
	var wire *params.WireError
	require.ErrorAs(t, err, &wire)
	require.Contains(t, []int{
		http.StatusBadRequest, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
	}, wire.Status)
	if wire.ContentType == "application/json" {
		require.True(t, json.Valid([]byte(wire.Body)), wire.Body)
	}
}

// read is what the reader makes of a request, which has to be the same twice.
func read(t *testing.T, method, query, contentType, body string) (params.Raw, error) {
	t.Helper()
	once := func() (params.Raw, error) {
		r := httptest.NewRequest(method, "/", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", contentType)
		return params.Reader{MaxBody: fuzzLimit, Lists: []string{"tag_list", "scopes"}}.Read(r, map[string]string{"id": "9"})
	}
	raw, err := once()
	again, errAgain := once()
	require.True(t, reflect.DeepEqual(raw, again), "%v\n%v", raw, again)
	require.Equal(t, err, errAgain)
	if err != nil {
		require.Nil(t, raw, "a refused request has no parameters")
		checkRefusal(t, err)
		return nil, err
	}
	require.Equal(t, "9", raw["id"], "the path beats everything")
	left := deepest
	if contentType == jsonType {
		left = deepestJSON
	}
	for name, value := range raw {
		require.True(t, isText(name), "%q", name)
		checkRaw(t, value, left)
	}
	return raw, nil
}

// checkSchema parses the parameters, and follows the link that repeats them:
// what comes back is what was there.
func checkSchema(t *testing.T, raw params.Raw) {
	t.Helper()
	values, err := everyKind.Parse(raw)
	if err != nil {
		checkRefusal(t, err)
		return
	}
	if values.Has("scope") && values.String("scope") == nil {
		return // the link repeats null as the empty text, which is no value of an Enum
	}
	query := values.Query()
	for name := range query {
		require.NotContains(t, []string{"token", "private_token", "access_token", "bearer_token", "job_token"}, name)
	}
	repeated, err := everyKind.Parse(mustRead(t, query.Encode()))
	require.NoError(t, err, "the link %s", query.Encode())
	require.Equal(t, values.String("scope"), repeated.String("scope"))
	require.Equal(t, textOf(values, "text"), textOf(repeated, "text"))
	for _, name := range []string{"id", "maximum_timeout", "page", "per_page"} {
		require.Equal(t, values.Int(name), repeated.Int(name), name)
	}
	require.Equal(t, values.Bool("active"), repeated.Bool("active"))
	require.Equal(t, values.Date("expires_at"), repeated.Date("expires_at"))
}

// textOf takes null for the empty text, as links do.
func textOf(values params.Values, name string) string {
	if text := values.String(name); text != nil {
		return *text
	}
	return ""
}

func mustRead(t *testing.T, query string) params.Raw {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL.RawQuery = query
	raw, err := params.Reader{MaxBody: fuzzLimit, Lists: []string{"tag_list", "scopes"}}.Read(r, map[string]string{"id": "9"})
	require.NoError(t, err, query)
	return raw
}

func FuzzQueriesAndForms(f *testing.F) {
	for _, seed := range [][2]string{
		{"tag_list=a,b&page=2&per_page=50", ""},
		{"tag_list[]=a&tag_list[]=b;active=yes", "text=x&maximum_timeout=1_000"},
		{"info[name]=x&info[features][a]=1", "a[][b]=1&a[][c]=2&a[][b]=3"},
		{"a[b]=1&a=2&a[]=3", "[]=x&[[]]=y&=z&a[0]=1"},
		{"text=%zz", "text=%00"},
		{"format=xml", "expires_at=2024-02-29T10:00"},
		{"id=-9223372036854775809&page=99999999999999999999", "active"},
		{"script[][]=x&script[a][]=y", ""},
		{"", "a" + strings.Repeat("[b]", 300) + "=1"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, query, body string) {
		raw, err := read(t, http.MethodPost, query, form, body)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(body), fuzzLimit)
		checkSchema(t, raw)
	})
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"tag_list":["a","b"],"active":true,"id":1.5e3}`, `{"tag_list":"a, \"b,c\"","page":null}`, `[]`, `null`, `1`, ``,
		`{"info":{"features":{"a":true}},"script":["x",["y"]]}`, `{"text":"\u0000"}`, `{"text":"\ud800"}`, `{"a":1}{"b":2}`,
		`{"maximum_timeout":1e400,"per_page":0}`, strings.Repeat("[", 500), "{\"\xff\":1}",
		`{"script":` + strings.Repeat("[", 400) + strings.Repeat("]", 400) + `}`,
		`{"info":` + strings.Repeat(`{"a":`, 99) + `1` + strings.Repeat("}", 99) + `}`,
		`{"info":` + strings.Repeat(`{"a":`, 100) + `1` + strings.Repeat("}", 100) + `}`, `{"info":{"":{"[b]":1},"]":[true]}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		raw, err := read(t, http.MethodPut, "", jsonType, body)
		if err != nil {
			return
		}
		checkSchema(t, raw)
	})
}

func FuzzMultipart(f *testing.F) {
	f.Add("boundary=x", "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na\r\n--x--\r\n")
	f.Add("boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.zip\"\r\n\r\na\r\n--x--")
	f.Add("boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--x--")
	f.Add("boundary=\"a b\"", "--a b\r\n\r\nno header\r\n--a b--")
	f.Add("", "--\r\n")
	f.Add("boundary=x", "--x\r\nContent-Disposition: form-data; name=tag_list[]\r\n\r\na\r\n--x\r\nContent-Disposition: form-data; name=tag_list\r\n\r\nb\r\n--x--")
	f.Add("boundary=x", "--x\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Disposition: form-data; name=text\r\n\r\n=00=\r\n--x--")
	f.Fuzz(func(t *testing.T, attributes, body string) {
		if strings.ContainsAny(attributes, "\r\n") {
			return // no server lets such a header pass
		}
		raw, err := read(t, http.MethodPost, "", "multipart/form-data; "+attributes, body)
		if err != nil {
			return
		}
		checkSchema(t, raw)
	})
}

// What a client writes as a field is what comes out, however it looks.
func FuzzFieldsOfMultipart(f *testing.F) {
	f.Add("text", "a value")
	f.Add("tag_list", "a, \"b,c\"")
	f.Add("a\"b\\c", "\r\n--x\r\n")
	f.Add("info[name]", "")
	f.Add("text", " \r\n--x\r\n\t")
	f.Fuzz(func(t *testing.T, name, value string) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		require.NoError(t, w.WriteField(name, value))
		require.NoError(t, w.Close())
		raw, err := read(t, http.MethodPost, "", w.FormDataContentType(), body.String())
		// A header cannot hold what controls a terminal.
		plain := !strings.ContainsFunc(name, unicode.IsControl) && !strings.ContainsAny(name, "[]\\\"") && name != "" && name != "id" && isText(name)
		if !plain || body.Len() > fuzzLimit {
			return
		}
		if !isText(value) {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		require.Equal(t, value, raw[name])
	})
}

func FuzzTagLists(f *testing.F) {
	for _, seed := range []string{
		"linux,docker", "a,b,a", " a , b ,", `"a,b",c`, `'a','b"c'`, `"`, `"","a"`, ",,,", "ä,\u2028,\u00a0", `a"b,c"d`, `'"a"'`, "\t\v",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !isText(text) {
			return
		}
		values, err := tagSchema.Parse(params.Raw{"tag_list": text})
		require.NoError(t, err)
		tags := values.List("tag_list")
		require.LessOrEqual(t, len(tags), strings.Count(text, ",")+1, "there are no more tags than items")
		seen := map[string]bool{}
		for _, tag := range tags {
			require.Equal(t, strings.Trim(tag, " \t\n\v\f\r\x00"), tag)
			require.NotEmpty(t, strings.TrimSpace(tag))
			require.False(t, seen[tag], "%q twice", tag)
			// The blank behind a comma is the tagging library's (tagsOf).
			require.Contains(t, withoutBlanks(text), withoutBlanks(tag), "a tag is a piece of what was sent")
			seen[tag] = true
		}
		require.True(t, slices.Equal(tags, tagsOf(t, mustRead(t, url.Values{"tag_list": {text}}.Encode()))))
	})
}

func withoutBlanks(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\v\f\r", r) {
			return -1
		}
		return r
	}, text)
}

// A link repeats the list as it was understood: following it once or twice
// makes no difference.
func FuzzTagListsInLinks(f *testing.F) {
	f.Add(`"a,b",c`)
	f.Add(`'"a"', "b`)
	f.Add(`a," ",b`)
	f.Fuzz(func(t *testing.T, text string) {
		if !isText(text) {
			return
		}
		follow := func(raw params.Raw) params.Raw {
			values, err := tagSchema.Parse(raw)
			require.NoError(t, err)
			return mustRead(t, values.Query().Encode())
		}
		sent := params.Raw{"tag_list": text}
		once := follow(sent)
		// Blank items leave no trace in a link, not even within quotes.
		if !slices.ContainsFunc(strings.Split(text, ","), func(item string) bool { return strings.TrimSpace(item) == "" }) {
			require.True(t, slices.Equal(tagsOf(t, sent), tagsOf(t, once)))
		}
		// An empty list has no spelling in a link: absent is as good.
		require.True(t, slices.Equal(tagsOf(t, once), tagsOf(t, follow(once))))
	})
}

func FuzzIntegers(f *testing.F) {
	for _, seed := range []string{"1", " 12 ", "1_000", "-0", "+9223372036854775808", "1__0", "_1", "0x1", "1e3", "9223372036854775807", "٣"} {
		f.Add(seed)
	}
	schema := params.NewSchema(params.Int("id"))
	bounded := params.NewSchema(params.Int("id").Within64Bits())
	f.Fuzz(func(t *testing.T, text string) {
		values, err := schema.Parse(params.Raw{"id": text})
		exact, errExact := bounded.Parse(params.Raw{"id": text})
		if err != nil {
			require.Error(t, errExact)
			return
		}
		number := values.Int("id")
		if number == nil {
			require.Empty(t, text)
			return
		}
		if errExact == nil {
			require.Equal(t, number, exact.Int("id"))
		}
		spelled := values.Query().Get("id")
		again, err := schema.Parse(params.Raw{"id": spelled})
		require.NoError(t, err)
		require.Equal(t, number, again.Int("id"))
	})
}

func FuzzDates(f *testing.F) {
	for _, seed := range []string{"2024-02-29", "2024-02-29T10:00:00Z", "2023-02-29", "0000-01-01", "0001-01-01", "9999-12-31 x", "10000-01-01", "2024-2-9"} {
		f.Add(seed)
	}
	schema := params.NewSchema(params.Date("expires_at"))
	f.Fuzz(func(t *testing.T, text string) {
		values, err := schema.Parse(params.Raw{"expires_at": text})
		if err != nil {
			var wire *params.WireError
			require.True(t, errors.As(err, &wire))
			require.Equal(t, `{"error":"expires_at is invalid"}`, wire.Body)
			return
		}
		date := values.Date("expires_at")
		if date == nil {
			require.Empty(t, text)
			return
		}
		require.Equal(t, text[:len(time.DateOnly)], date.Format(time.DateOnly))
		require.Equal(t, date.Truncate(24*time.Hour), *date, "a day begins at midnight")
		assert.Equal(t, time.UTC, date.Location())
		require.True(t, date.Year() > 0 && date.Year() <= 9999, "databases know no other years")
	})
}
