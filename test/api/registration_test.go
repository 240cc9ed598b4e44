package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
)

// registered is a runner with its token.
type registered struct {
	ID    domain.RunnerID
	Token string
}

// register registers a runner.
func register(t *testing.T, api *apitest.API, parts ...apitest.Part) registered {
	t.Helper()
	got := api.Do("POST", "runners", parts...)
	require.Equal(t, 201, got.Status, got.Body)
	var runner registered
	api.Into(got, &runner)
	return runner
}

// details is the runner as root sees it.
func details(api *apitest.API, id domain.RunnerID) apitest.Response {
	return api.Do("GET", at("runners/%d", id), apitest.As(api.Root))
}

func TestRegistrationAnswersWithIDAndToken(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		got := api.Do("POST", "runners", apitest.Form("token", apitest.RegistrationToken))
		assert.Equal(t, 201, got.Status)
		golden(t, "registration", got.Body)
		has(t, details(api, 1), map[string]string{
			"description": "null", "name": "null", "active": "true", "locked": "false", "run_untagged": "true",
			"access_level": `"not_protected"`, "maximum_timeout": "null", "tag_list": "[]", "is_shared": "true",
			"version": "null", "revision": "null", "platform": "null", "architecture": "null", "contacted_at": "null",
			"status": `"not_connected"`, "online": "null", "ip_address": `"127.0.0.1"`, "runner_type": `"instance_type"`,
			"projects": "[]", "groups": "[]",
		})
	})
}

func TestRegistrationTakesWhatIsAskedFor(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		for name, test := range map[string]struct {
			body string // what JSON has beside the token
			want map[string]string
		}{
			"what gitlab-runner sends": {
				`"description":"d","tag_list":"a, b,a","active":false,"paused_":1,"locked":true,"run_untagged":false,
				"access_level":"ref_protected","maximum_timeout":600,"info":{"name":"gitlab-runner","version":"17.0","revision":"r",
				"platform":"linux","architecture":"amd64","executor":"shell","shell":"bash","features":{"x":true},"config":{}}`,
				map[string]string{
					"description": `"d"`, "tag_list": `["a","b"]`, "active": "false", "locked": "true", "run_untagged": "false",
					"access_level": `"ref_protected"`, "maximum_timeout": "600", "name": `"gitlab-runner"`, "version": `"17.0"`,
					"revision": `"r"`, "platform": `"linux"`, "architecture": `"amd64"`, "status": `"not_connected"`,
				},
			},
			"empties are not sent": {
				`"description":"","tag_list":"","active":"","locked":"","run_untagged":null,"maximum_timeout":"","info":{"name":" ","version":""}`,
				map[string]string{
					"description": "null", "tag_list": "[]", "active": "true", "locked": "false", "run_untagged": "true",
					"maximum_timeout": "null", "name": "null", "version": "null",
				},
			},
			"nulls are not sent": {
				`"description":null,"tag_list":null,"active":null,"access_level":null,"maximum_timeout":null,"info":null`,
				map[string]string{"description": "null", "active": "true", "access_level": `"not_protected"`, "maximum_timeout": "null"},
			},
			"blank is null":             {`"description":"  "`, map[string]string{"description": "null"}},
			"numbers become texts":      {`"description":5`, map[string]string{"description": `"5"`}},
			"booleans become texts":     {`"description":true`, map[string]string{"description": `"true"`}},
			"a list of lists":           {`"tag_list":["a,b"," c ","",5]`, map[string]string{"tag_list": `["a","b","c","5"]`}},
			"case of tags is kept":      {`"tag_list":["A","a","\"q\""]`, map[string]string{}},
			"an empty info":             {`"info":{}`, map[string]string{"name": "null"}},
			"a boolean in its spelling": {`"active":"Off","locked":"t"`, map[string]string{"active": "false", "locked": "true"}},
			"a timeout as text":         {`"maximum_timeout":" +0_700 "`, map[string]string{"maximum_timeout": "700"}},
			"a timeout with a fraction": {`"maximum_timeout":600.7`, map[string]string{"maximum_timeout": "600"}},
			"paused is not active":      {`"paused":true`, map[string]string{"active": "false", "paused": "true"}},
			"a note":                    {`"maintenance_note":"n"`, map[string]string{"maintenance_note": `"n"`}},
			"the old name of a note":    {`"maintainer_note":"n"`, map[string]string{"maintenance_note": `"n"`}},
		} {
			t.Run(name, func(t *testing.T) {
				runner := register(t, api, apitest.JSON(`{"token":"`+apitest.RegistrationToken+`",`+test.body+`}`))
				has(t, details(api, runner.ID), test.want)
			})
		}
		nested := register(t, api, apitest.Form("token", apitest.RegistrationToken, "info[name]", "n", "info[version]", "1", "tag_list[]", "x"))
		has(t, details(api, nested.ID), map[string]string{"name": `"n"`, "version": `"1"`, "tag_list": `["x"]`})
	})
}

func TestRegistrationOfEveryType(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		tokenOf := func(path string) string {
			var object struct {
				Token string `json:"runners_token"`
			}
			s.Into(s.Do("GET", path, s.byRoot), &object)
			require.NotEmpty(t, object.Token)
			return object.Token
		}
		// The scene's own tokens are made up; those of the program are derived.
		group := s.Do("POST", "groups", s.byOwner, apitest.Form("name", "G", "path", "g"))
		assert.Equal(t, 201, group.Status)
		assert.Equal(t, 201, s.Do("POST", "projects", s.byOwner, apitest.Form("name", "P")).Status)
		ofGroup := register(t, s.API, apitest.Form("token", tokenOf("groups/g")))
		has(t, details(s.API, ofGroup.ID), map[string]string{
			"runner_type": `"group_type"`, "is_shared": "false", "projects": "[]",
			"groups": at(`[{"id":%d,"web_url":"https://runyard.example.com/groups/g","name":"G"}]`, s.groupID("g")),
		})
		ofProject := register(t, s.API, apitest.Form("token", tokenOf("projects/owner%2Fp")))
		has(t, details(s.API, ofProject.ID), map[string]string{"runner_type": `"project_type"`, "is_shared": "false", "groups": "[]"})
		assert.NotEqual(t, ofGroup.Token, ofProject.Token)

		for _, wrong := range []string{ofGroup.Token, ofProject.Token} {
			expect(t, s.Do("POST", "runners", apitest.Form("token", wrong)), 403, forbidden)
		}
		for _, wrong := range []string{tokenOf("groups/g"), tokenOf("projects/owner%2Fp"), apitest.RegistrationToken} {
			expect(t, s.Do("POST", "runners/verify", apitest.Form("token", wrong)), 403, forbidden)
			expect(t, s.Do("DELETE", "runners", apitest.Form("token", wrong)), 403, forbidden)
		}
	})
}

func TestRegistrationIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		with := func(json string) []apitest.Part {
			return parts(apitest.JSON(`{"token":"` + apitest.RegistrationToken + `",` + json + `}`))
		}
		tags := strings.TrimSuffix(strings.Repeat("t%d,", 51), ",")
		numbers := make([]any, 51)
		for i := range numbers {
			numbers[i] = i
		}
		exchangeAll(t, api, map[string]exchange{
			"without a token":            {"POST", "runners", parts(apitest.Form("description", "x")), 400, `{"error":"token is missing"}`},
			"with an unknown token":      {"POST", "runners", parts(apitest.Form("token", "x")), 403, forbidden},
			"with an empty token":        {"POST", "runners", parts(apitest.Form("token", "")), 403, forbidden},
			"with a null token":          {"POST", "runners", parts(apitest.JSON(`{"token":null}`)), 403, forbidden},
			"with a list as token":       {"POST", "runners", parts(apitest.JSON(`{"token":["a"]}`)), 400, `{"error":"token is invalid"}`},
			"with a user's bad token":    {"POST", "runners", parts(apitest.As("bad"), apitest.Form("token", "x")), 403, forbidden},
			"for several reasons":        {"POST", "runners", parts(apitest.Form("active", "maybe", "locked", "2")), 400, `{"error":"token is missing, active is invalid, locked is invalid"}`},
			"parameters before token":    {"POST", "runners", parts(apitest.Form("token", "x", "active", "2")), 400, `{"error":"active is invalid"}`},
			"all in their order":         {"POST", "runners", parts(apitest.JSON(`{"maximum_timeout":"x","run_untagged":"x","access_level":"x","locked":"x","active":"x","info":"x","description":[]}`)), 400, `{"error":"token is missing, description is invalid, info is invalid, active is invalid, locked is invalid, access_level does not have a valid value, run_untagged is invalid, maximum_timeout is invalid"}`},
			"info is a text":             {"POST", "runners", with(`"info":""`), 400, `{"error":"info is invalid"}`},
			"info is a list":             {"POST", "runners", with(`"info":[]`), 400, `{"error":"info is invalid"}`},
			"info is a number":           {"POST", "runners", with(`"info":5`), 400, `{"error":"info is invalid"}`},
			"an empty access level":      {"POST", "runners", with(`"access_level":""`), 400, `{"error":"access_level does not have a valid value"}`},
			"an access level as list":    {"POST", "runners", with(`"access_level":["ref_protected"]`), 400, `{"error":"access_level is invalid"}`},
			"a timeout in words":         {"POST", "runners", with(`"maximum_timeout":"6e2"`), 400, `{"error":"maximum_timeout is invalid"}`},
			"a timeout beyond 64 bits":   {"POST", "runners", with(`"maximum_timeout":99999999999999999999`), 400, `{"error":"maximum_timeout is invalid"}`},
			"a float as boolean":         {"POST", "runners", with(`"locked":1.0`), 400, `{"error":"locked is invalid"}`},
			"active and paused":          {"POST", "runners", with(`"active":true,"paused":false`), 400, `{"error":"active, paused are mutually exclusive"}`},
			"both names of the note":     {"POST", "runners", with(`"maintenance_note":"a","maintainer_note":"a"`), 400, `{"error":"maintenance_note, maintainer_note are mutually exclusive"}`},
			"a short timeout":            {"POST", "runners", with(`"maximum_timeout":599`), 400, `{"message":{"maximum_timeout":["needs to be at least 10 minutes"]}}`},
			"no jobs at all":             {"POST", "runners", with(`"run_untagged":false`), 400, `{"message":{"tags_list":["can not be empty when runner is not allowed to pick untagged jobs"]}}`},
			"several broken rules":       {"POST", "runners", with(`"run_untagged":false,"maximum_timeout":1`), 400, `{"message":{"tags_list":["can not be empty when runner is not allowed to pick untagged jobs"],"maximum_timeout":["needs to be at least 10 minutes"]}}`},
			"a long description":         {"POST", "runners", with(`"description":"` + longText(1025) + `"`), 400, `{"message":{"description":["is too long (maximum is 1024 characters)"]}}`},
			"a long name":                {"POST", "runners", with(`"info":{"name":"` + longText(257) + `"}`), 400, `{"message":{"name":["is too long (maximum is 256 characters)"]}}`},
			"a long note":                {"POST", "runners", with(`"maintenance_note":"` + longText(1025) + `"`), 400, `{"message":{"maintenance_note":["is too long (maximum is 1024 characters)"]}}`},
			"too many tags":              {"POST", "runners", with(`"tag_list":"` + at(tags, numbers...) + `"`), 400, `{"message":{"tags_list":["Too many tags specified. Please limit the number of tags to 50"]}}`},
			"an error keeps its escapes": {"POST", "runners", parts(apitest.Body("text/<&>", "x")), 415, `{"error":"The provided content-type 'text/\u003c\u0026\u003e' is not supported."}`},
		})
		assert.Empty(t, ids[domain.RunnerID](t, api.Do("GET", "runners/all", apitest.As(api.Root))), "nothing was registered")
	})
}

func (s *scene) groupID(path string) domain.GroupID {
	var group struct{ ID domain.GroupID }
	s.Into(s.Do("GET", "groups/"+path, s.byRoot), &group)
	return group.ID
}
