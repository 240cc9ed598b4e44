package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"runyard/adapters/rest"
	"runyard/test/apitest"
)

// wish is a request before it is known what there is: ids and tokens are drawn
// as numbers, so that a shorter walk still makes sense.
type wish struct {
	route      string
	who        int // whose token
	credential string
	ids        map[string]idWish
	fields     map[string]fieldWish
	encoding   string
	token      int    // which of those that fit
	chunk      string // of a trace, or a file
	first      int64  // where the chunk belongs
}

// idWish is an id: one that is known, or a literal one.
type idWish struct {
	number  int
	literal string // empty: a known one
}

// fieldWish is a parameter: a value, or the id of something.
type fieldWish struct {
	value  any
	of     kind // empty: value
	number int
}

// oddTexts are what parsers, patterns and databases stumble over.
var oddTexts = []string{
	"", " ", "0", "-1", "9223372036854775807", "9223372036854775808", "1e3", "null", "true", "%", "%25", "%2F", "..", ".", "a/b", "a\\b",
	"'", `"`, "`", "--;", "\u0301", "\u202e", "日本語🦊", "\ufffd", "\u00a0", "a b", "a,b", "[]", "{}", "a[b]", "\x01", "\t\n", "*", "?", "#", "&", "=", "+",
	"İ", "ß", strings.Repeat("x", 300), strings.Repeat("ü", 1100), "0001-01-01", "9999-12-31", "2024-02-30", "postgres://u:p@h/d",
}

// The parameters of the routes that have some, beside those of lists.
var fieldsOf = map[string][]string{
	"POST /runners": {"token", "description", "info", "paused", "locked", "run_untagged", "tag_list", "maximum_timeout", "maintenance_note"},
	"POST /user/runners": {
		"runner_type", "group_id", "project_id", "description", "paused", "locked", "run_untagged", "tag_list", "maximum_timeout",
	},
	"PUT /runners/:id":                         {"description", "paused", "tag_list", "run_untagged", "locked", "maximum_timeout", "maintenance_note"},
	"POST /projects/:id/runners":               {"runner_id"},
	"POST /runners/verify":                     {"token", "system_id", "info"},
	"DELETE /runners":                          {"token"},
	"DELETE /runners/managers":                 {"token", "system_id"},
	"POST /runners/reset_authentication_token": {"token"},
	"POST /users":                              {"email", "username", "name", "admin"},
	"POST /users/:id/personal_access_tokens":   {"name", "scopes", "expires_at"},
	"POST /groups":                             {"name", "path", "parent_id", "visibility", "description", "runner_token_expiration_interval"},
	"PUT /groups/:id":                          {"name", "path", "visibility", "description", "runner_token_expiration_interval"},
	"POST /projects":                           {"name", "path", "namespace_id", "visibility", "shared_runners_enabled", "group_runners_enabled", "build_timeout", "repository_url"},
	"POST /projects/user/:user_id":             {"name", "path", "visibility"},
	"PUT /projects/:id":                        {"name", "path", "visibility", "shared_runners_enabled", "group_runners_enabled", "build_timeout", "default_branch"},
	"POST /projects/:id/members":               {"user_id", "access_level", "expires_at"},
	"PUT /projects/:id/members/:user_id":       {"access_level", "expires_at"},
	"POST /groups/:id/members":                 {"user_id", "access_level", "expires_at"},
	"PUT /groups/:id/members/:user_id":         {"access_level", "expires_at"},
	"POST /projects/:id/jobs":                  {"name", "script", "tag_list", "needs", "variables", "timeout", "allow_failure", "when", "artifacts", "ref", "protected", "commit", "image"},
	"POST /jobs/request":                       {"token", "system_id", "info", "last_update"},
	"PUT /jobs/:id":                            {"token", "state", "failure_reason", "exit_code", "checksum", "output"},
	"POST /jobs/:id/artifacts":                 {"artifact_type", "artifact_format", "expire_in"},
}

// What every list takes.
var listFields = []string{"page", "per_page", "scope", "type", "status", "tag_list", "paused", "search", "username", "version_prefix", "order_by", "sort", "format", "sudo"}

// fitting are values that make sense.
func fitting(name string) *rapid.Generator[fieldWish] {
	literal := func(values ...any) *rapid.Generator[fieldWish] {
		return rapid.Map(rapid.SampledFrom(values), func(v any) fieldWish { return fieldWish{value: v} })
	}
	idOf := func(of kind) *rapid.Generator[fieldWish] {
		return rapid.Map(rapid.IntRange(0, 30), func(n int) fieldWish { return fieldWish{of: of, number: n} })
	}
	word := rapid.Map(rapid.StringMatching(`[a-z]{3,9}`), func(s string) fieldWish { return fieldWish{value: s} })
	switch name {
	case "active", "paused", "locked", "run_untagged", "admin", "shared_runners_enabled", "group_runners_enabled", "allow_failure", "protected":
		return literal(true, false, "yes", "0")
	case "access_level":
		return literal(30, 40, 50, 10, 20)
	case "tag_list":
		return literal([]any{}, []any{"linux"}, []any{"linux", "docker"}, "docker,linux", "", []any{"Linux ", "linux", ""})
	case "maximum_timeout", "build_timeout", "timeout", "runner_token_expiration_interval":
		return literal(3600, "7200", 86400, nil)
	case "runner_type":
		return literal("instance_type", "group_type", "project_type")
	case "visibility":
		return literal("private", "internal", "public")
	case "group_id", "parent_id", "namespace_id":
		return idOf(aGroup)
	case "project_id":
		return idOf(aProject)
	case "runner_id":
		return idOf(aRunner)
	case "user_id":
		return idOf(aUser)
	case "email":
		return rapid.Map(word, func(f fieldWish) fieldWish { return fieldWish{value: fmt.Sprint(f.value, "@example.com")} })
	case "scopes":
		return literal([]any{"api"}, []any{"read_api"}, []any{"create_runner", "manage_runner"}, "sudo,api")
	case "expires_at":
		return literal("2030-01-01", "2024-03-01", "", "2020-01-01")
	case "script", "before_script":
		return literal("make", []any{"a", "b"})
	case "needs":
		return literal([]any{}, []any{1})
	case "variables":
		return literal(map[string]any{"A": "b"}, []any{map[string]any{"key": "K", "value": "v", "masked": true}})
	case "when":
		return literal("on_success", "manual")
	case "artifacts":
		return literal(map[string]any{"paths": []any{"out/"}, "expire_in": "1 week"}, nil)
	case "commit":
		return literal(map[string]any{"id": strings.Repeat("ab", 20), "message": "m"})
	case "info":
		return literal(map[string]any{"name": "gitlab-runner", "version": "17.5.0", "features": map[string]any{"cancel_gracefully": true}}, map[string]any{})
	case "system_id":
		return literal("s_0123456789ab", "r_abcdefghijkl", "")
	case "state":
		return literal("running", "success", "failed")
	case "failure_reason":
		return literal("script_failure", "job_execution_timeout", "invented")
	case "exit_code":
		return literal(0, 1, 137)
	case "output":
		return literal(map[string]any{"checksum": "crc32:00000000", "bytesize": 0}, map[string]any{})
	case "status":
		return literal("active", "paused", "online", "offline", "pending", "running")
	case "type":
		return literal("instance_type", "group_type", "project_type")
	case "scope":
		return literal("active", "paused", []any{"pending", "running"})
	case "page", "per_page":
		return literal(1, 2, 3, 100)
	case "sort":
		return literal("asc", "desc")
	case "order_by":
		return literal("id")
	case "format":
		return literal("json")
	}
	return word
}

// oddValue is nothing that makes sense.
var oddValue = rapid.Custom(func(t *rapid.T) fieldWish {
	text := rapid.SampledFrom(oddTexts).Draw(t, "text")
	return fieldWish{value: rapid.SampledFrom([]any{
		text, text, text, nil, -1, 0, 1 << 40, 1.5, true, []any{}, []any{text, 1, nil, []any{text}}, map[string]any{text: text, "name": []any{text}},
	}).Draw(t, "value")}
})

// wishes are requests of the whole table of routes, most of which make sense.
// Small numbers are drawn more often, so what makes sense comes first.
var wishes = rapid.Custom(func(t *rapid.T) wish {
	w := wish{
		route:      rapid.SampledFrom(weighted()).Draw(t, "route"),
		who:        rapid.IntRange(0, 40).Draw(t, "who"),
		credential: rapid.SampledFrom([]string{"root", "root", "root", "PRIVATE-TOKEN", "PRIVATE-TOKEN", "PRIVATE-TOKEN", "Authorization", "private_token", "wrong", ""}).Draw(t, "credential"),
		encoding:   rapid.SampledFrom([]string{"json", "json", "json", "form", "multipart", "query", "broken"}).Draw(t, "encoding"),
		token:      rapid.IntRange(0, 40).Draw(t, "token"),
		ids:        map[string]idWish{}, fields: map[string]fieldWish{},
	}
	sensible := rapid.IntRange(0, 9).Draw(t, "nonsense") < 7
	for _, segment := range strings.Split(w.route, "/") {
		if name, isID := strings.CutPrefix(segment, ":"); isID {
			id := idWish{number: rapid.IntRange(0, 30).Draw(t, name)}
			if !sensible && rapid.Bool().Draw(t, "odd "+name) {
				id.literal = rapid.SampledFrom(oddTexts[1:]).Draw(t, "literal "+name)
			}
			w.ids[name] = id
		}
	}
	w.draw(t, sensible)
	if strings.HasSuffix(w.route, "trace") || strings.HasSuffix(w.route, "artifacts") {
		w.chunk = rapid.StringN(0, 60, 200).Draw(t, "chunk")
		w.first = rapid.SampledFrom([]int64{0, 0, 0, 5, -1, 1 << 40}).Draw(t, "first")
	}
	return w
})

// draw draws the parameters. The first two of a list are those without which
// there is no sense.
func (w wish) draw(t *rapid.T, sensible bool) {
	names, reading := fieldsOf[w.route], strings.HasPrefix(w.route, "GET ")
	if reading {
		names = listFields
	}
	for i, name := range names {
		chance := rapid.IntRange(0, 9).Draw(t, "chance of "+name)
		switch {
		case !sensible && chance >= 6:
			w.fields[name] = oddValue.Draw(t, name)
		case reading && (chance < 8 || name == "sudo"):
		case reading, i < 2 && sensible, chance < 6:
			w.fields[name] = fitting(name).Draw(t, name)
		}
	}
}

// weighted are all routes; those that make something, or are about jobs, come
// more often than those that take a whole tree away.
var weighted = func() func() []string {
	var list []string
	for _, route := range rest.Routes() {
		times := 4
		switch {
		case route == "DELETE /groups/:id", route == "DELETE /projects/:id", route == "DELETE /users/:id", route == "POST /users/:id/block":
			times = 1
		case strings.HasPrefix(route, "GET "):
			times = 2
		case strings.Contains(route, "jobs"), strings.HasPrefix(route, "POST /"), strings.HasSuffix(route, "/runners/:runner_id"):
			times = 8
		}
		list = append(list, slices.Repeat([]string{route}, times)...)
	}
	return func() []string { return list }
}()

// send asks the town, and tells which path was asked.
func (w wish) send(to *town) (method, path string, answer apitest.Response) {
	method, route, _ := strings.Cut(w.route, " ")
	segments := strings.Split(route, "/")
	for i, segment := range segments {
		if name, isID := strings.CutPrefix(segment, ":"); isID {
			segments[i] = w.segment(to, segments[1], name)
		}
	}
	path = "/api/v4" + strings.Join(segments, "/")
	fields := w.values(to, segments)
	parts := w.credentials(to, fields)
	query := url.Values{}
	switch {
	case strings.HasSuffix(route, "trace") && method == http.MethodPatch:
		parts = append(parts, apitest.Body("text/plain", w.chunk),
			apitest.Header("Content-Range", fmt.Sprintf("%d-%d", w.first, w.first+int64(len(w.chunk))-1)))
	case method == http.MethodPost && strings.HasSuffix(route, "artifacts"):
		parts = append(parts, upload(w.chunk))
		query = pairs(fields)
	case method == http.MethodGet || w.encoding == "query":
		query = pairs(fields)
	default:
		parts = append(parts, w.body(fields))
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return method, path, to.Do(method, path, parts...)
}

// segment is an id in the path.
func (w wish) segment(to *town, resource, name string) string {
	id := w.ids[name]
	if id.literal != "" {
		return url.PathEscape(id.literal)
	}
	of := map[string]kind{
		"projects": aProject, "groups": aGroup, "runners": aRunner, "users": aUser, "jobs": aJob, "personal_access_tokens": aToken,
	}[resource]
	switch name {
	case "user_id":
		of = aUser
	case "runner_id":
		of = aRunner
	case "job_id":
		of = aJob
	}
	if known := to.id(of, id.number); known != "" {
		return known
	}
	return "1"
}

// values are the parameters, with what is known of the town.
func (w wish) values(to *town, segments []string) map[string]any {
	values := make(map[string]any, len(w.fields))
	for name, field := range w.fields {
		values[name] = field.value
		if field.of != "" {
			values[name] = to.id(field.of, field.number)
		}
		if name == "token" && w.token < 36 {
			values[name] = w.fittingToken(to, segments)
		}
	}
	return values
}

// fittingToken is one of the kind that the route asks for.
func (w wish) fittingToken(to *town, segments []string) string {
	switch {
	case w.route == "POST /runners":
		return pick(to.registration, w.token)
	case segments[1] == "jobs" && segments[2] != "request":
		return to.jobToken(segments[2])
	}
	return pick(to.runners, w.token)
}

// credentials show a token, as parameter or header.
func (w wish) credentials(to *town, fields map[string]any) []apitest.Part {
	token := pick(to.people, w.who)
	parts := []apitest.Part{apitest.Header("JOB-TOKEN", to.jobToken(to.id(aJob, w.ids["id"].number)))}
	switch w.credential {
	case "root":
		return append(parts, apitest.As(to.Root))
	case "PRIVATE-TOKEN":
		return append(parts, apitest.As(token))
	case "Authorization":
		return append(parts, apitest.Header("Authorization", "Bearer "+token))
	case "private_token":
		fields["private_token"] = token
	case "wrong":
		return append(parts, apitest.As("glpat-wrong"))
	}
	return parts
}

func (w wish) body(fields map[string]any) apitest.Part {
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err) // they are made of texts, numbers, lists and maps
	}
	switch w.encoding {
	case "form":
		return apitest.Body("application/x-www-form-urlencoded", pairs(fields).Encode())
	case "multipart":
		var flat []string
		for name, values := range pairs(fields) {
			for _, value := range values {
				flat = append(flat, name, value)
			}
		}
		return apitest.Multipart(flat...)
	case "broken":
		return apitest.JSON(string(text[:len(text)/2]))
	}
	return apitest.JSON(string(text))
}

// pairs spells parameters as a form does.
func pairs(fields map[string]any) url.Values {
	query := url.Values{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		spell(query, name, fields[name])
	}
	return query
}

func spell(query url.Values, name string, value any) {
	switch value := value.(type) {
	case nil:
		query.Add(name, "")
	case []any:
		for _, element := range value {
			spell(query, name+"[]", element)
		}
	case map[string]any:
		for key, element := range value {
			spell(query, name+"["+key+"]", element)
		}
	default:
		query.Add(name, fmt.Sprint(value))
	}
}

// upload is a file as agents send it.
func upload(content string) apitest.Part {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "artifacts.zip")
	if err != nil {
		panic(err) // a buffer takes everything
	}
	_, _ = part.Write([]byte(content))
	_ = w.Close()
	return apitest.Body(w.FormDataContentType(), body.String())
}
