package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gitlab "gitlab.com/gitlab-org/api/client-go/v2"
)

func manageUsers(t *testing.T, v *visitor) {
	user := v.user("ann-" + v.mark)
	found, _, err := v.Users.ListUsers(&gitlab.ListUsersOptions{Username: &user.Username})
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, user.ID, found[0].ID)
	found, _, err = v.Users.ListUsers(&gitlab.ListUsersOptions{Search: &v.mark})
	require.NoError(t, err)
	require.Len(t, found, 1)
	shown, _, err := v.Users.GetUser(user.ID, nil)
	require.NoError(t, err)
	assert.Equal(t, "active", shown.State)
	assert.Equal(t, user.Username+"@example.com", shown.Email, "administrators see it")

	_, _, err = v.Users.CreateUser(&gitlab.CreateUserOptions{
		Username: &user.Username, Name: new("Ann"), Email: new("other-" + v.mark + "@example.com"), ForceRandomPassword: new(true),
	})
	requireStatus(t, err, http.StatusConflict, `{"message":"Username has already been taken"}`)

	client := v.as(user, "api")
	oneself, _, err := client.Users.CurrentUser()
	require.NoError(t, err)
	assert.Equal(t, user.ID, oneself.ID)
	require.NoError(t, onlyError(v.Users.BlockUser(user.ID)))
	_, _, err = client.Users.CurrentUser()
	requireStatus(t, err, http.StatusForbidden, `{"message":"403 Forbidden - Your account has been blocked."}`)
	require.NoError(t, onlyError(v.Users.UnblockUser(user.ID)))
	_, _, err = client.Users.CurrentUser()
	require.NoError(t, err)
	require.NoError(t, onlyError(v.Users.DeleteUser(user.ID)))
	_, _, err = v.Users.GetUser(user.ID, nil)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
}

// onlyError is for calls that answer nothing else.
func onlyError(_ *gitlab.Response, err error) error { return err }

func manageTokens(t *testing.T, v *visitor) {
	user := v.user("tim-" + v.mark)
	token, _, err := v.Users.CreatePersonalAccessToken(user.ID, &gitlab.CreatePersonalAccessTokenOptions{
		Name: new("laptop"), Scopes: &[]string{"read_api"}, ExpiresAt: new(gitlab.ISOTime(time.Date(2999, 1, 2, 0, 0, 0, 0, time.UTC))),
	})
	require.NoError(t, err)
	assert.Regexp(t, "^glpat-", token.Token)
	assert.Equal(t, "2999-01-02", token.ExpiresAt.String())

	client := newClient(t, v.server, token.Token)
	self, _, err := client.PersonalAccessTokens.GetSinglePersonalAccessToken()
	require.NoError(t, err)
	assert.Equal(t, []string{"read_api"}, self.Scopes)
	assert.Empty(t, self.Token)
	require.NoError(t, onlyError(v.PersonalAccessTokens.RevokePersonalAccessTokenByID(token.ID)))
	_, _, err = client.Runners.ListRunners(nil)
	requireStatus(t, err, http.StatusUnauthorized, "Token was revoked. You have to re-authorize from the user.")

	_, _, err = v.Users.CreatePersonalAccessToken(user.ID, &gitlab.CreatePersonalAccessTokenOptions{
		Name: new("odd"), Scopes: &[]string{"everything"},
	})
	requireStatus(t, err, http.StatusBadRequest, `{"message":{"scopes":["can only contain available scopes"]}}`)
}

func manageGroups(t *testing.T, v *visitor) {
	top := v.group(v.mark, 0)
	sub := v.group("sub", top.ID)
	assert.Equal(t, v.mark+"/sub", sub.FullPath)
	assert.Equal(t, gitlab.PrivateVisibility, sub.Visibility)
	_, _, err := v.Groups.CreateGroup(&gitlab.CreateGroupOptions{Name: new("again"), Path: &v.mark})
	requireStatus(t, err, http.StatusBadRequest, "has already been taken")

	shown, _, err := v.Groups.GetGroup(v.mark+"/sub", nil)
	require.NoError(t, err)
	assert.Equal(t, sub.ID, shown.ID)
	assert.NotEmpty(t, shown.RunnersToken)
	changed, _, err := v.Groups.UpdateGroup(top.ID, &gitlab.UpdateGroupOptions{Path: new("new-" + v.mark), Description: new("moved")})
	require.NoError(t, err)
	assert.Equal(t, "moved", changed.Description)
	shown, _, err = v.Groups.GetGroup(sub.ID, nil)
	require.NoError(t, err)
	assert.Equal(t, "new-"+v.mark+"/sub", shown.FullPath, "the path of a group is that of all below it")
	groups, _, err := v.as(v.user("outside-"+v.mark), "api").Groups.ListGroups(nil)
	require.NoError(t, err)
	assert.Empty(t, groups, "private groups are for their members")

	project := v.project("app", sub.ID)
	runner := v.register(with(sub.RunnersToken))
	response, err := v.Groups.DeleteGroup(top.ID, nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusAccepted, response.StatusCode)
	_, _, err = v.Groups.GetGroup(sub.ID, nil)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
	_, _, err = v.Projects.GetProject(project.ID, nil)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
	_, _, err = v.Runners.GetRunnerDetails(runner.ID)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
}

func manageProjects(t *testing.T, v *visitor) {
	group := v.group(v.mark, 0)
	project := v.project("sub.project", group.ID)
	assert.Equal(t, v.mark+"/sub.project", project.PathWithNamespace)
	assert.Equal(t, "main", project.DefaultBranch)
	assert.Equal(t, int64(3600), project.BuildTimeout)
	assert.True(t, project.SharedRunnersEnabled && project.GroupRunnersEnabled)
	_, _, err := v.Projects.CreateProject(&gitlab.CreateProjectOptions{Path: new("sub.project"), NamespaceID: &group.ID})
	requireStatus(t, err, http.StatusBadRequest, "has already been taken")

	changed, _, err := v.Projects.EditProject(project.PathWithNamespace, &gitlab.EditProjectOptions{
		SharedRunnersEnabled: new(false), BuildTimeout: new(int64(60)), Description: new("changed"),
	})
	require.NoError(t, err)
	assert.False(t, changed.SharedRunnersEnabled)
	shown, _, err := v.Projects.GetProject(project.ID, nil)
	require.NoError(t, err)
	assert.Equal(t, changed, shown)

	user := v.user("zoe-" + v.mark)
	own, _, err := v.Projects.CreateProjectForUser(user.ID, &gitlab.CreateProjectForUserOptions{Name: new("hers")})
	require.NoError(t, err)
	assert.Equal(t, user.Username+"/hers", own.PathWithNamespace)
	projects, _, err := v.as(user, "read_api").Projects.ListProjects(nil)
	require.NoError(t, err)
	require.Len(t, projects, 1)
	assert.Equal(t, own.ID, projects[0].ID)

	runner := v.register(with(own.RunnersToken))
	response, err := v.Projects.DeleteProject(own.ID, nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusAccepted, response.StatusCode)
	details, _, err := v.Runners.GetRunnerDetails(runner.ID)
	require.NoError(t, err, "a runner outlives its projects")
	assert.Empty(t, details.Projects)
}

func askVersion(t *testing.T, v *visitor) {
	version, _, err := v.Version.GetVersion()
	require.NoError(t, err)
	assert.Regexp(t, `^14\.0\.0-runyard\.\d+\.\d+\.\d+$`, version.Version)
	metadata, _, err := v.Metadata.GetMetadata()
	require.NoError(t, err)
	assert.Equal(t, version.Version, metadata.Version)
	assert.False(t, metadata.Enterprise)
}
