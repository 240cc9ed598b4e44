package domain

import (
	"slices"
	"time"
)

// JobSummary is what is shown of a job that is one of many: not what it shall do,
// nor what its agent said.
type JobSummary struct {
	ID            JobID
	Name          string
	Stage         string
	Status        JobStatus
	FailureReason string // of a failed job, else empty
	Ref           string
	Tag           bool // Ref names a tag, not a branch
	AllowFailure  bool
	Tags          Tags
	Coverage      *float64 // percent
	CreatedAt     time.Time
	QueuedAt      time.Time // since when it waits for a runner; zero: not yet
	StartedAt     time.Time // zero: not yet
	FinishedAt    time.Time // zero: not yet
}

// Summary is what is shown of the job among others.
func (j *Job) Summary() JobSummary {
	s := &j.s
	return JobSummary{
		ID: s.ID, Name: s.Name, Stage: s.Stage, Status: s.Status, FailureReason: s.FailureReason, Ref: s.Ref, Tag: s.Tag,
		AllowFailure: s.AllowFailure, Tags: slices.Clone(s.Tags), Coverage: s.Coverage,
		CreatedAt: s.CreatedAt, QueuedAt: s.QueuedAt, StartedAt: s.StartedAt, FinishedAt: s.FinishedAt,
	}
}

// Duration is how long the job ran, or has been running until now; ok is false
// before it started (Runners API reference 4.7).
func (j JobSummary) Duration(now time.Time) (d time.Duration, ok bool) {
	return span(j.StartedAt, j.FinishedAt, now)
}

// QueuedDuration is how long the job waited for a runner, or has been waiting
// until now; ok is false before it did. The wait of a job that never started
// ends with the job.
func (j JobSummary) QueuedDuration(now time.Time) (d time.Duration, ok bool) {
	end := j.StartedAt
	if end.IsZero() {
		end = j.FinishedAt
	}
	return span(j.QueuedAt, end, now)
}

// QueuedDuration is that of the summary.
func (j *Job) QueuedDuration(now time.Time) (d time.Duration, ok bool) {
	return j.Summary().QueuedDuration(now)
}

// span is the time from a start to an end, or to now while there is no end.
func span(start, end, now time.Time) (time.Duration, bool) {
	switch {
	case start.IsZero():
		return 0, false
	case end.IsZero():
		return now.Sub(start), true
	}
	return end.Sub(start), true
}
