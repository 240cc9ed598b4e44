package contract

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/domain"
	"runyard/test/fixture"
)

var claimRulePromises = map[string]promise{
	"Claim, Queued and Matched do as domain.Runner.Refuses says, for any runner and jobs": func(t *testing.T, w *fixture.World) {
		rapid.Check(t, func(rt *rapid.T) { drawYard(rt, w).check(rt, w) })
	},
}

// yard is a queue with one runner in front of it.
type yard struct {
	jobs     []domain.QueuedJob // all that wait
	load     map[domain.ProjectID]int
	runner   *domain.Runner
	assigned []domain.ProjectID
	top      domain.GroupID // everything is below it
}

func drawYard(rt *rapid.T, w *fixture.World) *yard {
	y := &yard{load: make(map[domain.ProjectID]int), top: w.AddGroup(0)}
	groups := []domain.GroupID{y.top, w.AddGroup(y.top), w.AddGroup(y.top)}
	var projects []domain.ProjectID
	for range rapid.IntRange(1, 4).Draw(rt, "projects") {
		at := rapid.IntRange(0, 2).Draw(rt, "group of a project")
		above := groups[at : at+1]
		if at > 0 {
			above = []domain.GroupID{groups[0], groups[at]}
		}
		place := domain.QueuedJob{
			Groups:               above,
			SharedRunnersEnabled: rapid.Bool().Draw(rt, "shared runners"), GroupRunnersEnabled: rapid.Bool().Draw(rt, "group runners"),
		}
		place.Project = w.AddProject(groups[at], func(s *domain.ProjectState) {
			s.SharedRunnersEnabled, s.GroupRunnersEnabled = place.SharedRunnersEnabled, place.GroupRunnersEnabled
		})
		projects = append(projects, place.Project)
		y.drawJobs(rt, w, place)
	}
	slices.SortFunc(y.jobs, func(a, b domain.QueuedJob) int { return cmp.Compare(a.Job, b.Job) })
	y.drawRunner(rt, w, groups, projects)
	return y
}

func (y *yard) drawJobs(rt *rapid.T, w *fixture.World, place domain.QueuedJob) {
	tags := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "A", "b", "c"}), 0, 2), domain.NewTags)
	for range rapid.IntRange(0, 4).Draw(rt, "jobs") {
		job := place
		job.Tags, job.Protected = tags.Draw(rt, "tags"), rapid.Bool().Draw(rt, "protected")
		job.Status = rapid.SampledFrom([]domain.JobStatus{
			domain.JobPending, domain.JobPending, domain.JobPending, domain.JobManual, domain.JobCreated, domain.JobFailed,
		}).Draw(rt, "status")
		job.Job = w.AddJob(job.Project, func(s *domain.JobState) { s.Tags, s.Protected, s.Status = job.Tags, job.Protected, job.Status })
		if job.Status == domain.JobPending {
			y.jobs = append(y.jobs, job)
		}
	}
	for range rapid.IntRange(0, 2).Draw(rt, "running jobs") {
		runner := w.AddInstanceRunner()
		w.AddJob(place.Project, func(s *domain.JobState) { s.Status, s.Runner = domain.JobRunning, runner })
		y.load[place.Project]++
	}
}

func (y *yard) drawRunner(rt *rapid.T, w *fixture.World, groups []domain.GroupID, projects []domain.ProjectID) {
	change := func(s *domain.RunnerState) {
		s.Active = rapid.IntRange(0, 4).Draw(rt, "paused if zero") > 0
		s.RunUntagged = rapid.Bool().Draw(rt, "run untagged")
		s.AccessLevel = rapid.SampledFrom([]domain.RunnerAccessLevel{domain.NotProtected, domain.RefProtected}).Draw(rt, "access level")
		s.Tags = rapid.SampledFrom([]domain.Tags{{}, {"a"}, {"a", "b"}, {"c", "b", "a", "A"}}).Draw(rt, "tags of the runner")
		s.ContactedAt = now
	}
	var id domain.RunnerID
	switch rapid.SampledFrom([]domain.RunnerType{domain.InstanceRunner, domain.GroupRunner, domain.ProjectRunner}).Draw(rt, "type") {
	case domain.InstanceRunner:
		id = w.AddInstanceRunner(change)
	case domain.GroupRunner:
		id = w.AddGroupRunner(rapid.SampledFrom(groups).Draw(rt, "group of the runner"), change)
	case domain.ProjectRunner:
		y.assigned = projects[:rapid.IntRange(1, len(projects)).Draw(rt, "assigned")]
		id = w.AddProjectRunner(y.assigned[0], change)
		w.Assign(id, y.assigned[1:]...)
	}
	y.runner = w.Runner(id)
}

// check claims until there is nothing left, and removes everything.
func (y *yard) check(rt *rapid.T, w *fixture.World) {
	defer func() {
		require.NoError(rt, w.Groups.Delete(w.Context(), y.top))
		if _, err := w.Runners.Find(w.Context(), y.runner.ID()); err == nil {
			require.NoError(rt, w.Runners.Delete(w.Context(), y.runner.ID(), func(*domain.Runner) error { return nil }))
		}
	}()
	var ids []domain.JobID
	for _, job := range y.jobs {
		ids = append(ids, job.Job)
		matched, err := w.Jobs.Matched(w.Context(), job.Job, now.Add(-1))
		require.NoError(rt, err)
		assert.Equal(rt, y.takes(job), matched, "%+v", job)
	}
	queued, err := w.Jobs.Queued(w.Context(), append(ids, missing))
	require.NoError(rt, err)
	assert.Equal(rt, y.jobs, queued)
	for {
		want := y.next()
		details, ok, err := w.Jobs.Claim(w.Context(), y.runner, handOver(y.runner))
		require.NoError(rt, err)
		require.Equal(rt, want != nil, ok, "the runner gets a job if it is not refused")
		if want == nil {
			return
		}
		require.Equal(rt, want.Job, details.Job.ID(), "among %+v", y.jobs)
		y.jobs = slices.DeleteFunc(y.jobs, func(j domain.QueuedJob) bool { return j.Job == want.Job })
		y.load[want.Project]++
	}
}

// next is the specification of a claim.
func (y *yard) next() *domain.QueuedJob {
	var first *domain.QueuedJob
	shared := y.runner.State().Type == domain.InstanceRunner
	for i := range y.jobs {
		job := &y.jobs[i]
		if !y.takes(*job) {
			continue
		}
		if first == nil || shared && y.load[job.Project] < y.load[first.Project] {
			first = job
		}
	}
	return first
}

func (y *yard) takes(job domain.QueuedJob) bool {
	return y.runner.Refuses(job, slices.Contains(y.assigned, job.Project)) == domain.NotRefused
}
