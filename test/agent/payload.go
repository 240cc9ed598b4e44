package agent

// Payload is a job as the agent reads it. Its types are those of the agent: what
// does not fit them is a job that the agent cannot decode, and forgets.
type Payload struct {
	ID            int64  `json:"id"`
	Token         string `json:"token"`
	AllowGitFetch bool   `json:"allow_git_fetch"`
	JobInfo       struct {
		Name        string  `json:"name"`
		Stage       string  `json:"stage"`
		ProjectID   int64   `json:"project_id"`
		ProjectName string  `json:"project_name"`
		TimeInQueue float64 `json:"time_in_queue_seconds"`
		// RunningOnInstanceRunners is text: "0" to "4", "5+" or "+Inf".
		RunningOnInstanceRunners string `json:"project_jobs_running_on_instance_runners_count"`
	} `json:"job_info"`
	GitInfo    GitInfo `json:"git_info"`
	RunnerInfo struct {
		Timeout int    `json:"timeout"`
		UUID    string `json:"uuid"`
	} `json:"runner_info"`
	Variables    []Variable   `json:"variables"`
	Steps        []Step       `json:"steps"`
	Image        Image        `json:"image"`
	Services     []Image      `json:"services"`
	Artifacts    []Artifacts  `json:"artifacts"`
	Dependencies []Dependency `json:"dependencies"`
	Features     struct {
		TraceSections     bool     `json:"trace_sections"`
		TokenMaskPrefixes []string `json:"token_mask_prefixes"`
		FailureReasons    []string `json:"failure_reasons"`
	} `json:"features"`
}

// GitInfo says what to check out.
type GitInfo struct {
	RepoURL   string   `json:"repo_url"`
	Ref       string   `json:"ref"`
	SHA       string   `json:"sha"`
	BeforeSHA string   `json:"before_sha"`
	RefType   string   `json:"ref_type"`
	Refspecs  []string `json:"refspecs"`
	Depth     int      `json:"depth"`
	Protected *bool    `json:"protected"`
}

// Variable is one variable of the environment.
type Variable struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Public bool   `json:"public"`
	File   bool   `json:"file"`
	Masked bool   `json:"masked"`
	Raw    bool   `json:"raw"`
}

// Step is a script.
type Step struct {
	Name         string   `json:"name"`
	Script       []string `json:"script"`
	Timeout      int      `json:"timeout"`
	When         string   `json:"when"`
	AllowFailure bool     `json:"allow_failure"`
}

// Image is a container image.
type Image struct {
	Name       string   `json:"name"`
	Alias      string   `json:"alias"`
	Entrypoint []string `json:"entrypoint"`
	Command    []string `json:"command"`
}

// Artifacts says what to upload.
type Artifacts struct {
	Name      string   `json:"name"`
	Untracked bool     `json:"untracked"`
	Paths     []string `json:"paths"`
	Exclude   []string `json:"exclude"`
	When      string   `json:"when"`
	ExpireIn  string   `json:"expire_in"`
	Type      string   `json:"artifact_type"`
	Format    string   `json:"artifact_format"`
}

// Dependency is an earlier job whose archive the agent downloads if there is one.
type Dependency struct {
	ID            int64  `json:"id"`
	Name          string `json:"name"`
	Token         string `json:"token"`
	ArtifactsFile struct {
		Filename string `json:"filename"`
		Size     int64  `json:"size"`
	} `json:"artifacts_file"`
}

// Value is the value of a variable, of which the last one counts.
func (p Payload) Value(key string) string {
	value := ""
	for _, variable := range p.Variables {
		if variable.Key == key {
			value = variable.Value
		}
	}
	return value
}
