package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gitlab "gitlab.com/gitlab-org/api/client-go/v2"
)

// byID and byPath are the two ways to name a project.
func byID(project *gitlab.Project) any   { return project.ID }
func byPath(project *gitlab.Project) any { return project.PathWithNamespace }

func changeRunnersOfProject(t *testing.T, v *visitor, named func(*gitlab.Project) any) {
	group := v.group(v.mark, 0)
	first := v.project("sub.project", group.ID)
	second := v.project("other-project", group.ID)
	runner := v.register(with(first.RunnersToken, v.mark))

	enabled, response, err := v.Runners.EnableProjectRunner(named(second), &gitlab.EnableProjectRunnerOptions{RunnerID: runner.ID})
	require.NoError(t, err)
	assert.Equal(t, http.StatusCreated, response.StatusCode)
	assert.Equal(t, runner.ID, enabled.ID)
	_, _, err = v.Runners.EnableProjectRunner(named(second), &gitlab.EnableProjectRunnerOptions{RunnerID: runner.ID})
	requireStatus(t, err, http.StatusBadRequest, "Runner has already been taken")

	for _, project := range []*gitlab.Project{first, second} {
		runners, _, err := v.Runners.ListProjectRunners(named(project), &gitlab.ListProjectRunnersOptions{
			Type: new("project_type"), Scope: new("active"), TagList: &[]string{v.mark},
		})
		require.NoError(t, err)
		assert.Equal(t, []int64{runner.ID}, idsOf(runners))
	}

	response, err = v.Runners.DisableProjectRunner(named(first), runner.ID)
	require.NoError(t, err)
	assert.Equal(t, http.StatusNoContent, response.StatusCode)
	_, err = v.Runners.DisableProjectRunner(named(first), runner.ID)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
	_, err = v.Runners.DisableProjectRunner(named(second), runner.ID)
	requireStatus(t, err, http.StatusForbidden,
		`{"message":"403 Forbidden - Only one project associated with the runner. Please remove the runner instead"}`)

	ofGroup := v.register(with(group.RunnersToken))
	_, _, err = v.Runners.EnableProjectRunner(named(first), &gitlab.EnableProjectRunnerOptions{RunnerID: ofGroup.ID})
	requireStatus(t, err, http.StatusForbidden, `{"message":"403 Forbidden - Runner is a group runner"}`)
}

func listRunnersOfGroup(t *testing.T, v *visitor) {
	top := v.group(v.mark, 0)
	sub := v.group("sub", top.ID)
	instance := v.register(with(registrationToken, v.mark))
	ofTop := v.register(with(top.RunnersToken, v.mark))
	ofSub := v.register(with(sub.RunnersToken, v.mark, "docker"))
	v.register(with(v.project("app", sub.ID).RunnersToken, v.mark))

	for name, c := range map[string]struct {
		group   any
		options gitlab.ListGroupsRunnersOptions
		want    []int64
	}{
		"by id":    {sub.ID, gitlab.ListGroupsRunnersOptions{}, []int64{instance.ID, ofTop.ID, ofSub.ID}},
		"by path":  {v.mark + "/sub", gitlab.ListGroupsRunnersOptions{}, []int64{instance.ID, ofTop.ID, ofSub.ID}},
		"of above": {v.mark, gitlab.ListGroupsRunnersOptions{}, []int64{instance.ID, ofTop.ID}},
		"by type":  {sub.ID, gitlab.ListGroupsRunnersOptions{Type: new("group_type")}, []int64{ofTop.ID, ofSub.ID}},
		"by tags":  {sub.ID, gitlab.ListGroupsRunnersOptions{TagList: &[]string{v.mark, "docker"}}, []int64{ofSub.ID}},
		"by state": {sub.ID, gitlab.ListGroupsRunnersOptions{Status: new("online")}, []int64{}},
	} {
		if c.options.TagList == nil {
			c.options.TagList = &[]string{v.mark}
		}
		runners, _, err := v.Runners.ListGroupsRunners(c.group, &c.options)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, idsOf(runners), name)
	}
}

func actAsOrdinaryUser(t *testing.T, v *visitor) {
	group := v.group(v.mark, 0)
	project := v.project("app", group.ID)
	runner := v.register(with(project.RunnersToken))
	instance := v.register()
	user := v.user("user-" + v.mark)
	client := v.as(user, "api")

	_, _, err := client.Runners.ListAllRunners(nil)
	requireStatus(t, err, http.StatusForbidden, `{"message":"403 Forbidden"}`)
	_, _, err = client.Runners.GetRunnerDetails(runner.ID)
	requireStatus(t, err, http.StatusForbidden, `{"message":"403 Forbidden - No access granted"}`)
	_, _, err = client.Runners.ListRunnerJobs(instance.ID, nil)
	requireStatus(t, err, http.StatusForbidden, `{"message":"403 Forbidden - No access granted"}`)
	_, _, err = client.Runners.ListProjectRunners(project.ID, nil)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)

	_, _, err = v.ProjectMembers.AddProjectMember(project.ID, &gitlab.AddProjectMemberOptions{
		UserID: user.ID, AccessLevel: new(gitlab.MaintainerPermissions),
	})
	require.NoError(t, err)
	details, _, err := client.Runners.UpdateRunnerDetails(runner.ID, &gitlab.UpdateRunnerDetailsOptions{Description: new("mine now")})
	require.NoError(t, err)
	assert.Equal(t, "mine now", details.Description)
	_, _, err = client.Runners.GetRunnerDetails(instance.ID)
	require.NoError(t, err, "instance runners are for everybody to read")

	reader := v.as(user, "read_api")
	_, _, err = reader.Runners.GetRunnerDetails(runner.ID)
	require.NoError(t, err)
	_, err = reader.Runners.RemoveRunner(runner.ID)
	requireStatus(t, err, http.StatusForbidden, `"error":"insufficient_scope"`)
	_, err = client.Runners.RemoveRunner(runner.ID)
	require.NoError(t, err)
}
