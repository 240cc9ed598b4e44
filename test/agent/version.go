package agent

import "net/http"

// Version is a release of gitlab-runner, as far as the wire shows it.
type Version struct {
	Number   string
	Revision string
	// Headers beside the token in the body: of calls with a runner's token, and
	// of PUT /jobs/:id. Empty: none.
	runnerHeader, jobHeader string
	managers                bool // it sends a system_id
	requestID               bool // it sends X-Request-Id
	debugTrace              bool // it says whether the trace may show secrets
	acknowledges            bool // its first word about a job is state=running
	verifiesWithInfo        bool // it tells its features when it verifies
	features                map[string]bool
}

// The releases that the protocol was recorded with.
var (
	V15 = Version{Number: "15.4.0", Revision: "43b2dc3d", features: features(nil)}
	V17 = Version{
		Number: "17.5.0", Revision: "1c2c1e0f",
		runnerHeader: "Private-Token", jobHeader: "Private-Token",
		managers: true, debugTrace: true,
		features: features([]string{"cancel_gracefully"}),
	}
	V19 = Version{
		Number: "19.4.0", Revision: "d79f3e7b",
		runnerHeader: "Runner-Token", jobHeader: "Job-Token",
		managers: true, requestID: true, debugTrace: true, acknowledges: true, verifiesWithInfo: true,
		features: features([]string{
			"cancel_gracefully", "native_steps_integration", "two_phase_job_commit", "job_inputs",
		}),
	}
)

// Versions are all of them.
func Versions() []Version { return []Version{V15, V17, V19} }

// features are what every release can do with the shell executor, and what it
// cannot, besides what came later.
func features(later []string) map[string]bool {
	all := map[string]bool{}
	for _, can := range []string{
		"variables", "artifacts", "cache", "shared", "upload_multiple_artifacts", "upload_raw_artifacts",
		"session", "terminal", "refspecs", "masking", "raw_variables", "artifacts_exclude",
		"multi_build_steps", "trace_reset", "trace_checksum", "trace_size", "vault_secrets", "cancelable",
		"return_exit_code",
	} {
		all[can] = true
	}
	for _, cannot := range []string{"image", "services", "proxy", "service_variables", "service_multiple_aliases"} {
		all[cannot] = false
	}
	for _, can := range later {
		all[can] = true
	}
	return all
}

// dress gives a request what this release adds to every call.
func (v Version) dress(r *http.Request) {
	r.Header.Set("User-Agent", "gitlab-runner "+v.Number+" (main; go1.26.8; linux/amd64)")
	if v.requestID {
		r.Header.Set("X-Request-Id", "955d25edc8234197a54451d4bea1512b")
	}
}

// info is what the agent tells of itself.
func (v Version) info() map[string]any {
	return map[string]any{
		"name": "gitlab-runner", "version": v.Number, "revision": v.Revision,
		"platform": "linux", "architecture": "amd64", "executor": "shell", "shell": "bash",
		"features": v.features, "config": map[string]any{"gpus": ""},
	}
}
