package domain

// FailureReason says why a job failed. Empty: it did not.
type FailureReason string

// What an agent reports (runner protocol, section 7).
const (
	ScriptFailure       FailureReason = "script_failure"
	RunnerSystemFailure FailureReason = "runner_system_failure"
	JobExecutionTimeout FailureReason = "job_execution_timeout"
	UnknownFailure      FailureReason = "unknown_failure"
	ImagePullFailure    FailureReason = "image_pull_failure"
	RunnerConfiguration FailureReason = "runner_configuration_error"
	RunnerDependency    FailureReason = "runner_external_dependency_failure"
	RunnerInterrupted   FailureReason = "runner_interrupted"
	JobCanceledByClient FailureReason = "job_canceled"
)

// What Runyard finds out by itself (runner protocol, sections 6, 8 and 11).
const (
	StuckWithRunners     FailureReason = "stuck_pending_with_matching_runners"
	StuckWithoutRunners  FailureReason = "stuck_pending_no_matching_runners"
	NoUpdatesRunning     FailureReason = "no_updates_running"
	ServerTimeoutRunning FailureReason = "server_timeout_running"
	NoUpdatesCanceling   FailureReason = "no_updates_canceling"
	ServerTimeoutCancel  FailureReason = "server_timeout_canceling"
	MissingDependency    FailureReason = "missing_dependency_failure"
	TraceSizeExceeded    FailureReason = "trace_size_exceeded"
	UserWasBlocked       FailureReason = "user_blocked"
)

// AgentFailureReasons are those that an agent may report, and is told that it
// may (features.failure_reasons of the payload).
func AgentFailureReasons() []FailureReason {
	return []FailureReason{
		ScriptFailure, RunnerSystemFailure, JobExecutionTimeout, UnknownFailure, ImagePullFailure,
		RunnerConfiguration, RunnerDependency, RunnerInterrupted, JobCanceledByClient,
	}
}

// ParseFailureReason takes any text: an unknown reason is an unknown failure.
func ParseFailureReason(text string) FailureReason {
	for _, reason := range AgentFailureReasons() {
		if text == string(reason) {
			return reason
		}
	}
	return UnknownFailure
}
