package domain

// JobStatus is where a job, or a pipeline, stands in its life.
type JobStatus string

// The statuses (Runners API reference 4.7, runner protocol section 7).
const (
	JobCreated            JobStatus = "created" // waits for the jobs it needs
	JobWaitingForResource JobStatus = "waiting_for_resource"
	JobPreparing          JobStatus = "preparing"
	JobPending            JobStatus = "pending" // waits for a runner
	JobRunning            JobStatus = "running"
	JobCanceling          JobStatus = "canceling"
	JobSuccess            JobStatus = "success"
	JobFailed             JobStatus = "failed"
	JobCanceled           JobStatus = "canceled"
	JobSkipped            JobStatus = "skipped"
	JobManual             JobStatus = "manual" // waits for a person
	JobScheduled          JobStatus = "scheduled"
)

// JobStatuses lists the statuses by which jobs can be filtered, in the order
// of the reference.
func JobStatuses() []string {
	statuses := []JobStatus{
		JobCreated, JobWaitingForResource, JobPreparing, JobPending, JobRunning, JobSuccess,
		JobFailed, JobCanceled, JobSkipped, JobManual, JobScheduled,
	}
	names := make([]string, len(statuses))
	for i, status := range statuses {
		names[i] = string(status)
	}
	return names
}

// Final tells whether the status never changes again.
func (s JobStatus) Final() bool {
	switch s {
	case JobSuccess, JobFailed, JobCanceled, JobSkipped:
		return true
	case JobCreated, JobWaitingForResource, JobPreparing, JobPending, JobRunning,
		JobCanceling, JobManual, JobScheduled:
		return false
	}
	return false
}
