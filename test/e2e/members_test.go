package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gitlab "gitlab.com/gitlab-org/api/client-go/v2"
)

func manageGroupMembers(t *testing.T, v *visitor) {
	top := v.group(v.mark, 0)
	sub := v.group("sub", top.ID)
	user := v.user("mia-" + v.mark)
	add := &gitlab.AddGroupMemberOptions{UserID: &user.ID, AccessLevel: new(gitlab.DeveloperPermissions)}
	member, _, err := v.GroupMembers.AddGroupMember(top.ID, add)
	require.NoError(t, err)
	assert.Equal(t, gitlab.DeveloperPermissions, member.AccessLevel)
	_, _, err = v.GroupMembers.AddGroupMember(top.ID, add)
	requireStatus(t, err, http.StatusConflict, `{"message":"Member already exists"}`)

	_, _, err = v.GroupMembers.GetGroupMember(sub.ID, user.ID)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
	inherited, _, err := v.Groups.ListAllGroupMembers(sub.ID, nil)
	require.NoError(t, err)
	assert.Equal(t, map[string]gitlab.AccessLevelValue{"root": gitlab.OwnerPermissions, user.Username: gitlab.DeveloperPermissions}, levelsOf(inherited))

	_, _, err = v.GroupMembers.EditGroupMember(top.ID, user.ID, &gitlab.EditGroupMemberOptions{AccessLevel: new(gitlab.OwnerPermissions)})
	require.NoError(t, err)
	client := v.as(user, "api")
	runners, _, err := client.Runners.ListGroupsRunners(sub.ID, &gitlab.ListGroupsRunnersOptions{Type: new("group_type")})
	require.NoError(t, err)
	assert.Empty(t, runners)
	require.NoError(t, onlyError(v.GroupMembers.RemoveGroupMember(top.ID, user.ID, nil)))
	_, _, err = client.Runners.ListGroupsRunners(sub.ID, nil)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
}

func levelsOf(members []*gitlab.GroupMember) map[string]gitlab.AccessLevelValue {
	levels := map[string]gitlab.AccessLevelValue{}
	for _, member := range members {
		levels[member.Username] = member.AccessLevel
	}
	return levels
}

func manageProjectMembers(t *testing.T, v *visitor) {
	project := v.project("app", v.group(v.mark, 0).ID)
	user := v.user("leo-" + v.mark)
	_, _, err := v.ProjectMembers.AddProjectMember(project.PathWithNamespace, &gitlab.AddProjectMemberOptions{
		UserID: user.ID, AccessLevel: new(gitlab.ReporterPermissions), ExpiresAt: new("2999-12-31"),
	})
	require.NoError(t, err)
	member, _, err := v.ProjectMembers.GetProjectMember(project.ID, user.ID)
	require.NoError(t, err)
	assert.Equal(t, gitlab.ReporterPermissions, member.AccessLevel)
	assert.Equal(t, "2999-12-31", member.ExpiresAt.String())

	direct, _, err := v.ProjectMembers.ListProjectMembers(project.ID, nil)
	require.NoError(t, err)
	require.Len(t, direct, 1)
	all, _, err := v.ProjectMembers.ListAllProjectMembers(project.ID, nil)
	require.NoError(t, err)
	assert.Len(t, all, 2, "the owner of the group is a member as well")

	client := v.as(user, "api")
	_, _, err = client.Runners.ListProjectRunners(project.ID, nil)
	requireStatus(t, err, http.StatusForbidden, `{"message":"403 Forbidden"}`)
	_, _, err = v.ProjectMembers.EditProjectMember(project.ID, user.ID, &gitlab.EditProjectMemberOptions{
		AccessLevel: new(gitlab.MaintainerPermissions),
	})
	require.NoError(t, err)
	_, _, err = client.Runners.ListProjectRunners(project.ID, nil)
	require.NoError(t, err)
	// An expired membership is none.
	_, _, err = v.ProjectMembers.EditProjectMember(project.ID, user.ID, &gitlab.EditProjectMemberOptions{
		AccessLevel: new(gitlab.MaintainerPermissions), ExpiresAt: new("2020-01-01"),
	})
	require.NoError(t, err)
	_, _, err = client.Runners.ListProjectRunners(project.ID, nil)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
	require.NoError(t, onlyError(v.ProjectMembers.DeleteProjectMember(project.ID, user.ID)))
	_, _, err = v.ProjectMembers.GetProjectMember(project.ID, user.ID)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
}
