package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/program"
)

// sender sends a request as curl does: form fields, if any, go as multipart
// whatever the method is.
type sender func(t *testing.T, method, url, token string, form ...string) (status int, body string)

// TestTheCurlExamplesOfGitLabsDocumentationWork goes through every example of
// the page "Runners API", in an order in which each one has something to work on.
func TestTheCurlExamplesOfGitLabsDocumentationWork(t *testing.T) {
	t.Parallel()
	senders := map[string]sender{"net/http": sendMultipart}
	if path, err := exec.LookPath("curl"); err == nil {
		senders["curl"] = sendByCurl(path)
	}
	eachDatabase(t, func(t *testing.T, url string) {
		server := program.Serve(t, runyard, withTokens(url)...)
		for name, send := range senders {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				goThroughExamples(t, example{t: t, server: server, send: send, group: "of-" + strings.ReplaceAll(name, "/", "-")})
			})
		}
	})
}

type example struct {
	t      *testing.T
	server *program.Process
	send   sender
	group  string // a name that only this run uses
}

// expect sends a request to the API, demands the status and returns the body.
func (e example) expect(status int, method, path, token string, form ...string) string {
	e.t.Helper()
	got, body := e.send(e.t, method, e.server.URL("/api/v4/"+path), token, form...)
	require.Equal(e.t, status, got, "%s %s: %s", method, path, body)
	return body
}

// id sends a request that makes something and returns its id and its token.
func (e example) id(path, token string, form ...string) (id int, secret string) {
	e.t.Helper()
	var made struct {
		ID           int
		Token        string
		RunnersToken string `json:"runners_token"`
	}
	body := e.expect(http.StatusCreated, http.MethodPost, path, token, form...)
	require.NoError(e.t, json.Unmarshal([]byte(body), &made), body)
	return made.ID, made.Token + made.RunnersToken
}

func goThroughExamples(t *testing.T, e example) {
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	group, groupToken := e.id("groups", rootToken, "name", e.group, "path", e.group)
	first, projectToken := e.id("projects", rootToken, "name", "first", "namespace_id", strconv.Itoa(group))
	second, _ := e.id("projects", rootToken, "name", "second", "namespace_id", strconv.Itoa(group))

	// Register a new runner; verify it.
	instance, token := e.id("runners", "", "token", registrationToken, "description", "test-1-20150125-test", "tag_list", "ruby,mysql,tag1,tag2")
	assert.Contains(t, e.expect(http.StatusOK, post, "runners/verify", "", "token", token), `"token":"`+token+`"`)
	// List owned runners, all runners.
	own, _ := e.id("runners", "", "token", projectToken)
	ofGroup, _ := e.id("runners", "", "token", groupToken)
	assert.Contains(t, e.expect(http.StatusOK, get, "runners", rootToken), fmt.Sprintf(`{"id":%d,`, own))
	assert.Contains(t, e.expect(http.StatusOK, get, "runners/all", rootToken), fmt.Sprintf(`{"id":%d,`, instance))
	// Details, update, pause.
	one := fmt.Sprintf("runners/%d", instance)
	assert.Contains(t, e.expect(http.StatusOK, get, one, rootToken), `"description":"test-1-20150125-test"`)
	assert.Contains(t, e.expect(http.StatusOK, put, one, rootToken, "description", "test-1-20150125-test", "tag_list", "ruby,mysql,tag1,tag2"),
		`"tag_list":["ruby","mysql","tag1","tag2"]`)
	assert.Contains(t, e.expect(http.StatusOK, put, one, rootToken, "active", "false"), `"active":false,`)
	// Jobs.
	assert.Equal(t, "[]", e.expect(http.StatusOK, get, one+"/jobs?status=running", rootToken))
	// Runners of a project: list, enable, disable. Runners of a group.
	runners := fmt.Sprintf("projects/%d/runners", second)
	assert.Contains(t, e.expect(http.StatusCreated, post, runners, rootToken, "runner_id", strconv.Itoa(own)), fmt.Sprintf(`{"id":%d,`, own))
	assert.Contains(t, e.expect(http.StatusOK, get, runners, rootToken), fmt.Sprintf(`{"id":%d,`, own))
	assert.Empty(t, e.expect(http.StatusNoContent, del, fmt.Sprintf("%s/%d", runners, own), rootToken))
	assert.Contains(t, e.expect(http.StatusOK, get, fmt.Sprintf("projects/%d/runners", first), rootToken), fmt.Sprintf(`{"id":%d,`, own))
	assert.Contains(t, e.expect(http.StatusOK, get, fmt.Sprintf("groups/%d/runners", group), rootToken), fmt.Sprintf(`{"id":%d,`, ofGroup))
	// Delete by token, by id.
	assert.Empty(t, e.expect(http.StatusNoContent, del, "runners", "", "token", token))
	assert.Equal(t, `{"message":"403 Forbidden"}`, e.expect(http.StatusForbidden, post, "runners/verify", "", "token", token))
	assert.Empty(t, e.expect(http.StatusNoContent, del, fmt.Sprintf("runners/%d", own), rootToken))
	assert.Equal(t, `{"message":"404 Not found"}`, e.expect(http.StatusNotFound, get, one, rootToken))
}

func sendMultipart(t *testing.T, method, url, token string, form ...string) (status int, body string) {
	t.Helper()
	var content bytes.Buffer
	fields := multipart.NewWriter(&content)
	for i := 0; i < len(form); i += 2 {
		require.NoError(t, fields.WriteField(form[i], form[i+1]))
	}
	require.NoError(t, fields.Close())
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	require.NoError(t, err)
	if len(form) > 0 {
		request.Body = io.NopCloser(&content)
		request.Header.Set("Content-Type", fields.FormDataContentType())
	}
	if token != "" {
		request.Header.Set("PRIVATE-TOKEN", token)
	}
	return answerTo(t, request)
}

// answerTo sends a request and reads the whole answer.
func answerTo(t *testing.T, request *http.Request) (status int, body string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(content)
}

func sendByCurl(curl string) sender {
	return func(t *testing.T, method, url, token string, form ...string) (status int, body string) {
		t.Helper()
		args := []string{"--silent", "--show-error", "--noproxy", "*", "--write-out", "\n%{http_code}", "--request", method, url}
		if token != "" {
			args = append(args, "--header", "PRIVATE-TOKEN: "+token)
		}
		for i := 0; i < len(form); i += 2 {
			args = append(args, "--form", form[i]+"="+form[i+1])
		}
		result := program.Run(t, nil, curl, args...)
		require.Zero(t, result.Code, result.Stderr)
		end := strings.LastIndex(result.Stdout, "\n")
		status, err := strconv.Atoi(result.Stdout[end+1:])
		require.NoError(t, err, result.Stdout)
		return status, result.Stdout[:end]
	}
}
