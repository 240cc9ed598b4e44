package e2e

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gitlab "gitlab.com/gitlab-org/api/client-go/v2"

	"runyard/test/program"
)

// TestTheClientLibraryOfGitLabDrivesEveryOperation runs all scenarios against
// one server per database; each makes what it needs under names of its own.
func TestTheClientLibraryOfGitLabDrivesEveryOperation(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, url string) {
		server := program.Serve(t, runyard, withTokens(url)...)
		for name, scenario := range map[string]func(*testing.T, *visitor){
			"register a runner for the instance and verify it":            registerForInstance,
			"register a runner for a project":                             registerForProject,
			"register a runner for a group":                               registerForGroup,
			"refuse to register with a wrong token":                       registerWithWrongToken,
			"list all runners by type, status, state and tags":            filterAllRunners,
			"page through all runners":                                    pageThroughRunners,
			"list the runners that one owns":                              listOwnedRunners,
			"show, update, pause and resume a runner":                     changeRunner,
			"list the jobs of a runner":                                   listJobsOfRunner,
			"list, enable and disable the runners of a project by id":     func(t *testing.T, v *visitor) { changeRunnersOfProject(t, v, byID) },
			"list, enable and disable the runners of a project by path":   func(t *testing.T, v *visitor) { changeRunnersOfProject(t, v, byPath) },
			"list the runners of a group and of those above it":           listRunnersOfGroup,
			"delete a runner by id":                                       deleteByID,
			"delete a runner by token":                                    deleteByToken,
			"explain what went wrong":                                     explainErrors,
			"create, find, block and delete users":                        manageUsers,
			"create, show and revoke personal access tokens":              manageTokens,
			"create, nest, change and delete groups":                      manageGroups,
			"create, change and delete projects":                          manageProjects,
			"add, change, inherit and remove members of groups":           manageGroupMembers,
			"add, change, inherit and remove members of projects":         manageProjectMembers,
			"put a job into the queue and look at it":                     manageJobs,
			"ask for the version":                                         askVersion,
			"see what a request with the token of an ordinary user gives": actAsOrdinaryUser,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				scenario(t, &visitor{Client: newClient(t, server, rootToken), t: t, server: server, mark: strings.ToLower(rand.Text())})
			})
		}
	})
}

// visitor is the administrator root with GitLab's client library.
type visitor struct {
	*gitlab.Client

	t      *testing.T
	server *program.Process
	// mark is part of the names of this scenario, which no other one uses.
	mark string
}

func newClient(t *testing.T, server *program.Process, token string) *gitlab.Client {
	t.Helper()
	client, err := gitlab.NewClient(token, gitlab.WithBaseURL(server.URL("/")), gitlab.WithoutRetries())
	require.NoError(t, err)
	return client
}

// register makes an instance runner and returns its id and token.
func (v *visitor) register(change ...func(*gitlab.RegisterNewRunnerOptions)) *gitlab.Runner {
	v.t.Helper()
	options := &gitlab.RegisterNewRunnerOptions{Token: new(registrationToken)}
	for _, f := range change {
		f(options)
	}
	runner, _, err := v.Runners.RegisterNewRunner(options)
	require.NoError(v.t, err)
	return runner
}

// with is a change that registers by the token, with these tags.
func with(token string, tags ...string) func(*gitlab.RegisterNewRunnerOptions) {
	return func(options *gitlab.RegisterNewRunnerOptions) { options.Token, options.TagList = &token, &tags }
}

// group makes a group; parent is 0 for one at the top.
func (v *visitor) group(path string, parent int64) *gitlab.Group {
	v.t.Helper()
	options := &gitlab.CreateGroupOptions{Name: &path, Path: &path}
	if parent != 0 {
		options.ParentID = &parent
	}
	group, _, err := v.Groups.CreateGroup(options)
	require.NoError(v.t, err)
	return group
}

func (v *visitor) project(path string, namespace int64) *gitlab.Project {
	v.t.Helper()
	project, _, err := v.Projects.CreateProject(&gitlab.CreateProjectOptions{Name: &path, Path: &path, NamespaceID: &namespace})
	require.NoError(v.t, err)
	return project
}

func (v *visitor) user(name string) *gitlab.User {
	v.t.Helper()
	user, _, err := v.Users.CreateUser(&gitlab.CreateUserOptions{
		Username: &name, Name: &name, Email: new(name + "@example.com"), ForceRandomPassword: new(true),
	})
	require.NoError(v.t, err)
	return user
}

// as is the same server seen with a new token of a user.
func (v *visitor) as(user *gitlab.User, scopes ...string) *gitlab.Client {
	v.t.Helper()
	token, _, err := v.Users.CreatePersonalAccessToken(user.ID, &gitlab.CreatePersonalAccessTokenOptions{
		Name: new("test"), Scopes: &scopes,
	})
	require.NoError(v.t, err)
	return newClient(v.t, v.server, token.Token)
}

// requireStatus demands that the request failed with a status and a text.
func requireStatus(t *testing.T, err error, status int, text string) {
	t.Helper()
	var answer *gitlab.ErrorResponse
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, status, answer.StatusCode, answer.Message)
	assert.Contains(t, string(answer.Body), text)
}

func idsOf(runners []*gitlab.Runner) []int64 {
	ids := []int64{}
	for _, runner := range runners {
		ids = append(ids, runner.ID)
	}
	return ids
}
