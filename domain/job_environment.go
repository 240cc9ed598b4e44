package domain

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// JobContext is what a job's environment is made of.
type JobContext struct {
	Job      *Job
	Pipeline Pipeline
	Commit   *Commit // nil: none
	Project  *Project
	User     *User // nil: gone
	Runner   *Runner
	JobToken Secret
	Server   *url.URL // how clients reach the server
	Version  string   // of the server, as clients compare it
}

// Environment is every variable that the server has to send: the predefined
// ones first, then those of the job itself, so that these win (runner protocol,
// section 5).
func (c JobContext) Environment() []JobVariable {
	e := make(environment, 0, predefined+len(c.Job.s.Definition.Variables))
	c.addServer(&e)
	c.addJob(&e)
	c.addPipeline(&e)
	c.addProject(&e)
	c.addPeople(&e)
	if c.Project.s.RepositoryURL != "" {
		return append(e, c.Job.s.Definition.Variables...)
	}
	e.public("GIT_STRATEGY", "none")
	e = append(e, c.Job.s.Definition.Variables...)
	if !e.fetchesNothing() {
		e.public("GIT_STRATEGY", "none") // there is nothing to fetch, and agents fail if told to
	}
	return e
}

// predefined is about how many variables there are that are not the job's own.
const predefined = 96

// Revision is what the agent checks out: the commit or, if the job was made
// without one, what its ref points to when the agent has fetched it.
func (c JobContext) Revision() string {
	switch {
	case c.Pipeline.SHA != NoSHA:
		return c.Pipeline.SHA
	case c.Job.s.Tag:
		return "refs/tags/" + c.Job.s.Ref
	default:
		return "refs/remotes/origin/" + c.Job.s.Ref
	}
}

// environment collects predefined variables.
type environment []JobVariable

// fetchesNothing tells whether the strategy that wins, the last one, leaves the
// sources alone.
func (e environment) fetchesNothing() bool {
	nothing := false
	for _, variable := range e {
		if variable.Key == "GIT_STRATEGY" {
			nothing = variable.Value == "none" || variable.Value == "empty"
		}
	}
	return nothing
}

func (e *environment) public(key, value string) {
	*e = append(*e, JobVariable{Key: key, Value: value, Public: true})
}

func (e *environment) masked(key string, value Secret) {
	*e = append(*e, JobVariable{Key: key, Value: value.Reveal(), Masked: true})
}

func (c JobContext) addServer(e *environment) {
	port := c.Server.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[c.Server.Scheme]
	}
	version, _, _ := strings.Cut(c.Version, "-")
	parts := append(strings.SplitN(version, ".", 3), "0", "0", "0")
	api := strings.TrimSuffix(c.Server.String(), "/") + "/api/v4"
	e.public("CI", "true")
	e.public("GITLAB_CI", "true")
	e.public("CI_SERVER", "yes")
	e.public("CI_SERVER_URL", strings.TrimSuffix(c.Server.String(), "/"))
	e.public("CI_SERVER_HOST", c.Server.Hostname())
	e.public("CI_SERVER_FQDN", c.Server.Host)
	e.public("CI_SERVER_PORT", port)
	e.public("CI_SERVER_PROTOCOL", c.Server.Scheme)
	e.public("CI_SERVER_NAME", "Runyard")
	e.public("CI_SERVER_VERSION", c.Version)
	e.public("CI_SERVER_VERSION_MAJOR", parts[0])
	e.public("CI_SERVER_VERSION_MINOR", parts[1])
	e.public("CI_SERVER_VERSION_PATCH", parts[2])
	e.public("CI_API_V4_URL", api)
	e.public("GITLAB_FEATURES", "")
}

func (c JobContext) addJob(e *environment) {
	s, runner := c.Job.s, c.Runner.s
	page := c.page() + "/-/jobs/" + strconv.FormatInt(int64(s.ID), 10)
	e.public("CI_JOB_ID", strconv.FormatInt(int64(s.ID), 10))
	e.public("CI_JOB_URL", page)
	e.masked("CI_JOB_TOKEN", c.JobToken)
	e.public("CI_JOB_STARTED_AT", s.StartedAt.UTC().Format(time.RFC3339))
	e.public("CI_JOB_NAME", s.Name)
	e.public("CI_JOB_NAME_SLUG", slug(s.Name))
	e.public("CI_JOB_STAGE", s.Stage)
	e.public("CI_JOB_TIMEOUT", strconv.FormatInt(s.RunTimeout, 10))
	e.public("CI_NODE_TOTAL", "1")
	e.public("CI_BUILD_ID", strconv.FormatInt(int64(s.ID), 10))
	e.masked("CI_BUILD_TOKEN", c.JobToken)
	e.public("CI_REGISTRY_USER", "gitlab-ci-token")
	e.masked("CI_REGISTRY_PASSWORD", c.JobToken)
	if c.Project.s.RepositoryURL != "" {
		e.public("CI_REPOSITORY_URL", c.Project.s.RepositoryURL)
	}
	if s.Definition.Image != nil {
		e.public("CI_JOB_IMAGE", s.Definition.Image.Name)
	}
	e.public("CI_RUNNER_ID", strconv.FormatInt(int64(runner.ID), 10))
	e.public("CI_RUNNER_DESCRIPTION", orEmpty(runner.Description))
	e.public("CI_RUNNER_TAGS", jsonList(runner.Tags))
}

func (c JobContext) addPipeline(e *environment) {
	s := c.Job.s
	id := strconv.FormatInt(int64(c.Pipeline.ID), 10)
	sha := c.Pipeline.SHA
	e.public("CI_PIPELINE_ID", id)
	e.public("CI_PIPELINE_IID", id)
	e.public("CI_PIPELINE_URL", c.page()+"/-/pipelines/"+id)
	e.public("CI_PIPELINE_SOURCE", "api")
	e.public("CI_PIPELINE_CREATED_AT", c.Pipeline.CreatedAt.UTC().Format(time.RFC3339))
	e.public("CI_COMMIT_SHA", sha)
	e.public("CI_COMMIT_SHORT_SHA", sha[:min(8, len(sha))])
	e.public("CI_COMMIT_BEFORE_SHA", NoSHA)
	e.public("CI_COMMIT_REF_NAME", s.Ref)
	e.public("CI_COMMIT_REF_SLUG", slug(s.Ref))
	e.public("CI_COMMIT_REF_PROTECTED", strconv.FormatBool(s.Protected))
	if s.Tag {
		e.public("CI_COMMIT_TAG", s.Ref)
	} else {
		e.public("CI_COMMIT_BRANCH", s.Ref)
	}
	if c.Commit == nil {
		return
	}
	e.public("CI_COMMIT_MESSAGE", c.Commit.Message)
	e.public("CI_COMMIT_TITLE", c.Commit.Title)
	_, description, _ := strings.Cut(c.Commit.Message, "\n")
	e.public("CI_COMMIT_DESCRIPTION", strings.TrimSpace(description))
	e.public("CI_COMMIT_AUTHOR", c.Commit.AuthorName+" <"+c.Commit.AuthorEmail+">")
	if !c.Commit.CommittedDate.IsZero() {
		e.public("CI_COMMIT_TIMESTAMP", c.Commit.CommittedDate.Format(time.RFC3339))
	}
}

func (c JobContext) addProject(e *environment) {
	p := c.Project.s
	root, _, _ := strings.Cut(p.FullPath, "/")
	e.public("CI_PROJECT_ID", strconv.FormatInt(int64(p.ID), 10))
	e.public("CI_PROJECT_NAME", p.Path)
	e.public("CI_PROJECT_TITLE", p.Name)
	e.public("CI_PROJECT_DESCRIPTION", orEmpty(p.Description))
	e.public("CI_PROJECT_PATH", p.FullPath)
	e.public("CI_PROJECT_PATH_SLUG", slug(p.FullPath))
	e.public("CI_PROJECT_NAMESPACE", p.Namespace.FullPath)
	e.public("CI_PROJECT_NAMESPACE_SLUG", slug(p.Namespace.FullPath))
	e.public("CI_PROJECT_NAMESPACE_ID", strconv.FormatInt(int64(p.Namespace.ID), 10))
	e.public("CI_PROJECT_ROOT_NAMESPACE", root)
	e.public("CI_PROJECT_URL", c.page())
	e.public("CI_PROJECT_VISIBILITY", string(p.Visibility))
	e.public("CI_DEFAULT_BRANCH", p.DefaultBranch)
	e.public("CI_CONFIG_PATH", ".gitlab-ci.yml")
}

func (c JobContext) addPeople(e *environment) {
	if c.User == nil {
		return
	}
	u := c.User.s
	e.public("GITLAB_USER_ID", strconv.FormatInt(int64(u.ID), 10))
	e.public("GITLAB_USER_LOGIN", u.Username)
	e.public("GITLAB_USER_NAME", u.Name)
	e.public("GITLAB_USER_EMAIL", u.Email)
}

// page is the address of the project.
func (c JobContext) page() string {
	return strings.TrimSuffix(c.Server.String(), "/") + "/" + c.Project.s.FullPath
}

// maxSlug is how long a part of a host name may be.
const maxSlug = 63

// slug is a text as a part of a host name: lower case, digits and dashes only,
// short, without a dash at either end.
func slug(text string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(text))
	return strings.Trim(clean[:min(maxSlug, len(clean))], "-")
}

// jsonList writes tags as GitLab writes CI_RUNNER_TAGS.
func jsonList(tags Tags) string {
	quoted := make([]string, len(tags))
	for i, tag := range tags {
		quoted[i] = strconv.Quote(tag)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
