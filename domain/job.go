package domain

import (
	"fmt"
	"slices"
	"time"
)

// JobID identifies a job.
type JobID int64

// Job is one piece of work of a pipeline.
type Job struct{ s JobState }

// JobState is a job as stored and shown: every fact, no rule.
type JobState struct {
	ID            JobID
	Project       ProjectID
	Pipeline      PipelineID
	Name          string
	Stage         string
	Status        JobStatus
	FailureReason string // of a failed job, else empty
	Ref           string
	Tag           bool // Ref names a tag, not a branch
	Protected     bool
	AllowFailure  bool
	Tags          Tags
	Timeout       int64    // seconds, as asked for
	RunTimeout    int64    // seconds, the smaller of Timeout and the runner's; zero: not handed over yet
	Coverage      *float64 // percent
	Needs         []JobID  // of the same pipeline
	Dependencies  []JobID  // whose artifacts it gets
	Definition    JobDefinition
	User          UserID   // who put it in the queue; zero: gone
	Runner        RunnerID // zero: none yet, or gone
	SystemID      SystemID // of the runner manager that got it; empty: none, or an old agent
	Token         Digest   // of the job token; empty: not handed over yet
	Graceful      bool     // its agent can cancel gracefully
	ExitCode      *int64   // of a failed script
	Trace         Trace
	CreatedAt     time.Time
	QueuedAt      time.Time // since when it waits for a runner; zero: not yet
	StartedAt     time.Time // zero: not yet
	FinishedAt    time.Time // zero: not yet
	// AcknowledgedAt is when the agent first said that it has the job; zero: it
	// did not. Old agents never do.
	AcknowledgedAt time.Time
	TouchedAt      time.Time // of the last word of the agent, its request included; zero: none yet
}

// JobSpec is what is asked for in a new job (service reference, section 5).
type JobSpec struct {
	Name         string
	Stage        string // default: test
	Ref          string // default: the project's default branch
	Tag          bool
	Protected    bool
	AllowFailure bool
	Manual       bool // it waits for a person
	Tags         Tags
	Timeout      *int64 // seconds; nil: the project's build timeout
	Needs        []JobID
	Dependencies []JobID // nil: the jobs it needs
	Definition   JobDefinition
	Commit       *Commit // nil: none
}

// DefaultStage is the stage of a job that names none.
const DefaultStage = "test"

// NewJob makes a job of a project on behalf of a user. siblings are the jobs
// of the pipeline that it joins; nil for a pipeline of its own. What it needs
// and depends on must be among them. What the commit leaves out is filled in.
func NewJob(spec JobSpec, p *Project, user UserID, siblings []JobSibling, now time.Time) (*Job, error) {
	if spec.Dependencies == nil {
		spec.Dependencies = spec.Needs
	}
	if spec.Ref == "" {
		spec.Ref = p.s.DefaultBranch
	}
	if err := spec.check(siblings); err != nil {
		return nil, err
	}
	if spec.Commit != nil {
		spec.Commit.complete()
	}
	s := JobState{
		Project: p.ID(), Name: spec.Name, Stage: spec.Stage, Ref: spec.Ref, Tag: spec.Tag,
		Protected: spec.Protected, AllowFailure: spec.AllowFailure, Tags: NewTags(spec.Tags),
		Timeout: p.s.BuildTimeout, Needs: spec.Needs, Dependencies: spec.Dependencies,
		Definition: spec.Definition, User: user, CreatedAt: now,
	}
	if s.Stage == "" {
		s.Stage = DefaultStage
	}
	if spec.Timeout != nil {
		s.Timeout = *spec.Timeout
	}
	s.Status = firstStatus(spec.Manual, spec.Needs, siblings)
	if s.Status == JobPending {
		s.QueuedAt = now
	}
	if s.Status.Final() {
		s.FinishedAt = now
	}
	return &Job{s: s.clone()}, nil
}

// JobSibling is a job of the same pipeline, as far as another one may need it.
type JobSibling struct {
	ID JobID
	JobOutcome
}

// check holds the rules of what is asked for.
func (spec JobSpec) check(siblings []JobSibling) error {
	var broken violations
	if spec.Name == "" {
		broken.add("name", "can't be blank")
	}
	if len(spec.Definition.Script) == 0 {
		broken.add("script", "can't be blank")
	}
	if spec.Timeout != nil && *spec.Timeout < 1 {
		broken.add("timeout", "must be at least 1 second")
	}
	if !areSiblings(spec.Needs, siblings) {
		broken.add("needs", "must be jobs of the same pipeline")
	}
	if !areSiblings(spec.Dependencies, siblings) {
		broken.add("dependencies", "must be jobs of the same pipeline")
	}
	if !validRef(spec.Ref) {
		broken.add("ref", badRef)
	}
	if spec.Commit != nil {
		switch {
		case spec.Commit.ID == "":
			broken.add("commit", "needs an id")
		case !commitID.MatchString(spec.Commit.ID):
			broken.add("commit", badCommitID)
		}
	}
	return broken.err()
}

func areSiblings(ids []JobID, siblings []JobSibling) bool {
	for _, id := range ids {
		if !slices.ContainsFunc(siblings, func(s JobSibling) bool { return s.ID == id }) {
			return false
		}
	}
	return true
}

// firstStatus is where a new job begins: a manual one waits for a person; one
// that needs others waits for them, unless they are over already.
func firstStatus(manual bool, needs []JobID, siblings []JobSibling) JobStatus {
	if manual {
		return JobManual
	}
	status := JobPending
	for _, sibling := range siblings {
		if !slices.Contains(needs, sibling.ID) {
			continue
		}
		switch {
		case sibling.Status == JobSuccess, sibling.Status == JobFailed && sibling.AllowFailure:
		case sibling.Status.Final():
			return JobSkipped
		default:
			status = JobCreated
		}
	}
	return status
}

// RestoreJob rebuilds a stored job and checks nothing.
func RestoreJob(s JobState) *Job { return &Job{s: s.clone()} }

// State is a copy of all that the job knows, lists included.
func (j *Job) State() JobState { return j.s.clone() }

// ID is the job's identity.
func (j *Job) ID() JobID { return j.s.ID }

// Format names the job, and keeps the digest of its token out of fmt.
func (j *Job) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "job %d", j.s.ID) }

func (s JobState) clone() JobState {
	s.Tags = slices.Clone(s.Tags)
	s.Needs = slices.Clone(s.Needs)
	s.Dependencies = slices.Clone(s.Dependencies)
	s.Definition = s.Definition.clone()
	return s
}
