package domain_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

// aContext is everything around job 9 at runner 7; change it at will.
func aContext(t *testing.T, changes ...func(c *domain.JobContext)) domain.JobContext {
	t.Helper()
	server, err := url.Parse("https://ci.example.com:8443/runyard/")
	require.NoError(t, err)
	c := domain.JobContext{
		Job: aJob(handedOver, func(s *domain.JobState) {
			s.Name, s.Protected = "Compile & link", true
			s.Definition.Image = &domain.JobImage{Name: "golang:1.26"}
			s.Definition.Variables = []domain.JobVariable{
				{Key: "CI_JOB_STAGE", Value: "mine", Public: true}, {Key: "PASSWORD", Value: "p", Masked: true, Raw: true},
			}
		}),
		Pipeline: domain.Pipeline{ID: 2, SHA: "3b6f852e4c" + strings.Repeat("0", 30), CreatedAt: yesterday},
		Commit: &domain.Commit{
			Title: "Fix it", Message: "Fix it\n\nFor good.\n", AuthorName: "Ann", AuthorEmail: "ann@example.com",
			CommittedDate: time.Date(2021, time.June, 20, 9, 0, 0, 0, time.FixedZone("", 7200)),
		},
		Project: domain.RestoreProject(domain.ProjectState{
			ID: 4, Name: "Engine", Path: "engine", FullPath: "acme/tools/engine", Description: new("an engine"),
			Namespace:     domain.Namespace{ID: 3, FullPath: "acme/tools"},
			DefaultBranch: "main", Visibility: domain.Private, RepositoryURL: "https://git.example.com/engine.git",
		}),
		User:     domain.RestoreUser(domain.UserState{ID: 5, Username: "sam", Name: "Sam", Email: "sam@example.com"}),
		Runner:   aRunner(tagged("shell", `say "hi"`), func(s *domain.RunnerState) { s.Description = new("lab") }),
		JobToken: "glcbt-x", Server: server, Version: "19.4.2-runyard",
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

// values are the variables as a script sees them: the last one with a key wins.
func values(variables []domain.JobVariable) map[string]string {
	seen := make(map[string]string)
	for _, v := range variables {
		seen[v.Key] = v.Value
	}
	return seen
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"CI": "true", "GITLAB_CI": "true", "CI_SERVER": "yes", "CI_SERVER_URL": "https://ci.example.com:8443/runyard",
		"CI_SERVER_HOST": "ci.example.com", "CI_SERVER_FQDN": "ci.example.com:8443", "CI_SERVER_PORT": "8443",
		"CI_SERVER_PROTOCOL": "https", "CI_SERVER_NAME": "Runyard", "CI_SERVER_VERSION": "19.4.2-runyard",
		"CI_SERVER_VERSION_MAJOR": "19", "CI_SERVER_VERSION_MINOR": "4", "CI_SERVER_VERSION_PATCH": "2",
		"CI_API_V4_URL": "https://ci.example.com:8443/runyard/api/v4", "GITLAB_FEATURES": "",

		"CI_JOB_ID": "9", "CI_JOB_URL": "https://ci.example.com:8443/runyard/acme/tools/engine/-/jobs/9",
		"CI_JOB_TOKEN": "glcbt-x", "CI_JOB_STARTED_AT": "2021-06-22T11:00:00Z", "CI_JOB_NAME": "Compile & link",
		"CI_JOB_NAME_SLUG": "compile---link", "CI_JOB_STAGE": "mine", "CI_JOB_TIMEOUT": "3600", "CI_NODE_TOTAL": "1",
		"CI_BUILD_ID": "9", "CI_BUILD_TOKEN": "glcbt-x", "CI_REGISTRY_USER": "gitlab-ci-token",
		"CI_REGISTRY_PASSWORD": "glcbt-x", "CI_REPOSITORY_URL": "https://git.example.com/engine.git",
		"CI_JOB_IMAGE": "golang:1.26", "CI_RUNNER_ID": "7", "CI_RUNNER_DESCRIPTION": "lab",
		"CI_RUNNER_TAGS": `["shell", "say \"hi\""]`,

		"CI_PIPELINE_ID": "2", "CI_PIPELINE_IID": "2",
		"CI_PIPELINE_URL":    "https://ci.example.com:8443/runyard/acme/tools/engine/-/pipelines/2",
		"CI_PIPELINE_SOURCE": "api", "CI_PIPELINE_CREATED_AT": "2021-06-21T12:00:00Z",
		"CI_COMMIT_SHA": "3b6f852e4c" + strings.Repeat("0", 30), "CI_COMMIT_SHORT_SHA": "3b6f852e",
		"CI_COMMIT_BEFORE_SHA": domain.NoSHA, "CI_COMMIT_REF_NAME": "main", "CI_COMMIT_REF_SLUG": "main",
		"CI_COMMIT_REF_PROTECTED": "true", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_MESSAGE": "Fix it\n\nFor good.\n",
		"CI_COMMIT_TITLE": "Fix it", "CI_COMMIT_DESCRIPTION": "For good.", "CI_COMMIT_AUTHOR": "Ann <ann@example.com>",
		"CI_COMMIT_TIMESTAMP": "2021-06-20T09:00:00+02:00",

		"CI_PROJECT_ID": "4", "CI_PROJECT_NAME": "engine", "CI_PROJECT_TITLE": "Engine",
		"CI_PROJECT_DESCRIPTION": "an engine", "CI_PROJECT_PATH": "acme/tools/engine",
		"CI_PROJECT_PATH_SLUG": "acme-tools-engine", "CI_PROJECT_NAMESPACE": "acme/tools",
		"CI_PROJECT_NAMESPACE_SLUG": "acme-tools", "CI_PROJECT_NAMESPACE_ID": "3", "CI_PROJECT_ROOT_NAMESPACE": "acme",
		"CI_PROJECT_URL": "https://ci.example.com:8443/runyard/acme/tools/engine", "CI_PROJECT_VISIBILITY": "private",
		"CI_DEFAULT_BRANCH": "main", "CI_CONFIG_PATH": ".gitlab-ci.yml",

		"GITLAB_USER_ID": "5", "GITLAB_USER_LOGIN": "sam", "GITLAB_USER_NAME": "Sam", "GITLAB_USER_EMAIL": "sam@example.com",
		"PASSWORD": "p",
	}
	assert.Empty(t, cmp.Diff(want, values(aContext(t).Environment())))
}

func TestEnvironmentOfABareJob(t *testing.T) {
	t.Parallel()
	bare := values(aContext(t, func(c *domain.JobContext) {
		c.Job = aJob(handedOver, func(s *domain.JobState) {
			s.Ref, s.Tag = "v1.0/"+strings.Repeat("x", 80), true
		})
		c.Project = domain.RestoreProject(domain.ProjectState{ID: 4, FullPath: "sam/engine"})
		c.Commit, c.User, c.Runner = nil, nil, aRunner()
		c.Server, c.Version = &url.URL{Scheme: "http", Host: "ci.example.com"}, "19"
	}).Environment())
	assert.Equal(t, "none", bare["GIT_STRATEGY"], "there are no sources")
	assert.Equal(t, "v1.0/"+strings.Repeat("x", 80), bare["CI_COMMIT_TAG"])
	assert.Equal(t, "v1-0-"+strings.Repeat("x", 58), bare["CI_COMMIT_REF_SLUG"])
	assert.Equal(t, "80", bare["CI_SERVER_PORT"])
	assert.Equal(t, "0", bare["CI_SERVER_VERSION_MINOR"])
	assert.Equal(t, "0", bare["CI_SERVER_VERSION_PATCH"])
	assert.Equal(t, "[]", bare["CI_RUNNER_TAGS"])
	assert.Empty(t, bare["CI_RUNNER_DESCRIPTION"])
	for _, key := range []string{
		"CI_COMMIT_BRANCH", "CI_COMMIT_MESSAGE", "CI_COMMIT_AUTHOR", "CI_REPOSITORY_URL", "CI_JOB_IMAGE", "GITLAB_USER_ID",
	} {
		assert.NotContains(t, bare, key)
	}
	undated := values(aContext(t, func(c *domain.JobContext) {
		c.Commit, c.Server = &domain.Commit{Title: "Fix"}, &url.URL{Scheme: "https", Host: "ci.example.com"}
	}).Environment())
	assert.NotContains(t, undated, "CI_COMMIT_TIMESTAMP")
	assert.Equal(t, "443", undated["CI_SERVER_PORT"])
}

func TestTokensInTheEnvironmentAreMasked(t *testing.T) {
	t.Parallel()
	masked := 0
	for _, v := range aContext(t).Environment() {
		if v.Value == "glcbt-x" {
			assert.True(t, v.Masked && !v.Public, v.Key)
			masked++
		}
	}
	assert.Equal(t, 3, masked)
}

func TestVariablesOfTheJobWinAndStayAsTheyAre(t *testing.T) {
	t.Parallel()
	variables := aContext(t).Environment()
	last := variables[len(variables)-2:]
	assert.Equal(t, []domain.JobVariable{
		{Key: "CI_JOB_STAGE", Value: "mine", Public: true}, {Key: "PASSWORD", Value: "p", Masked: true, Raw: true},
	}, last)
}

// An agent that is told to fetch, and not what, fails the job.
func TestAJobWithoutARepositoryFetchesNothingWhateverItSays(t *testing.T) {
	t.Parallel()
	for own, want := range map[string]string{"fetch": "none", "clone": "none", "none": "none", "empty": "empty"} {
		strategy := func(c *domain.JobContext) {
			c.Job = aJob(handedOver, func(s *domain.JobState) {
				s.Definition.Variables = []domain.JobVariable{{Key: "GIT_STRATEGY", Value: own}}
			})
		}
		assert.Equal(t, own, values(aContext(t, strategy).Environment())["GIT_STRATEGY"])
		assert.Equal(t, want, values(aContext(t, strategy, func(c *domain.JobContext) {
			c.Project = domain.RestoreProject(domain.ProjectState{ID: 4, FullPath: "sam/engine"})
		}).Environment())["GIT_STRATEGY"])
	}
}

func TestAJobWithoutACommitChecksOutItsRef(t *testing.T) {
	t.Parallel()
	made := aContext(t)
	assert.Equal(t, made.Pipeline.SHA, made.Revision())
	bare := func(tag bool) domain.JobContext {
		return aContext(t, func(c *domain.JobContext) {
			c.Pipeline.SHA = domain.NoSHA
			c.Job = aJob(handedOver, func(s *domain.JobState) { s.Ref, s.Tag = "v1/a", tag })
		})
	}
	assert.Equal(t, "refs/remotes/origin/v1/a", bare(false).Revision())
	assert.Equal(t, "refs/tags/v1/a", bare(true).Revision())
}
