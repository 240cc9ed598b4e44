package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"runyard/domain"
)

// The jobs of a pipeline: finished ones come in fours, pending ones in twos.
const (
	finishedTogether = 4
	pendingTogether  = 2
)

func (d Data) finished() int { return d.Jobs - d.Pending }
func (d Data) finishedPipelines() int {
	return (d.finished() + finishedTogether - 1) / finishedTogether
}

// pendingProjects is how many projects have pending jobs: the first ones.
func (d Data) pendingProjects() int { return max(1, d.Projects*15/100) }

// pipelineOf is the pipeline of a job, projectOfPipeline the project of both.
func (d Data) pipelineOf(job int) int {
	if job <= d.finished() {
		return (job-1)/finishedTogether + 1
	}
	return d.finishedPipelines() + (job-d.finished()-1)/pendingTogether + 1
}

func (d Data) projectOfPipeline(pipeline int) int {
	if n := pipeline - d.finishedPipelines(); n > 0 {
		return (n-1)%d.pendingProjects() + 1
	}
	return (pipeline-1)%d.Projects + 1
}

// moment is when a pipeline was made: later ones later, during sixty days that
// end an hour ago.
func (d Data) moment(pipeline int) time.Time {
	const span = 60 * 24 * time.Hour
	whole := d.pipelineOf(d.Jobs)
	return d.Now.Add(-time.Hour - span + span/time.Duration(whole)*time.Duration(pipeline)).Truncate(time.Microsecond)
}

// tagsOfPending are the tags that a pending job asks for: three sets in each project.
func (d Data) tagsOfPending(job int) domain.Tags {
	pipeline := d.pipelineOf(job) - d.finishedPipelines() - 1
	turn := pipeline / d.pendingProjects() % 3
	return tagSets[(3*d.projectOfPipeline(d.pipelineOf(job))+turn)%len(tagSets)]
}

// runnerOf is the runner of a finished job. The jobs of the busiest one are spread
// over all.
func (d Data) runnerOf(job int) int {
	if job*d.BusiestJobs/d.finished() != (job-1)*d.BusiestJobs/d.finished() {
		return Busiest
	}
	runner := int(draw(job, drawRunner)%uint64(d.Runners)) + 1
	if runner == Busiest {
		return Taker
	}
	return runner
}

func statusOf(job int) (status domain.JobStatus, reason domain.FailureReason) {
	switch n := draw(job, drawStatus) % 100; {
	case n < 85:
		return domain.JobSuccess, ""
	case n < 97:
		return domain.JobFailed, domain.ScriptFailure
	}
	return domain.JobCanceled, ""
}

func sha(pipeline int) string {
	return fmt.Sprintf("%016x%016x%08x", draw(pipeline, drawMoment), draw(pipeline, drawStatus), uint32(draw(pipeline, drawRunner)))
}

func (d Data) pipelines() Table {
	n := d.pipelineOf(d.Jobs)
	return Table{
		Name:    "pipelines",
		Columns: []string{"id", "project_id", "sha", "ref", "tag", "status", "commit_data", "created_at", "updated_at"},
		Count:   n,
		Rows: numbered(n, func(i int) []any {
			status := domain.JobSuccess
			if i > d.finishedPipelines() {
				status = domain.JobPending
			}
			at, id := d.moment(i), sha(i)
			// Written once: making JSON of half a million commits takes its time.
			commit := strings.NewReplacer("SHA", id, "SHORT", id[:8], "TITLE", fmt.Sprintf("Change %d", i),
				"MOMENT", at.Format(time.RFC3339)).Replace(commitTemplate)
			return []any{i, d.projectOfPipeline(i), id, "main", false, string(status), commit, at, at}
		}),
	}
}

var commitTemplate = strings.NewReplacer("2001-02-03T04:05:06Z", "MOMENT").Replace(jsonOf(domain.Commit{
	ID: "SHA", ShortID: "SHORT", Title: "TITLE", Message: "TITLE", ParentIDs: []string{"0000000000000000000000000000000000000000"},
	AuthorName: "Alex Example", AuthorEmail: "alex@example.com", CommitterName: "Alex Example", CommitterEmail: "alex@example.com",
	CreatedAt: templateMoment, AuthoredDate: templateMoment, CommittedDate: templateMoment,
}))

var templateMoment = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

// definition is what every job shall do.
var definition = jsonOf(domain.JobDefinition{
	BeforeScript: []string{"make tools"},
	Script:       []string{"make build", "make test"},
	Variables:    []domain.JobVariable{{Key: "MODE", Value: "release", Public: true}},
	Image:        &domain.JobImage{Name: "golang:1.26"},
})

func (d Data) jobs() Table {
	return Table{
		Name: "jobs",
		Columns: []string{
			"id", "project_id", "pipeline_id", "user_id", "runner_id", "name", "stage", "status", "failure_reason", "ref",
			"tag", "protected", "allow_failure", "tag_list", "timeout", "coverage", "needs", "dependencies", "definition",
			"created_at", "queued_at", "started_at", "finished_at",
		},
		Count: d.Jobs,
		Rows: numbered(d.Jobs, func(i int) []any {
			pipeline := d.pipelineOf(i)
			at := d.moment(pipeline)
			user := pipeline%(d.Users-1) + 2
			if i > d.finished() {
				return []any{
					i, d.projectOfPipeline(pipeline), pipeline, user, nil, "test", "test", string(domain.JobPending), "", "main",
					false, false, false, jsonOf(d.tagsOfPending(i)), 3600, nil, "null", "null", definition, at, at, nil, nil,
				}
			}
			status, reason := statusOf(i)
			started := at.Add(time.Minute)
			ended := started.Add(time.Duration(draw(i, drawMoment)%uint64(10*time.Minute)) / 1000 * 1000)
			return []any{
				i, d.projectOfPipeline(pipeline), pipeline, user, d.runnerOf(i), "test", "test", string(status), string(reason), "main",
				false, false, false, "[]", 3600, nil, "null", "null", definition, at, at, started, ended,
			}
		}),
	}
}

// handovers are what is left of the hand-over of each finished job.
func (d Data) handovers() Table {
	return Table{
		Name: "job_handovers",
		Columns: []string{
			"job_id", "system_id", "token_digest", "run_timeout", "graceful", "exit_code", "trace_size", "trace_crc",
			"trace_repaired", "acknowledged_at", "touched_at",
		},
		Count: d.finished(),
		Rows: numbered(d.finished(), func(i int) []any {
			started := d.moment(d.pipelineOf(i)).Add(time.Minute)
			return []any{i, SystemID(d.runnerOf(i)), nil, 3600, true, nil, 0, 0, false, started, started}
		}),
	}
}

// waitingJobs are the pending jobs, as a claim looks for them.
func (d Data) waitingJobs() Table {
	return Table{
		Name: "waiting_jobs", Columns: []string{"job_id", "project_id", "tag_key", "tag_list", "protected"},
		Count: d.Pending,
		Rows: numbered(d.Pending, func(i int) []any {
			job := d.finished() + i
			tags := d.tagsOfPending(job)
			return []any{job, d.projectOfPipeline(d.pipelineOf(job)), tagSetKey(tags), jsonOf(tags), false}
		}),
	}
}

// tagSetKey is how the queue names a set of tags. A claim for jobs with tags
// finds none if it is not the product's.
func tagSetKey(tags domain.Tags) string {
	if len(tags) == 0 {
		return ""
	}
	digest := sha256.Sum256([]byte(jsonOf(slices.Sorted(slices.Values(tags)))))
	return hex.EncodeToString(digest[:16])
}
