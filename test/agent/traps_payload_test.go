package agent_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/agent"
	"runyard/test/apitest"
)

// everything uses every field that a job can have.
const everything = `, "stage": "build", "script": ["make", "make check"], "before_script": "echo before",
	"after_script": ["echo after"], "ref": "main", "protected": true, "timeout": 1200,
	"commit": {"id": "2a7c107215f8ee4f8d3e8f7d8f4b2a9d2c8e1f0a", "message": "Fix\n\nAll of it", "author_name": "Ada",
		"author_email": "ada@example.com", "committed_date": "2024-02-28T10:11:12.000+02:00"},
	"variables": [{"key": "PLAIN", "value": 1, "public": true}, {"key": "HIDDEN", "value": "s3cret", "masked": true},
		{"key": "FILE", "value": "content", "file": true}, {"key": "RAW", "value": "$PLAIN", "raw": true}],
	"image": "golang:1.26", "services": [{"name": "postgres:15", "alias": "db", "entrypoint": ["sh"], "command": ["-c"]}],
	"artifacts": [{"name": "out", "paths": ["out/"], "exclude": ["out/tmp"], "untracked": true, "when": "always",
		"expire_in": "1 week"}, {"paths": ["junit.xml"], "artifact_type": "junit", "artifact_format": "gzip"}]`

// jobToken is the number in a token of a job: how many searches came before is
// nothing that answers promise.
var jobToken = regexp.MustCompile(`glcbt-token-of-job-\d+`)

// requireGolden compares JSON with a file. RUNYARD_GOLDEN=write writes the file.
func requireGolden(t *testing.T, name, text string) {
	t.Helper()
	text = jobToken.ReplaceAllString(text, "glcbt-token-of-job")
	path := filepath.Join("testdata", name)
	if os.Getenv("RUNYARD_GOLDEN") == "write" {
		var value any
		require.NoError(t, json.Unmarshal([]byte(text), &value))
		indented, err := json.MarshalIndent(value, "", "  ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, append(indented, '\n'), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.JSONEq(t, string(want), text)
}

func TestThePayloadIsTheOneThatWasAgreedOn(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.registered(agent.V19, apitest.RegistrationToken, map[string]any{"tag_list": "shell,linux", "maximum_timeout": 600})
		l.rootDo(http.StatusOK, http.MethodPut, "projects/1",
			apitest.JSON(`{"repository_url": "https://git.example.com/group/project.git"}`))
		first := l.enqueue(everything)
		job, offer := a.AskAnew()
		require.Equal(t, http.StatusCreated, offer.Status, offer.Body)
		requireGolden(t, "payload.json", offer.Body)

		_, err := job.Upload(nil, "out.zip", strings.NewReader("PK of out"))
		require.NoError(t, err)
		job.Acknowledge()
		requireGolden(t, "job_running.json", l.rootDo(http.StatusOK, http.MethodGet, l.jobPath(first)).Body)
		job.Succeed("done\n")
		requireGolden(t, "job_success.json", l.rootDo(http.StatusOK, http.MethodGet, l.jobPath(first)).Body)

		second := l.enqueue(`, "pipeline_id": 1, "needs": [%d]`, first)
		_, offer = a.AskAnew()
		require.Equal(t, http.StatusCreated, offer.Status, offer.Body)
		requireGolden(t, "payload_with_dependency.json", offer.Body)
		assert.Equal(t, "running", l.job(second).Status)
	})
}

func TestNeverEmitAnEmptyRunNumbersAsVariableValuesOrAScriptThatIsNoList(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		for name, job := range map[string]string{"the least": "", "everything": everything} {
			l.enqueue("%s", job)
			_, offer := a.AskAnew()
			require.Equal(t, http.StatusCreated, offer.Status, name)
			var payload struct {
				ID         json.Number
				Variables  []map[string]any
				Steps      []map[string]any
				RunnerInfo struct{ Timeout json.Number } `json:"runner_info"`
			}
			l.Into(apitest.Response{Body: offer.Body}, &payload)
			var all map[string]json.RawMessage
			l.Into(apitest.Response{Body: offer.Body}, &all)
			for _, never := range []string{"run", "inputs", "policy_options", "suspend_options", "secrets"} {
				assert.NotContains(t, all, never, name)
			}
			for _, value := range all {
				assert.NotEqual(t, "null", string(value), "%s: %s", name, offer.Body)
			}
			assert.NotContains(t, payload.ID.String()+payload.RunnerInfo.Timeout.String(), ".", name)
			for _, variable := range payload.Variables {
				assert.IsType(t, "", variable["value"], "%s: %v", name, variable["key"])
			}
			for _, step := range payload.Steps {
				assert.IsType(t, []any{}, step["script"], name)
			}
		}
	})
}

func TestGitInfoHasAShaOfAtLeastEightCharactersOrIsNotThere(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.agent()
		l.enqueue("")
		without, offer := a.AskAnew()
		require.NotNil(t, without)
		assert.NotContains(t, offer.Body, "git_info", "a project without a repository")
		assert.Equal(t, "none", without.Value("GIT_STRATEGY"))
		l.rootDo(http.StatusOK, http.MethodPut, "projects/1", apitest.JSON(`{"repository_url": "https://git.example.com/p.git"}`))
		l.enqueue(`, "ref": "v1", "tag": true, "commit": {"id": "2a7c107215f8ee4f8d3e8f7d8f4b2a9d2c8e1f0a"}`)
		tag := a.MustAsk()
		assert.Equal(t, agent.GitInfo{
			RepoURL: "https://git.example.com/p.git", Ref: "v1", SHA: "2a7c107215f8ee4f8d3e8f7d8f4b2a9d2c8e1f0a",
			BeforeSHA: domain.NoSHA, RefType: "tag", Refspecs: []string{"+refs/tags/v1:refs/tags/v1"}, Depth: 20,
			Protected: new(false),
		}, tag.GitInfo)
		assert.Empty(t, tag.Value("GIT_STRATEGY"))
		l.enqueue("")
		assert.GreaterOrEqual(t, len(a.MustAsk().GitInfo.SHA), 8)
	})
}

func TestAllCIVariablesComeFromTheServer(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := l.registered(agent.V19, apitest.RegistrationToken, map[string]any{"tag_list": "shell,linux"})
		id := l.enqueue(everything)
		job := a.MustAsk()
		assert.Equal(t, id, job.ID)
		for _, key := range []string{
			"CI", "GITLAB_CI", "CI_JOB_ID", "CI_JOB_TOKEN", "CI_JOB_NAME", "CI_JOB_STAGE", "CI_JOB_URL", "CI_PIPELINE_ID",
			"CI_PIPELINE_URL", "CI_PROJECT_ID", "CI_PROJECT_PATH", "CI_PROJECT_NAME", "CI_PROJECT_URL", "CI_COMMIT_SHA",
			"CI_COMMIT_SHORT_SHA", "CI_COMMIT_REF_NAME", "CI_COMMIT_REF_SLUG", "CI_COMMIT_BRANCH", "CI_COMMIT_MESSAGE",
			"CI_DEFAULT_BRANCH", "CI_SERVER_URL", "CI_SERVER_HOST", "CI_SERVER_VERSION", "CI_API_V4_URL", "CI_RUNNER_ID",
			"CI_RUNNER_TAGS", "CI_RUNNER_DESCRIPTION", "GITLAB_USER_ID", "GITLAB_USER_LOGIN", "PLAIN", "HIDDEN", "FILE", "RAW",
		} {
			assert.NotEmpty(t, job.Value(key), key)
		}
		assert.Equal(t, job.Token, job.Value("CI_JOB_TOKEN"))
		for _, variable := range job.Variables {
			assert.Equal(t, variable.Masked, variable.Value == job.Token || variable.Key == "HIDDEN", variable.Key)
			assert.Equal(t, variable.File, variable.Key == "FILE", variable.Key)
			assert.Equal(t, variable.Raw, variable.Key == "RAW", variable.Key)
		}
	})
}

func TestTokenExpiresAtIsNullOrRFC3339(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		a := agent.New(t, agent.V19, l.url, "")
		a.Register(apitest.RegistrationToken, nil)
		var verified map[string]any
		l.Into(apitest.Response{Body: a.Verify().Body}, &verified)
		assert.Contains(t, verified, "token_expires_at")
		assert.Nil(t, verified["token_expires_at"])
	})
}
