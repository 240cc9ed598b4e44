package domain

import "slices"

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

// clone copies the lists, those inside included.
func (d JobDefinition) clone() JobDefinition {
	d.Script = slices.Clone(d.Script)
	d.BeforeScript = slices.Clone(d.BeforeScript)
	d.AfterScript = slices.Clone(d.AfterScript)
	d.Variables = slices.Clone(d.Variables)
	if d.Image != nil {
		image := d.Image.clone()
		d.Image = &image
	}
	d.Services = slices.Clone(d.Services)
	for i, service := range d.Services {
		d.Services[i] = service.clone()
	}
	d.Artifacts = slices.Clone(d.Artifacts)
	for i, artifacts := range d.Artifacts {
		d.Artifacts[i].Paths = slices.Clone(artifacts.Paths)
		d.Artifacts[i].Exclude = slices.Clone(artifacts.Exclude)
	}
	return d
}

func (i JobImage) clone() JobImage {
	i.Entrypoint = slices.Clone(i.Entrypoint)
	i.Command = slices.Clone(i.Command)
	return i
}

// JobVariable is one variable of a job's environment.
type JobVariable struct {
	Key    string
	Value  string
	Public bool
	Masked bool // hidden in the trace
	File   bool // handed over as the path of a file
	Raw    bool // $OTHER in it means itself
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
	Type      string // archive, or the kind of a report; empty: archive
	Format    string // zip, gzip or raw; empty: zip
}
