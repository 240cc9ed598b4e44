package sqlstore

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// waitingJobRow is a pending job, as a claim looks for it. Jobs with the same
// tags, protection and project are a lane: whoever may have one of them may have
// them all, so that a claim has to look at the oldest of each lane only.
type waitingJobRow struct {
	bun.BaseModel `bun:"table:waiting_jobs,alias:w"`

	JobID     domain.JobID          `bun:"job_id,pk"`
	ProjectID domain.ProjectID      `bun:"project_id"`
	TagKey    string                `bun:"tag_key"`
	Tags      jsonText[domain.Tags] `bun:"tag_list"`
	Protected bool                  `bun:"protected"`
}

func waitingJobRowOf(job *jobRow) *waitingJobRow {
	return &waitingJobRow{
		JobID: job.ID, ProjectID: job.ProjectID, TagKey: tagSetKey(job.Tags.value), Tags: job.Tags, Protected: job.Protected,
	}
}

// instanceRunnerJobRow is a job that runs on an instance runner.
type instanceRunnerJobRow struct {
	bun.BaseModel `bun:"table:instance_runner_jobs"`

	JobID     domain.JobID     `bun:"job_id,pk"`
	ProjectID domain.ProjectID `bun:"project_id"`
}

// tagSetKey is the same for the same tags in any order, and short.
func tagSetKey(tags domain.Tags) string {
	if len(tags) == 0 {
		return ""
	}
	set := slices.Sorted(slices.Values(tags))
	text, _ := json.Marshal(slices.Compact(set)) // texts cannot fail
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:16])
}

// queueWrites keeps waiting_jobs and instance_runner_jobs right when a job
// changes, or is new: before is nil then. Whoever calls it holds the lock of the
// job, if anybody else can know the job at all.
func queueWrites(db bun.IDB, before, after *jobRow) []bun.Query {
	var writes []bun.Query
	waited, waits := before != nil && before.Status == domain.JobPending, after.Status == domain.JobPending
	switch {
	case waits && !waited:
		writes = append(writes, db.NewInsert().Model(waitingJobRowOf(after)))
	case waited && !waits:
		writes = append(writes, db.NewDelete().Model((*waitingJobRow)(nil)).Where("job_id = ?", after.ID))
	}
	ran, runs := before != nil && before.atAgent(), after.atAgent()
	switch {
	case runs && !ran:
		writes = append(writes, db.NewRaw(`INSERT INTO instance_runner_jobs (job_id, project_id)
			SELECT ?, ? WHERE EXISTS (SELECT 1 FROM runners AS r WHERE r.id = ? AND r.runner_type = ?)`,
			after.ID, after.ProjectID, after.RunnerID, domain.InstanceRunner))
	case ran && !runs:
		writes = append(writes, db.NewDelete().Model((*instanceRunnerJobRow)(nil)).Where("job_id = ?", after.ID))
	}
	return writes
}

func (row *jobRow) atAgent() bool {
	return row.Status == domain.JobRunning || row.Status == domain.JobCanceling
}

// noteQueue tells who keeps the queue in mind what a job and those that it let
// into the queue have changed there.
func (db *DB) noteQueue(before, after *jobRow, queued []domain.JobID) {
	if db.claims == nil {
		return
	}
	ran, runs := before != nil && before.atAgent(), after.atAgent()
	db.claims.mu.Lock()
	defer db.claims.mu.Unlock()
	if len(queued) > 0 {
		db.claims.queue.jobsCame()
	}
	switch {
	case runs && !ran:
		db.claims.queue.jobCame()
	case ran && !runs:
		db.claims.queue.jobLeft(before.ProjectID, before.RunnerID)
	}
}
