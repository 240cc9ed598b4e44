package api_test

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/apitest"
)

// oddTexts are what databases, patterns and indexes stumble over.
func oddTexts() map[string]string {
	random := make([]byte, 8192)
	_, _ = rand.Read(random) // never fails
	return map[string]string{
		"a backslash":              `\`,
		"a backslash at the end":   `1\`,
		"wildcards":                `%_*?`,
		"quotes":                   `'"` + "`" + `--;`,
		"brackets":                 `{}[]()`,
		"much that compresses":     longText(100_000),
		"much that does not":       hex.EncodeToString(random),
		"many different words":     manyWords(15_000),
		"other scripts":            "日本語 🦊 İı ß",
		"a lonely combining mark":  "\u0301",
		"what JSON calls control":  "\x01\x7f\u2028",
		"a replacement character":  "\ufffd",
		"white space":              " \t\n ",
		"white space of elsewhere": "\u00a0\u3000",
		"a number":                 "9223372036854775807",
		"a negative number":        "-9223372036854775808",
		"a number beyond 64 bits":  "9223372036854775808",
		"an old day":               "0000-01-01",
		"a far day":                "9999-12-31",
		"the first day":            "0001-01-01",
		"an old moment":            "0000-01-01T00:00:00Z",
		"a far moment":             "9999-12-31T23:59:59.999999999-23:59",
		"a long address":           hex.EncodeToString(random) + "@example.com",
	}
}

// manyWords are as many items of a list.
func manyWords(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = strconv.FormatInt(int64(i), 36)
	}
	return strings.Join(words, ",")
}

func TestNothingThatACallerSendsIsAFailureOfOurs(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		runner := at("runners/%d", s.assigned)
		jobs := at("projects/%d/jobs", s.site)
		bodies := []struct{ method, path, body string }{
			{"POST", "runners", `{"token":ODD}`},
			{"POST", "runners", `{"token":"` + apitest.RegistrationToken + `","description":ODD,"maintenance_note":ODD}`},
			{"POST", "runners", `{"token":"` + apitest.RegistrationToken + `","tag_list":[ODD]}`},
			{"POST", "runners", `{"token":"` + apitest.RegistrationToken + `","tag_list":ODD,"run_untagged":false}`},
			{"POST", "runners", `{"token":"` + apitest.RegistrationToken + `","maximum_timeout":ODD}`},
			{"POST", "runners", `{"token":"` + apitest.RegistrationToken + `","info":{"name":ODD}}`},
			{"POST", "runners", `{"token":"` + apitest.RegistrationToken + `","info":{"version":ODD,"revision":ODD,"platform":ODD,"architecture":ODD,ODD:1}}`},
			{"POST", "runners/verify", `{"token":ODD}`},
			{"DELETE", "runners", `{"token":ODD}`},
			{"PUT", runner, `{"description":ODD}`},
			{"PUT", runner, `{"tag_list":[ODD,"b"]}`},
			{"PUT", runner, `{"maximum_timeout":ODD}`},
			{"PUT", runner, `{"access_level":ODD}`},
			{"PUT", runner, `{"active":ODD}`},
			{"POST", at("projects/%d/runners", s.shop), `{"runner_id":ODD}`},
			{"POST", "users", `{"email":ODD,"username":"odd","name":"x"}`},
			{"POST", "users", `{"email":"a@b.cd","username":ODD,"name":"x"}`},
			{"POST", "users", `{"email":"a@b.cde","username":"odder","name":ODD}`},
			{"POST", "users/2/personal_access_tokens", `{"name":ODD,"scopes":["api"]}`},
			{"POST", "users/2/personal_access_tokens", `{"name":"x","scopes":[ODD]}`},
			{"POST", "users/2/personal_access_tokens", `{"name":"x","scopes":["api"],"expires_at":ODD}`},
			{"POST", "groups", `{"name":ODD,"path":"odd"}`},
			{"POST", "groups", `{"name":"x","path":ODD}`},
			{"POST", "groups", `{"name":"x","path":"odd-again","description":ODD}`},
			{"POST", "groups", `{"name":"x","path":"odd-below","parent_id":ODD}`},
			{"POST", "projects", `{"name":ODD}`},
			{"POST", "projects", `{"path":ODD}`},
			{"POST", "projects", `{"name":"odd","description":ODD,"default_branch":ODD,"repository_url":ODD}`},
			{"POST", "projects", `{"name":"odder","build_timeout":ODD}`},
			{"POST", "projects", `{"name":"oddest","namespace_id":ODD}`},
			{"PUT", "projects/acme%2Fshop", `{"name":ODD}`},
			{"PUT", "projects/acme%2Fshop", `{"path":ODD}`},
			{"POST", "projects/acme%2Fsite/members", `{"user_id":ODD,"access_level":10}`},
			{"POST", "projects/acme%2Fsite/members", `{"user_id":2,"access_level":ODD}`},
			{"POST", "groups/acme/members", `{"user_id":3,"access_level":10,"expires_at":ODD}`},
			{"POST", jobs, `{"name":ODD,"stage":ODD,"ref":ODD,"script":ODD,"tag_list":[ODD]}`},
			{"POST", jobs, `{"name":"x","script":"x","timeout":ODD}`},
			{"POST", jobs, `{"name":"x","script":"x","pipeline_id":ODD}`},
			{"POST", jobs, `{"name":"x","script":"x","needs":[ODD]}`},
			{"POST", jobs, `{"name":"x","script":"x","commit":{"id":ODD,"title":ODD,"message":ODD,"author_email":ODD,"parent_ids":[ODD]}}`},
			{"POST", jobs, `{"name":"x","script":"x","commit":{"id":"1","created_at":ODD}}`},
			{"POST", jobs, `{"name":"x","script":"x","variables":{ODD:ODD},"image":ODD,"services":[ODD]}`},
		}
		queries := []string{
			"runners/all?tag_list=", "runners/all?version_prefix=", "runners/all?version_prefix=1", "runners/all?page=",
			"runners/all?per_page=", "runners/all?type=", "runners?tag_list=", "users?search=", "users?username=", "groups?search=",
			"projects?search=", "user?sudo=", runner + "/jobs?status=", jobs + "?scope[]=", "runners/", "projects/", "groups/",
			"projects/acme%2F", "projects/acme%2Fsite/runners?tag_list=", "groups/acme/runners?tag_list=", "users/",
			jobs + "/", "projects/acme%2Fsite/members/", "version?private_token=",
		}
		for name, odd := range oddTexts() {
			spelled, err := json.Marshal(odd)
			require.NoError(t, err)
			for _, e := range bodies {
				for _, value := range []string{string(spelled), odd} {
					got := s.Do(e.method, e.path, s.byRoot, apitest.JSON(strings.ReplaceAll(e.body, "ODD", value)))
					assert.Less(t, got.Status, 500, "%s %s %s of %s", e.method, e.path, e.body, name)
				}
			}
			for _, path := range queries {
				got := s.Do("GET", path+url.PathEscape(odd), s.byRoot)
				assert.Less(t, got.Status, 500, "GET %s of %s", path, name)
			}
		}
	})
}
