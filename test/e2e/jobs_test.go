package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gitlab "gitlab.com/gitlab-org/api/client-go/v2"
)

// enqueue puts a job into the queue. It is an extension of Runyard, so the
// library has no method for it and only carries the request.
func (v *visitor) enqueue(project int64, body map[string]any) (*gitlab.Job, error) {
	v.t.Helper()
	request, err := v.NewRequest(http.MethodPost, fmt.Sprintf("projects/%d/jobs", project), body, nil)
	require.NoError(v.t, err)
	var job gitlab.Job
	_, err = v.Do(request, &job)
	return &job, err
}

func manageJobs(t *testing.T, v *visitor) {
	project := v.project("app", v.group(v.mark, 0).ID)
	first, err := v.enqueue(project.ID, map[string]any{
		"name": "build", "stage": "compile", "script": []string{"make"}, "ref": "topic", "tag_list": []string{"linux"},
		"commit": map[string]any{
			"id": "2dc6aa325a317eda67812f05600bdf0fcdc70ab0", "short_id": "2dc6aa32", "title": "Test the program", "message": "Test the program",
			"author_name": "Ann", "author_email": "ann@example.com", "authored_date": "2021-06-01T01:02:03.000+02:00",
		},
	})
	require.NoError(t, err)
	assert.Equal(t, "pending", first.Status)
	second, err := v.enqueue(project.ID, map[string]any{
		"name": "deploy", "script": "make deploy", "pipeline_id": first.Pipeline.ID, "when": "manual",
	})
	require.NoError(t, err)
	assert.Equal(t, first.Pipeline.ID, second.Pipeline.ID)

	shown, _, err := v.Jobs.GetJob(project.PathWithNamespace, first.ID)
	require.NoError(t, err)
	assert.Equal(t, first.ID, shown.ID)
	assert.Equal(t, "build", shown.Name)
	assert.Equal(t, "compile", shown.Stage)
	assert.Equal(t, "topic", shown.Ref)
	assert.Equal(t, []string{"linux"}, shown.TagList)
	assert.Equal(t, "root", shown.User.Username)
	assert.Equal(t, "2dc6aa325a317eda67812f05600bdf0fcdc70ab0", shown.Commit.ID)
	assert.Equal(t, project.ID, shown.Project.ID)

	jobs, response, err := v.Jobs.ListProjectJobs(project.ID, &gitlab.ListJobsOptions{Scope: &[]gitlab.BuildStateValue{gitlab.Manual}})
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	assert.Equal(t, second.ID, jobs[0].ID)
	assert.Equal(t, int64(1), response.TotalItems)

	_, err = v.enqueue(project.ID, map[string]any{"name": "no script"})
	requireStatus(t, err, http.StatusBadRequest, `{"error":"script is missing"}`)
	_, _, err = v.Jobs.GetJob(project.ID, second.ID+1_000_000)
	assert.ErrorIs(t, err, gitlab.ErrNotFound)
}
