package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gitlab "gitlab.com/gitlab-org/api/client-go/v2"
)

func filterAllRunners(t *testing.T, v *visitor) {
	group := v.group(v.mark, 0)
	project := v.project("app", group.ID)
	instance := v.register(with(registrationToken, v.mark, "linux"))
	ofGroup := v.register(with(group.RunnersToken, v.mark, "linux", "docker"))
	ofProject := v.register(with(project.RunnersToken, v.mark), func(o *gitlab.RegisterNewRunnerOptions) { o.Paused = new(true) })
	_, err := v.Runners.VerifyRegisteredRunner(&gitlab.VerifyRegisteredRunnerOptions{Token: &instance.Token})
	require.NoError(t, err)

	for name, c := range map[string]struct {
		options gitlab.ListRunnersOptions
		want    []int64
	}{
		"by one tag":             {gitlab.ListRunnersOptions{}, []int64{instance.ID, ofGroup.ID, ofProject.ID}},
		"by all of several tags": {gitlab.ListRunnersOptions{TagList: &[]string{v.mark, "linux", "docker"}}, []int64{ofGroup.ID}},
		"by type":                {gitlab.ListRunnersOptions{Type: new("group_type")}, []int64{ofGroup.ID}},
		"by status":              {gitlab.ListRunnersOptions{Status: new("online")}, []int64{instance.ID}},
		"by being paused":        {gitlab.ListRunnersOptions{Paused: new(true)}, []int64{ofProject.ID}},
		"by not being paused":    {gitlab.ListRunnersOptions{Paused: new(false)}, []int64{instance.ID, ofGroup.ID}},
		"by scope specific":      {gitlab.ListRunnersOptions{Scope: new("specific")}, []int64{ofGroup.ID, ofProject.ID}},
		"by scope shared":        {gitlab.ListRunnersOptions{Scope: new("shared")}, []int64{instance.ID}},
		"by type and status":     {gitlab.ListRunnersOptions{Type: new("project_type"), Status: new("active")}, []int64{}},
	} {
		if c.options.TagList == nil {
			c.options.TagList = &[]string{v.mark}
		}
		runners, _, err := v.Runners.ListAllRunners(&c.options)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, idsOf(runners), name)
	}
}

func pageThroughRunners(t *testing.T, v *visitor) {
	var want []int64
	for range 5 {
		want = append(want, v.register(with(registrationToken, v.mark)).ID)
	}
	options := &gitlab.ListRunnersOptions{TagList: &[]string{v.mark}, ListOptions: gitlab.ListOptions{PerPage: 2}}
	got, response, err := v.Runners.ListAllRunners(options)
	require.NoError(t, err)
	assert.Equal(t, []int64{5, 3, 2, 1, 2, 0}, []int64{
		response.TotalItems, response.TotalPages, response.ItemsPerPage, response.CurrentPage, response.NextPage, response.PreviousPage,
	})
	for response.NextLink != "" {
		assert.True(t, strings.HasPrefix(response.NextLink, v.server.URL("/api/v4/runners/all?")), response.NextLink)
		var page []*gitlab.Runner
		// The client follows links by this option.
		page, response, err = v.Runners.ListAllRunners(options, gitlab.WithOffsetPaginationParameters(response.NextPage))
		require.NoError(t, err)
		got = append(got, page...)
	}
	assert.Equal(t, want, idsOf(got))
	assert.Equal(t, int64(2), response.PreviousPage)
}

func listOwnedRunners(t *testing.T, v *visitor) {
	owner := v.user("owner-" + v.mark)
	client := v.as(owner, "api")
	project, _, err := client.Projects.CreateProject(&gitlab.CreateProjectOptions{Name: new("mine")})
	require.NoError(t, err)
	own := v.register(with(project.RunnersToken, "own"))
	v.register(with(registrationToken, "own"))
	runners, response, err := client.Runners.ListRunners(nil)
	require.NoError(t, err)
	assert.Equal(t, []int64{own.ID}, idsOf(runners))
	assert.Equal(t, int64(1), response.TotalItems)
	runners, _, err = client.Runners.ListRunners(&gitlab.ListRunnersOptions{Paused: new(true), TagList: &[]string{"own"}})
	require.NoError(t, err)
	assert.Empty(t, runners)
}

func changeRunner(t *testing.T, v *visitor) {
	id := v.register(with(registrationToken, "first", "second")).ID
	updated, _, err := v.Runners.UpdateRunnerDetails(id, &gitlab.UpdateRunnerDetailsOptions{
		Description: new("changed"), TagList: &[]string{"third"}, RunUntagged: new(false), Locked: new(true),
		AccessLevel: new("ref_protected"), MaximumTimeout: new(int64(3600)), MaintenanceNote: new("noted"),
	})
	require.NoError(t, err)
	shown, _, err := v.Runners.GetRunnerDetails(id)
	require.NoError(t, err)
	assert.Equal(t, updated, shown)
	assert.Equal(t, []string{"third"}, shown.TagList)
	assert.Equal(t, "changed", shown.Description)
	assert.Equal(t, int64(3600), shown.MaximumTimeout)
	assert.Equal(t, "noted", shown.MaintenanceNote)

	for _, c := range []struct {
		options gitlab.UpdateRunnerDetailsOptions
		active  bool
	}{
		{gitlab.UpdateRunnerDetailsOptions{Active: new(false)}, false},
		{gitlab.UpdateRunnerDetailsOptions{Active: new(true)}, true},
		{gitlab.UpdateRunnerDetailsOptions{Paused: new(true)}, false},
		{gitlab.UpdateRunnerDetailsOptions{Paused: new(false)}, true},
	} {
		updated, _, err = v.Runners.UpdateRunnerDetails(id, &c.options)
		require.NoError(t, err)
		assert.Equal(t, c.active, updated.Active)
		assert.Equal(t, !c.active, updated.Paused)
		assert.Equal(t, "changed", updated.Description, "what is not sent stays")
	}

	_, _, err = v.Runners.UpdateRunnerDetails(id, &gitlab.UpdateRunnerDetailsOptions{TagList: &[]string{}})
	requireStatus(t, err, http.StatusBadRequest, `"tags_list"`)
	shown, _, err = v.Runners.GetRunnerDetails(id)
	require.NoError(t, err)
	assert.Equal(t, updated, shown, "what is refused changes nothing")
}

func listJobsOfRunner(t *testing.T, v *visitor) {
	id := v.register().ID
	for _, options := range []*gitlab.ListRunnerJobsOptions{
		nil,
		{Status: new("running")},
		{OrderBy: new("id"), Sort: new("asc"), ListOptions: gitlab.ListOptions{PerPage: 1}},
	} {
		jobs, response, err := v.Runners.ListRunnerJobs(id, options)
		require.NoError(t, err)
		assert.Empty(t, jobs)
		assert.Equal(t, int64(0), response.TotalItems)
	}
	_, _, err := v.Runners.ListRunnerJobs(id, &gitlab.ListRunnerJobsOptions{Status: new("lost"), Sort: new("up")})
	requireStatus(t, err, http.StatusBadRequest, `{"error":"status does not have a valid value, sort does not have a valid value"}`)
}

func explainErrors(t *testing.T, v *visitor) {
	id := v.register().ID
	stranger := newClient(t, v.server, "glpat-nobody-has-this-one")
	_, _, err := stranger.Runners.ListRunners(nil)
	requireStatus(t, err, http.StatusUnauthorized, `{"message":"401 Unauthorized"}`)
	_, _, err = v.Runners.ListAllRunners(&gitlab.ListRunnersOptions{Scope: new("odd"), Type: new("")})
	requireStatus(t, err, http.StatusBadRequest, `{"error":"scope does not have a valid value, type does not have a valid value"}`)
	_, _, err = v.Runners.UpdateRunnerDetails(id, &gitlab.UpdateRunnerDetailsOptions{MaximumTimeout: new(int64(599))})
	requireStatus(t, err, http.StatusBadRequest, `{"message":{"maximum_timeout":["needs to be at least 10 minutes"]}}`)
	_, _, err = v.Runners.ListProjectRunners("nobody/nothing", nil)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
	_, _, err = v.Runners.ListGroupsRunners("nobody", nil)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
	_, _, err = v.Runners.ListRunnerManagers(987654)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
}
