package domain

import "time"

// HandOver is the moment when a job goes to an agent.
type HandOver struct {
	Runner   *Runner
	SystemID SystemID // of the runner manager; empty: an old agent
	Token    Digest   // of the job token
	Graceful bool     // the agent can cancel gracefully
	At       time.Time
}

// ErrNotPending refuses to hand over a job that does not wait for a runner.
var ErrNotPending = Conflict("Job is not pending")

// HandOver gives the job to an agent. Its timeout is the smaller of the job's
// and the runner's from then on (runner protocol, section 11).
func (j *Job) HandOver(h HandOver) error {
	if j.s.Status != JobPending {
		return ErrNotPending
	}
	runner := h.Runner.s
	j.s.Status = JobRunning
	j.s.Runner = runner.ID
	j.s.SystemID = h.SystemID
	j.s.Token = h.Token
	j.s.Graceful = h.Graceful
	j.s.StartedAt = h.At
	j.s.TouchedAt = h.At
	j.s.RunTimeout = j.s.Timeout
	if limit := runner.MaximumTimeout; limit != nil && *limit > 0 {
		j.s.RunTimeout = min(*limit, j.s.Timeout)
	}
	return nil
}

// TakeBack undoes a hand-over to an agent that never learned of it: the job
// waits as if nothing had happened, or is canceled if that was asked for
// meanwhile. It does nothing once that token is not the job's any more.
func (j *Job) TakeBack(token Digest, now time.Time) {
	switch {
	case !j.HasToken(token) || !j.AtAgent():
	case j.s.Status == JobCanceling:
		j.end(JobCanceled, "", now)
	default:
		j.s.Status = JobPending
		j.s.Runner, j.s.SystemID, j.s.Token, j.s.Graceful, j.s.RunTimeout = 0, "", "", false, 0
		j.s.StartedAt, j.s.TouchedAt = time.Time{}, time.Time{}
	}
}

// HasToken tells whether the digest is that of the job's token.
func (j *Job) HasToken(token Digest) bool { return j.s.Token.Equals(token) }

// AtAgent tells whether an agent works on the job.
func (j *Job) AtAgent() bool { return j.s.Status == JobRunning || j.s.Status == JobCanceling }

// MustBeAtAgent refuses what comes from an agent for a job that is none of its
// business any more.
func (j *Job) MustBeAtAgent() error {
	if !j.AtAgent() {
		return Forbidden("Job is not running")
	}
	return nil
}

// Acknowledge notes that the agent has the job and is alive. An agent that learns
// from the first answer that the job is to be canceled does not begin.
func (j *Job) Acknowledge(now time.Time) error {
	if err := j.MustBeAtAgent(); err != nil {
		return err
	}
	if j.s.AcknowledgedAt.IsZero() {
		j.s.AcknowledgedAt = now
		if j.s.Status == JobCanceling && j.s.Trace == (Trace{}) {
			j.s.Graceful = false // there is nothing to end gracefully
		}
	}
	j.s.TouchedAt = now
	return nil
}

// JobResult is how the agent says that the job ended.
type JobResult struct {
	Success  bool
	Reason   FailureReason // of a failure
	ExitCode *int64        // of a failure, if it has one
}

// maxExitCode bounds what is kept of an exit code.
const maxExitCode = 32767

// Finish ends the job as the agent reports. A job that was being canceled is
// canceled, whatever the agent says.
func (j *Job) Finish(r JobResult, now time.Time) error {
	if err := j.MustBeAtAgent(); err != nil {
		return err
	}
	j.s.TouchedAt = now
	switch {
	case j.s.Status == JobCanceling:
		j.end(JobCanceled, "", now)
	case r.Success:
		j.end(JobSuccess, "", now)
	default:
		if r.ExitCode != nil {
			code := min(*r.ExitCode, maxExitCode)
			j.s.ExitCode = &code
		}
		j.end(JobFailed, r.Reason, now)
	}
	return nil
}

// Fail ends the job because Runyard found out why it cannot go on. A job that
// was being canceled is canceled. What is over stays as it is.
func (j *Job) Fail(reason FailureReason, now time.Time) {
	switch {
	case j.s.Status.Final():
	case j.s.Status == JobCanceling:
		j.end(JobCanceled, reason, now)
	default:
		j.end(JobFailed, reason, now)
	}
}

// Cancel stops the job on behalf of a person: at once, or gracefully if an
// agent works on it that can. What is over, or being canceled, stays as it is.
func (j *Job) Cancel(now time.Time) {
	switch {
	case j.s.Status.Final(), j.s.Status == JobCanceling:
	case j.s.Status == JobRunning && j.s.Graceful:
		j.s.Status = JobCanceling
	default:
		j.end(JobCanceled, "", now)
	}
}

// end makes a final state; the agent's token is dead from then on, but still
// known, so that a late call can be told what became of the job.
func (j *Job) end(status JobStatus, reason FailureReason, now time.Time) {
	j.s.Status = status
	j.s.FailureReason = string(reason)
	j.s.FinishedAt = now
}

// Await moves a job that waits for others once they are over: it goes into the
// queue, or is skipped. siblings are the jobs of its pipeline.
func (j *Job) Await(siblings []JobSibling, now time.Time) {
	if j.s.Status != JobCreated {
		return
	}
	switch firstStatus(false, j.s.Needs, siblings) {
	case JobPending:
		j.s.Status = JobPending
		j.s.QueuedAt = now
	case JobSkipped:
		j.end(JobSkipped, "", now)
	default:
	}
}

// Retry makes a new job that does the same once more, on behalf of a user.
// Only what ran, or was stopped, can be retried.
func (j *Job) Retry(user UserID, siblings []JobSibling, now time.Time) (*Job, error) {
	switch j.s.Status {
	case JobSuccess, JobFailed, JobCanceled:
	default:
		return nil, Forbidden("Job is not retryable")
	}
	s := j.s.clone()
	s.ID, s.Runner, s.SystemID, s.Token, s.RunTimeout = 0, 0, "", "", 0
	s.Graceful, s.ExitCode, s.Coverage, s.FailureReason = false, nil, nil, ""
	s.Trace = Trace{}
	s.StartedAt, s.FinishedAt, s.QueuedAt = time.Time{}, time.Time{}, time.Time{}
	s.AcknowledgedAt, s.TouchedAt = time.Time{}, time.Time{}
	s.User, s.CreatedAt = user, now
	s.Status = firstStatus(false, s.Needs, siblings)
	if s.Status == JobPending {
		s.QueuedAt = now
	}
	if s.Status.Final() {
		s.FinishedAt = now
	}
	return &Job{s: s}, nil
}
