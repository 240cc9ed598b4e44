package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gitlab "gitlab.com/gitlab-org/api/client-go/v2"
)

func registerForInstance(t *testing.T, v *visitor) {
	registered, response, err := v.Runners.RegisterNewRunner(&gitlab.RegisterNewRunnerOptions{
		Token:       new(registrationToken),
		Description: new("a runner <of> the tests"),
		Info: &gitlab.RegisterNewRunnerInfoOptions{
			Name: new("gitlab-runner"), Version: new("14.0.0"), Revision: new("abcdef"), Platform: new("linux"), Architecture: new("amd64"),
		},
		Paused: new(true), Locked: new(true), RunUntagged: new(false), TagList: &[]string{"ruby", "mysql"},
		AccessLevel: new("ref_protected"), MaximumTimeout: new(int64(1200)), MaintenanceNote: new("ask the team"),
	})
	require.NoError(t, err)
	assert.Equal(t, http.StatusCreated, response.StatusCode)
	assert.NotEmpty(t, registered.Token)

	response, err = v.Runners.VerifyRegisteredRunner(&gitlab.VerifyRegisteredRunnerOptions{Token: &registered.Token})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, response.StatusCode)

	details, _, err := v.Runners.GetRunnerDetails(registered.ID)
	require.NoError(t, err)
	require.NotNil(t, details.ContactedAt, "verifying is a contact")
	details.ContactedAt = nil
	assert.Equal(t, &gitlab.RunnerDetails{
		ID: registered.ID, Description: "a runner <of> the tests", Name: "gitlab-runner", RunnerType: "instance_type", IsShared: true,
		Paused: true, Active: false, Online: true, Status: "paused", Locked: true, RunUntagged: false,
		TagList: []string{"ruby", "mysql"}, AccessLevel: "ref_protected", MaximumTimeout: 1200, MaintenanceNote: "ask the team",
		Version: "14.0.0", Revision: "abcdef", Platform: "linux", Architecture: "amd64", IPAddress: "127.0.0.1",
		Projects: []gitlab.RunnerDetailsProject{}, Groups: []gitlab.RunnerDetailsGroup{},
	}, details)
}

func registerForProject(t *testing.T, v *visitor) {
	project := v.project("app", v.group(v.mark, 0).ID)
	runner := v.register(with(project.RunnersToken))
	details, _, err := v.Runners.GetRunnerDetails(runner.ID)
	require.NoError(t, err)
	assert.Equal(t, "project_type", details.RunnerType)
	require.Len(t, details.Projects, 1)
	assert.Equal(t, project.ID, details.Projects[0].ID)
	assert.Equal(t, v.mark+"/app", details.Projects[0].PathWithNamespace)
}

func registerForGroup(t *testing.T, v *visitor) {
	group := v.group(v.mark, 0)
	runner := v.register(with(group.RunnersToken))
	details, _, err := v.Runners.GetRunnerDetails(runner.ID)
	require.NoError(t, err)
	assert.Equal(t, "group_type", details.RunnerType)
	require.Len(t, details.Groups, 1)
	assert.Equal(t, group.ID, details.Groups[0].ID)
	assert.Equal(t, group.WebURL, details.Groups[0].WebURL)
}

func registerWithWrongToken(t *testing.T, v *visitor) {
	_, _, err := v.Runners.RegisterNewRunner(&gitlab.RegisterNewRunnerOptions{Token: new("wrong")})
	requireStatus(t, err, http.StatusForbidden, `{"message":"403 Forbidden"}`)
	_, err = v.Runners.VerifyRegisteredRunner(&gitlab.VerifyRegisteredRunnerOptions{Token: new("wrong")})
	requireStatus(t, err, http.StatusForbidden, `{"message":"403 Forbidden"}`)
	_, _, err = v.Runners.RegisterNewRunner(&gitlab.RegisterNewRunnerOptions{
		Token: new(registrationToken), RunUntagged: new(false),
	})
	requireStatus(t, err, http.StatusBadRequest, "can not be empty when runner is not allowed to pick untagged jobs")
}

func deleteByID(t *testing.T, v *visitor) {
	first, second := v.register(), v.register()
	response, err := v.Runners.RemoveRunner(first.ID)
	require.NoError(t, err)
	assert.Equal(t, http.StatusNoContent, response.StatusCode)
	_, err = v.Runners.DeleteRegisteredRunnerByID(second.ID)
	require.NoError(t, err)
	for _, runner := range []*gitlab.Runner{first, second} {
		_, _, err = v.Runners.GetRunnerDetails(runner.ID)
		assert.ErrorIs(t, err, gitlab.ErrNotFound)
	}
	_, err = v.Runners.RemoveRunner(first.ID)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
}

func deleteByToken(t *testing.T, v *visitor) {
	runner := v.register()
	response, err := v.Runners.DeleteRegisteredRunner(&gitlab.DeleteRegisteredRunnerOptions{Token: &runner.Token})
	require.NoError(t, err)
	assert.Equal(t, http.StatusNoContent, response.StatusCode)
	_, err = v.Runners.VerifyRegisteredRunner(&gitlab.VerifyRegisteredRunnerOptions{Token: &runner.Token})
	requireStatus(t, err, http.StatusForbidden, `{"message":"403 Forbidden"}`)
	_, err = v.Runners.DeleteRegisteredRunner(&gitlab.DeleteRegisteredRunnerOptions{Token: &runner.Token})
	requireStatus(t, err, http.StatusForbidden, `{"message":"403 Forbidden"}`)
}
