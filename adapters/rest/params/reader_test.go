package params_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/params"
)

const (
	form     = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

var reader = params.Reader{MaxBody: 1 << 10, Lists: []string{"tag_list", "scopes"}}

func newRequest(method, target, contentType, body string) *http.Request {
	r := httptest.NewRequest(method, strings.ReplaceAll(target, " ", "%20"), strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

// assertWire checks an answer to the byte.
func assertWire(t *testing.T, err error, status int, contentType, body string) {
	t.Helper()
	var wire *params.WireError
	require.ErrorAs(t, err, &wire)
	got := httptest.NewRecorder()
	wire.Write(got)
	assert.Equal(t, status, got.Code)
	assert.Equal(t, contentType, got.Header().Get("Content-Type"))
	assert.Equal(t, body, got.Body.String())
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, target, contentType, body string
		path                              map[string]string
		want                              params.Raw
	}{
		"the path beats the body": {
			method: "PUT", target: "/x?id=1", contentType: jsonType, body: `{"id":9}`,
			path: map[string]string{"id": "6"}, want: params.Raw{"id": "6"},
		},
		"the body beats the query and both are merged": {
			method: "POST", target: "/x?token=q&description=d", contentType: form, body: "token=b",
			want: params.Raw{"token": "b", "description": "d"},
		},
		"a list in the body replaces the one in the query": {
			method: "POST", target: "/x?tag_list=a", contentType: form, body: "tag_list[]=b",
			want: params.Raw{"tag_list": []any{"b"}},
		},
		"a query is enough for a POST": {
			method: "POST", target: "/x?token=t", want: params.Raw{"token": "t"},
		},
		"the last of equal scalar keys wins": {
			method: "GET", target: "/x?status=paused&status=active", want: params.Raw{"status": "active"},
		},
		"a semicolon separates in a query": {
			method: "GET", target: "/x?a=1;b=2", want: params.Raw{"a": "1", "b": "2"},
		},
		"a semicolon in a form is text": {
			method: "POST", target: "/x", contentType: form, body: "a=1;b=2", want: params.Raw{"a": "1;b=2"},
		},
		"a DELETE has a form body": {
			method: "DELETE", target: "/x", contentType: form, body: "token=t", want: params.Raw{"token": "t"},
		},
		"a DELETE has a JSON body": {
			method: "DELETE", target: "/x", contentType: jsonType + "; charset=utf-8", body: `{"token":"t"}`,
			want: params.Raw{"token": "t"},
		},
		"the body of a GET is ignored": {
			method: "GET", target: "/x?a=1", contentType: jsonType, body: `{`, want: params.Raw{"a": "1"},
		},
		"the body of a HEAD is ignored": {
			method: "HEAD", target: "/x", contentType: "text/xml", body: `<x/>`, want: params.Raw{},
		},
		"an empty JSON body is no error":   {method: "POST", target: "/x", contentType: jsonType, want: params.Raw{}},
		"an empty body of any type passes": {method: "POST", target: "/x", contentType: "text/xml", want: params.Raw{}},
		"a JSON array has no parameters":   {method: "POST", target: "/x", contentType: jsonType, body: `["token"]`, want: params.Raw{}},
		"a JSON string has no parameters":  {method: "POST", target: "/x", contentType: jsonType, body: `"token"`, want: params.Raw{}},
		"a JSON number has no parameters":  {method: "POST", target: "/x", contentType: jsonType, body: `5`, want: params.Raw{}},
		"plain text is accepted but not read": {
			method: "POST", target: "/x", contentType: "text/plain", body: "token=t", want: params.Raw{},
		},
		"a POST without a type is a form": {method: "POST", target: "/x", body: "token=t", want: params.Raw{"token": "t"}},
		"a PUT without a type is left alone": {
			method: "PUT", target: "/x", body: "token=t", want: params.Raw{},
		},
		"the media type has no case": {
			method: "POST", target: "/x", contentType: "Application/JSON", body: `{"a":"b"}`, want: params.Raw{"a": "b"},
		},
		"JSON values keep their kind and digits": {
			method: "POST", target: "/x", contentType: jsonType,
			body: `{"a":1.0,"b":true,"c":null,"d":[1,"x"],"e":{"f":123456789012345678901}}`,
			want: params.Raw{
				"a": json.Number("1.0"), "b": true, "c": nil, "d": []any{json.Number("1"), "x"},
				"e": params.Object(`{"f":123456789012345678901}`),
			},
		},
		"a multipart body without a boundary is empty": {
			method: "POST", target: "/x", contentType: "multipart/form-data", body: "x", want: params.Raw{},
		},
		"the format json is the only one": {method: "GET", target: "/x?format=json", want: params.Raw{"format": "json"}},
		"a bare format asks for nothing":  {method: "GET", target: "/x?format", want: params.Raw{"format": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := reader.Read(newRequest(test.method, test.target, test.contentType, test.body), test.path)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(test.want, got))
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	const (
		textBody = "Bad Request"
		jsonBody = `{"status":400,"error":"Bad Request"}`
		xml      = `{"error":"The requested format 'xml' is not supported."}`
	)
	long := strings.Repeat("x", 2<<10)
	for name, test := range map[string]struct {
		method, target, contentType, body string
		status                            int
		wantType, wantBody                string
	}{
		"another format":                {"GET", "/x?format=xml", "", "", 406, jsonType, xml},
		"an empty format":               {"GET", "/x?format=", "", "", 406, jsonType, `{"error":"The requested format '' is not supported."}`},
		"a list of formats":             {"GET", "/x?format[]=xml", "", "", 406, jsonType, `{"error":"The requested format '[\"xml\"]' is not supported."}`},
		"an XML body":                   {"POST", "/x", "text/xml", "<x/>", 415, jsonType, `{"error":"The provided content-type 'text/xml' is not supported."}`},
		"a body of bytes":               {"POST", "/x", "application/octet-stream", "x", 415, jsonType, `{"error":"The provided content-type 'application/octet-stream' is not supported."}`},
		"a body of JSON:API":            {"PUT", "/x", "application/vnd.api+json; a=b", "{}", 415, jsonType, `{"error":"The provided content-type 'application/vnd.api+json' is not supported."}`},
		"a long body":                   {"POST", "/x", jsonType, long, 413, jsonType, `{"error":"Request Entity Too Large"}`},
		"broken JSON":                   {"POST", "/x", jsonType, `{"a":`, 400, jsonType, jsonBody},
		"JSON that is only white space": {"POST", "/x", jsonType, "  ", 400, jsonType, jsonBody},
		"two JSON values":               {"POST", "/x", jsonType, `{}{}`, 400, jsonType, jsonBody},
		"a closing brace too many":      {"POST", "/x", jsonType, `{}}`, 400, jsonType, jsonBody},
		"NUL in JSON":                   {"POST", "/x", jsonType, "{\"a\":\"\x00\"}", 400, jsonType, jsonBody},
		"an escaped NUL in JSON":        {"POST", "/x", jsonType, `{"a":["b\u0000"]}`, 400, jsonType, jsonBody},
		"an escaped NUL in a JSON key":  {"POST", "/x", jsonType, `{"a":{"b\u0000":1}}`, 400, jsonType, jsonBody},
		"invalid UTF-8 in JSON":         {"POST", "/x", jsonType, "{\"a\":\"\xff\"}", 400, jsonType, jsonBody},
		"NUL in the query":              {"GET", "/x?a=%00", "", "", 400, "text/plain", textBody},
		"invalid UTF-8 in the query":    {"GET", "/x?a=%ff", "", "", 400, "text/plain", textBody},
		"NUL in a name of the query":    {"GET", "/x?a%00=b", "", "", 400, "text/plain", textBody},
		"a broken escape in the query":  {"GET", "/x?a=%zz", "", "", 400, "text/plain", textBody},
		"NUL in a form":                 {"POST", "/x", form, "a=%00", 400, "text/plain", textBody},
		"invalid UTF-8 in a form":       {"DELETE", "/x", form, "a=%ff", 400, "text/plain", textBody},
		"a cut multipart body":          {"POST", "/x", "multipart/form-data; boundary=b", "--b\r\nContent-Dis", 400, "text/plain", textBody},
		"NUL in multipart": {
			"POST", "/x", "multipart/form-data; boundary=b",
			"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\x00\r\n--b--\r\n", 400, "text/plain", textBody,
		},
		"a scalar that becomes a list": {"GET", "/x?a=1&a[]=2", "", "", 400, "text/plain", textBody},
		"a scalar that becomes a hash": {"GET", "/x?a=1&a[b]=2", "", "", 400, "text/plain", textBody},
		"a hash that becomes a list":   {"GET", "/x?a[b]=1&a[]=2", "", "", 400, "text/plain", textBody},
		"a list that becomes a hash":   {"GET", "/x?a[]=1&a[b]=2", "", "", 400, "text/plain", textBody},
		"a tag list that is a hash":    {"GET", "/x?tag_list=a&tag_list[0]=b", "", "", 400, "text/plain", textBody},
		"a hundred brackets":           {"GET", "/x?a" + strings.Repeat("[b]", 100) + "=1", "", "", 400, "text/plain", textBody},

		"malformed bytes before the format":  {"GET", "/x?format=xml&a=%00", "", "", 400, "text/plain", textBody},
		"the format before the type":         {"POST", "/x?format=xml", "text/xml", "<x/>", 406, jsonType, xml},
		"the type before the size":           {"POST", "/x", "text/xml", long, 415, jsonType, `{"error":"The provided content-type 'text/xml' is not supported."}`},
		"the query before the JSON's syntax": {"POST", "/x?a=%00", jsonType, `{`, 400, "text/plain", textBody},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := reader.Read(newRequest(test.method, test.target, test.contentType, test.body), nil)
			assertWire(t, err, test.status, test.wantType, test.wantBody)
		})
	}
}

func TestReadRefusesMalformedPathValues(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"NUL": "a\x00", "invalid UTF-8": "\xff"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := reader.Read(newRequest("GET", "/x?format=xml", "", ""), map[string]string{"id": value})
			assertWire(t, err, 400, "text/plain", "Bad Request")
		})
	}
}

func TestReadRefusesABodyThatAnOuterLimitCuts(t *testing.T) {
	t.Parallel()
	r := newRequest("POST", "/x", jsonType, `{"a":"bcdefgh"}`)
	r.Body = http.MaxBytesReader(nil, r.Body, 4)
	_, err := reader.Read(r, nil)
	assertWire(t, err, 413, jsonType, `{"error":"Request Entity Too Large"}`)
}

func TestReadUnderstandsWhatCurlFormSends(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			var body bytes.Buffer
			w := multipart.NewWriter(&body)
			require.NoError(t, w.WriteField("token", "t"))
			require.NoError(t, w.WriteField("info[name]", "x"))
			require.NoError(t, w.WriteField("tag_list[]", "a"))
			require.NoError(t, w.WriteField("tag_list[]", "b"))
			file, err := w.CreateFormFile("description", "d.txt")
			require.NoError(t, err)
			_, err = file.Write([]byte("\x00\xff"))
			require.NoError(t, err)
			_, err = w.CreateFormFile("locked", "")
			require.NoError(t, err)
			require.NoError(t, w.Close())

			got, err := reader.Read(newRequest(method, "/x", w.FormDataContentType(), body.String()), nil)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(params.Raw{
				"token": "t", "info": map[string]any{"name": "x"}, "tag_list": []any{"a", "b"},
				"description": map[string]any{"filename": "d.txt"},
			}, got))
		})
	}
}

func TestScalarIsTheTextOfASingleValue(t *testing.T) {
	t.Parallel()
	raw := params.Raw{"text": "t", "number": json.Number("5"), "null": nil, "list": []any{"t"}}
	assert.Equal(t, "t", raw.Scalar("text"))
	assert.Equal(t, "5", raw.Scalar("number"))
	for _, name := range []string{"null", "list", "absent"} {
		assert.Empty(t, raw.Scalar(name), name)
	}
}
