package domain

// JobDefinition is what a job shall do, as it was put in the queue. The rules
// of the directory do not look into it; the agent that runs the job will.
type JobDefinition struct {
	Script       []string
	BeforeScript []string
	AfterScript  []string
	Variables    []JobVariable
	Image        *JobImage // nil: the runner's default
	Services     []JobImage
	Artifacts    []JobArtifacts
}

// JobVariable is one variable of a job's environment.
type JobVariable struct {
	Key    string
	Value  string
	Public bool
	Masked bool // hidden in the trace
	File   bool // handed over as the path of a file
}

// JobImage is a container image that a job runs in, or beside.
type JobImage struct {
	Name       string
	Alias      string
	Entrypoint []string
	Command    []string
}

// JobArtifacts says which files of a job to keep, when, and for how long.
type JobArtifacts struct {
	Name      string
	Paths     []string
	Exclude   []string
	Untracked bool
	When      string // on_success, on_failure or always; empty: on_success
	ExpireIn  string // in words, "1 week"; empty: for ever
}
