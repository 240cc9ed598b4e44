package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

func TestUpdatesOfARunner(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for name, test := range map[string]struct {
			body string
			want map[string]string
		}{
			"a description":                   {`{"description":"new"}`, map[string]string{"description": `"new"`}},
			"an empty description":            {`{"description":""}`, map[string]string{"description": `""`}},
			"no description":                  {`{"description":null}`, map[string]string{"description": "null"}},
			"a number as description":         {`{"description":1.50}`, map[string]string{"description": `"1.5"`}},
			"new tags replace the old":        {`{"tag_list":["x"," y ","x"]}`, map[string]string{"tag_list": `["x","y"]`}},
			"tags keep the order asked for":   {`{"tag_list":"b,a"}`, map[string]string{"tag_list": `["b","a"]`}},
			"no tags by an empty list":        {`{"tag_list":[]}`, map[string]string{"tag_list": `[]`}},
			"no tags by null":                 {`{"tag_list":null}`, map[string]string{"tag_list": `[]`}},
			"no tags by an empty text":        {`{"tag_list":""}`, map[string]string{"tag_list": `[]`}},
			"no tags by a number":             {`{"tag_list":5}`, map[string]string{"tag_list": `[]`}},
			"quotes of tags are stripped":     {`{"tag_list":["\"q\"","'s'"]}`, map[string]string{"tag_list": `["q","s"]`}},
			"a timeout":                       {`{"maximum_timeout":600}`, map[string]string{"maximum_timeout": "600"}},
			"no timeout by an empty text":     {`{"maximum_timeout":""}`, map[string]string{"maximum_timeout": "null"}},
			"no timeout by null":              {`{"maximum_timeout":null}`, map[string]string{"maximum_timeout": "null"}},
			"only protected refs":             {`{"access_level":"ref_protected"}`, map[string]string{"access_level": `"ref_protected"`}},
			"locked":                          {`{"locked":"Yes"}`, map[string]string{"locked": "true"}},
			"tags and tagged jobs only":       {`{"tag_list":"a","run_untagged":false}`, map[string]string{"tag_list": `["a"]`, "run_untagged": "false"}},
			"tagged jobs only":                {`{"run_untagged":0}`, map[string]string{"run_untagged": "false", "tag_list": `["old"]`}},
			"a pause":                         {`{"active":false}`, map[string]string{"active": "false", "paused": "true", "status": `"paused"`}},
			"a pause by its newer name":       {`{"paused":true}`, map[string]string{"active": "false", "paused": "true", "status": `"paused"`}},
			"no pause":                        {`{"paused":"f"}`, map[string]string{"active": "true", "status": `"online"`}},
			"a note":                          {`{"maintenance_note":"n"}`, map[string]string{"maintenance_note": `"n"`}},
			"an unknown key beside another":   {`{"locked":true,"token":"x","runner_type":"group_type"}`, map[string]string{"locked": "true", "runner_type": `"project_type"`}},
			"a value that is the same":        {`{"active":true}`, map[string]string{"active": "true", "description": `"old"`}},
			"what is not sent stays as it is": {`{"locked":false}`, map[string]string{"description": `"old"`, "maximum_timeout": "700", "tag_list": `["old"]`}},
		} {
			t.Run(name, func(t *testing.T) {
				id := s.AddProjectRunner(s.site, contacted(0), named("old"), tagged("old"), func(r *domain.RunnerState) {
					seconds := int64(700)
					r.MaximumTimeout = &seconds
				})
				got := s.Do("PUT", at("runners/%d", id), s.byMaintainer, apitest.JSON(test.body))
				assert.Equal(t, 200, got.Status)
				has(t, got, test.want)
				has(t, details(s.API, id), test.want)
			})
		}
	})
}

func TestUpdatesThatAreRefused(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		untagged := s.AddProjectRunner(s.site, tagged("a"), func(r *domain.RunnerState) { r.RunUntagged = false })
		path := at("runners/%d", s.assigned)
		put := func(body string) []apitest.Part { return parts(s.byMaintainer, apitest.JSON(body)) }
		const nothing = `{"error":"` + nothingToPut + `"}`
		const noTags = `{"message":{"tags_list":["can not be empty when runner is not allowed to pick untagged jobs"]}}`
		exchangeAll(t, s.API, map[string]exchange{
			"nothing":                        {"PUT", path, parts(s.byMaintainer), 400, nothing},
			"an empty object":                {"PUT", path, put(`{}`), 400, nothing},
			"an unknown key alone":           {"PUT", path, put(`{"name":"x"}`), 400, nothing},
			"an array":                       {"PUT", path, put(`["active"]`), 400, nothing},
			"active empty":                   {"PUT", path, put(`{"active":""}`), 400, `{"error":"active is invalid"}`},
			"active null":                    {"PUT", path, put(`{"active":null}`), 400, `{"error":"active is invalid"}`},
			"locked empty":                   {"PUT", path, put(`{"locked":""}`), 400, `{"error":"locked is invalid"}`},
			"run_untagged null":              {"PUT", path, put(`{"run_untagged":null}`), 400, `{"error":"run_untagged is invalid"}`},
			"paused null":                    {"PUT", path, put(`{"paused":null}`), 400, `{"error":"paused is invalid"}`},
			"active in a list":               {"PUT", path, put(`{"active":[true]}`), 400, `{"error":"active is invalid"}`},
			"description as object":          {"PUT", path, put(`{"description":{}}`), 400, `{"error":"description is invalid"}`},
			"an empty access level":          {"PUT", path, put(`{"access_level":""}`), 400, `{"error":"access_level does not have a valid value"}`},
			"a null access level":            {"PUT", path, put(`{"access_level":null}`), 400, `{"message":{"access_level":["can't be blank"]}}`},
			"an access level of another":     {"PUT", path, put(`{"access_level":"protected"}`), 400, `{"error":"access_level does not have a valid value"}`},
			"a timeout of 599":               {"PUT", path, put(`{"maximum_timeout":599}`), 400, `{"message":{"maximum_timeout":["needs to be at least 10 minutes"]}}`},
			"a negative timeout":             {"PUT", path, put(`{"maximum_timeout":-1}`), 400, `{"message":{"maximum_timeout":["needs to be at least 10 minutes"]}}`},
			"a timeout as boolean":           {"PUT", path, put(`{"maximum_timeout":true}`), 400, `{"error":"maximum_timeout is invalid"}`},
			"a timeout beyond 64 bits":       {"PUT", path, put(`{"maximum_timeout":"9223372036854775808"}`), 400, `{"error":"maximum_timeout is invalid"}`},
			"no tags where tags are needed":  {"PUT", at("runners/%d", untagged), put(`{"tag_list":""}`), 400, noTags},
			"untagged jobs without tags":     {"PUT", path, put(`{"run_untagged":false}`), 400, noTags},
			"both at once":                   {"PUT", path, put(`{"run_untagged":false,"tag_list":[]}`), 400, noTags},
			"active and paused":              {"PUT", path, put(`{"active":true,"paused":false}`), 400, `{"error":"active, paused are mutually exclusive"}`},
			"a long description":             {"PUT", path, put(`{"description":"` + longText(1025) + `"}`), 400, `{"message":{"description":["is too long (maximum is 1024 characters)"]}}`},
			"a long note":                    {"PUT", path, put(`{"maintenance_note":"` + longText(1025) + `"}`), 400, `{"message":{"maintenance_note":["is too long (maximum is 1024 characters)"]}}`},
			"everything at once, in order":   {"PUT", "runners/x", put(`{"maximum_timeout":"x","access_level":"x","locked":"x","run_untagged":"x","active":"x","description":[]}`), 400, `{"error":"id is invalid, description is invalid, active is invalid, run_untagged is invalid, locked is invalid, access_level does not have a valid value, maximum_timeout is invalid"}`},
			"a runner that does not exist":   {"PUT", "runners/999", put(`{"active":true}`), 404, notFound},
			"an instance runner":             {"PUT", at("runners/%d", s.instance), put(`{"active":true}`), 403, noAccess},
			"a group runner":                 {"PUT", at("runners/%d", s.grouped), put(`{"active":true}`), 403, noAccess},
			"by a Developer":                 {"PUT", path, parts(s.byDeveloper, apitest.JSON(`{"active":true}`)), 403, noAccess},
			"by nobody":                      {"PUT", path, parts(apitest.JSON(`{"active":true}`)), 401, unauthorized},
			"by the runner's group's member": {"PUT", path, parts(s.byStranger, apitest.JSON(`{"active":true}`)), 403, noAccess},
		})
		exact := s.Do("PUT", path, put(`{"description":"`+strings.Repeat("ü", 1024)+`"}`)...)
		assert.Equal(t, 200, exact.Status, "characters count, not bytes")
	})
}

func TestPauseAndResumeInEveryEncoding(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for _, test := range []struct {
			query string
			body  apitest.Part
			want  string
		}{
			{"", apitest.Form("active", "false"), "false"},
			{"", apitest.Form("active", "true"), "true"},
			{"", apitest.Multipart("active", "false"), "false"},
			{"", apitest.JSON(`{"active":true}`), "true"},
			{"?active=0", apitest.JSON(""), "false"},
		} {
			got := s.Do("PUT", at("runners/%d", s.assigned)+test.query, s.byMaintainer, test.body)
			has(t, got, map[string]string{"active": test.want, "status": `"not_connected"`})
		}
	})
}

func TestARunnerThatLostItsProjects(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		expect(t, s.Do("DELETE", at("projects/%d", s.site), s.byOwner), 202, `{"message":"202 Accepted"}`)
		path := at("runners/%d", s.assigned)
		has(t, s.Do("GET", path, s.byRoot), map[string]string{"projects": "[]", "runner_type": `"project_type"`})
		expect(t, s.Do("PUT", path, s.byRoot, apitest.Form("active", "false")), 400,
			`{"message":{"runner":["needs to be assigned to at least one project"]}}`)
		expect(t, s.Do("DELETE", path, s.byMaintainer), 403, noAccess)
		expect(t, s.Do("DELETE", path, s.byRoot), 204, "")
	})
}
