package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// addBuild adds a job with a commit and everything else that a job can have.
func (s *scene) addBuild(changes ...func(*domain.JobState)) domain.JobID {
	zone := time.FixedZone("", 2*60*60)
	commit := &domain.Commit{
		ID: "2ae6a7ba41cf1d3a2a4b9f6f5d2a5d4ea0f6c1a7", ShortID: "2ae6a7ba", Title: "Build", Message: "Build\n\nAll & more",
		ParentIDs: []string{"1ae6a7ba41cf1d3a2a4b9f6f5d2a5d4ea0f6c1a7"}, AuthorName: "Jo", AuthorEmail: "jo@example.com",
		AuthoredDate: time.Date(2021, 6, 1, 1, 2, 3, 0, zone), CommitterName: "Al", CommitterEmail: "al@example.com",
		CommittedDate: time.Date(2021, 6, 1, 1, 2, 3, 0, zone), CreatedAt: time.Date(2021, 6, 1, 1, 2, 3, 0, zone),
	}
	job := domain.JobState{
		Project: s.site, Name: "build", Stage: "test", Status: domain.JobRunning, Ref: "main", Tags: domain.Tags{"x"},
		Timeout: 3600, Definition: domain.JobDefinition{Script: []string{"make"}}, User: s.developer, Runner: s.assigned,
		CreatedAt: fixture.Moment.Add(-time.Hour), QueuedAt: fixture.Moment.Add(-time.Hour),
		StartedAt: fixture.Moment.Add(-90*time.Second - 250*time.Millisecond),
	}
	for _, change := range changes {
		change(&job)
	}
	id, err := s.Jobs.Enqueue(s.Context(), s.site, 0, func(domain.Pipeline, []domain.JobSibling) (ports.Enqueued, error) {
		return ports.Enqueued{Job: domain.RestoreJob(job), Commit: commit, Pipeline: domain.Pipeline{
			Project: s.site, SHA: commit.ID, Ref: job.Ref, Status: job.Status, CreatedAt: job.CreatedAt, UpdatedAt: job.CreatedAt,
		}}, nil
	})
	if err != nil {
		panic(err) // the scene is always good for a job
	}
	return id
}

func TestShapeOfARunnersJobs(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		s.addBuild()
		s.addBuild(func(j *domain.JobState) {
			j.Status, j.Coverage, j.Tag, j.AllowFailure = domain.JobFailed, fixture.To(98.5), true, true
			j.FinishedAt, j.FailureReason = fixture.Moment.Add(-30*time.Second), "script_failure"
		})
		bare := s.AddJob(s.site, func(j *domain.JobState) { j.Runner = s.assigned })
		golden(t, "runner-jobs", s.Do("GET", at("runners/%d/jobs", s.assigned), s.byMaintainer).Body)
		golden(t, "project-job", s.Do("GET", at("projects/%d/jobs/2", s.site), s.byDeveloper).Body)
		golden(t, "project-job-minimal", s.Do("GET", at("projects/%d/jobs/%d", s.site, bare), s.byDeveloper).Body)
	})
}

func TestOrderAndFilterOfARunnersJobs(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		var all []domain.JobID
		for _, status := range domain.JobStatuses() {
			all = append(all, s.AddJob(s.site, func(j *domain.JobState) {
				j.Runner, j.Status = s.assigned, domain.JobStatus(status)
			}))
		}
		s.AddJob(s.site) // of no runner
		s.AddJob(s.site, func(j *domain.JobState) { j.Runner = s.instance })
		var newest []domain.JobID
		for i := range all {
			newest = append(newest, all[len(all)-1-i])
		}
		path := at("runners/%d/jobs", s.assigned)
		list := func(query string) []domain.JobID {
			return ids[domain.JobID](t, s.Do("GET", path+query, s.byMaintainer))
		}
		for query, want := range map[string][]domain.JobID{
			"":                          newest,
			"?sort=desc":                newest,
			"?sort=asc":                 all,
			"?order_by=id":              newest,
			"?order_by=id&sort=asc":     all,
			"?order_by=id&sort=desc":    newest,
			"?per_page=3&page=2":        newest[3:6],
			"?sort=asc&per_page=2":      all[:2],
			"?status=running&sort=asc":  {all[4]},
			"?status=running&status=":   nil,
			"?page=100":                 {},
			"?unknown=1&format=json":    newest,
			"?sort=desc&status=success": {all[5]},
		} {
			if want == nil {
				assert.Equal(t, 400, s.Do("GET", path+query, s.byMaintainer).Status, query)
				continue
			}
			assert.Equal(t, want, list(query), query)
		}
		for i, status := range domain.JobStatuses() {
			assert.Equal(t, []domain.JobID{all[i]}, list("?status="+status), status)
		}
	})
}

func TestWhoSeesTheJobsOfARunner(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		groupMaintainer := s.AddUser()
		s.AddGroupMember(s.group, groupMaintainer, domain.Maintainer)
		exchangeAll(t, s.API, map[string]exchange{
			"nobody":                              {"GET", at("runners/%d/jobs", s.assigned), nil, 401, unauthorized},
			"a stranger":                          {"GET", at("runners/%d/jobs", s.assigned), parts(s.byStranger), 403, noAccess},
			"a Developer":                         {"GET", at("runners/%d/jobs", s.assigned), parts(s.byDeveloper), 403, noAccess},
			"a Maintainer":                        {"GET", at("runners/%d/jobs", s.assigned), parts(s.byMaintainer), 200, "[]"},
			"an Owner of an instance runner":      {"GET", at("runners/%d/jobs", s.instance), parts(s.byOwner), 403, noAccess},
			"root of an instance runner":          {"GET", at("runners/%d/jobs", s.instance), parts(s.byRoot), 200, "[]"},
			"the Owner of the group":              {"GET", at("runners/%d/jobs", s.grouped), parts(s.byOwner), 200, "[]"},
			"a Maintainer of the group":           {"GET", at("runners/%d/jobs", s.grouped), parts(apitest.As(s.TokenOf(groupMaintainer))), 403, noAccess},
			"a runner that does not exist":        {"GET", "runners/999/jobs", parts(s.byStranger), 404, notFound},
			"a runner that is no number":          {"GET", "runners/abc/jobs", parts(s.byStranger), 400, idInvalid},
			"a runner that is no number, filters": {"GET", "runners/abc/jobs?sort=", parts(s.byStranger), 400, `{"error":"id is invalid, sort does not have a valid value"}`},
		})
	})
}

func TestJobsOutliveTheirUserAndRunner(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		path := at("projects/%d/jobs/%d", s.site, s.addBuild())
		expect(t, s.Do("DELETE", at("users/%d", s.developer), s.byRoot), 204, "")
		has(t, s.Do("GET", path, s.byRoot), map[string]string{"user": "null"})
		assert.Contains(t, s.Do("GET", at("runners/%d/jobs", s.assigned), s.byRoot).Body, `"user":null`)
		expect(t, s.Do("DELETE", at("runners/%d", s.assigned), s.byRoot), 204, "")
		has(t, s.Do("GET", path, s.byRoot), map[string]string{"runner": "null", "ip_address": "null", "status": `"running"`})
	})
}
