package rest

import (
	"encoding/json"
	"strconv"

	"runyard/application"
	"runyard/domain"
)

// offeredJobView is the payload of a job (runner protocol, section 5). What is
// empty is left out: an agent cannot read a "run" that is null or empty, and
// loses the job.
type offeredJobView struct {
	ID            domain.JobID            `json:"id"`
	Token         string                  `json:"token"`
	AllowGitFetch bool                    `json:"allow_git_fetch"`
	JobInfo       offeredJobInfo          `json:"job_info"`
	GitInfo       *offeredGitInfo         `json:"git_info,omitempty"`
	RunnerInfo    offeredRunnerInfo       `json:"runner_info"`
	Variables     []offeredVariable       `json:"variables"`
	Steps         []offeredStep           `json:"steps"`
	Image         *offeredImage           `json:"image,omitempty"`
	Services      []offeredImage          `json:"services,omitempty"`
	Artifacts     []offeredArtifacts      `json:"artifacts,omitempty"`
	Dependencies  []offeredDependencyView `json:"dependencies,omitempty"`
	Features      json.RawMessage         `json:"features"`
}

func offeredJob(o application.OfferedJob) offeredJobView {
	s, token := o.Job.State(), o.Token.Reveal()
	view := offeredJobView{
		ID: s.ID, Token: token, AllowGitFetch: true,
		JobInfo: offeredInfo(o), GitInfo: offeredGit(o),
		RunnerInfo: offeredRunnerInfo{Timeout: s.RunTimeout},
		Variables:  mapped(o.Variables, offeredVariableOf),
		Steps:      offeredSteps(s),
		Services:   mapped(s.Definition.Services, offeredImageOf),
		Artifacts:  mapped(s.Definition.Artifacts, offeredArtifactsOf),
		Dependencies: mapped(o.Dependencies, func(d application.OfferedDependency) offeredDependencyView {
			return offeredDependencyView{d.Job, d.Name, token, artifactsFile(d.Archive)}
		}),
		Features: whatWeUse,
	}
	if image := s.Definition.Image; image != nil {
		offered := offeredImageOf(*image)
		view.Image = &offered
	}
	return view
}

// appendTo implements appender.
func (v offeredJobView) appendTo(to []byte) []byte {
	to = strconv.AppendInt(append(to, `{"id":`...), int64(v.ID), 10)
	to = appendText(append(to, `,"token":`...), v.Token)
	to = strconv.AppendBool(append(to, `,"allow_git_fetch":`...), v.AllowGitFetch)
	to = appendJSON(append(to, `,"job_info":`...), v.JobInfo)
	if v.GitInfo != nil {
		to = appendJSON(append(to, `,"git_info":`...), v.GitInfo)
	}
	to = appendJSON(append(to, `,"runner_info":`...), v.RunnerInfo)
	to = appendList(append(to, `,"variables":`...), v.Variables, appendVariable)
	to = appendJSON(append(to, `,"steps":`...), v.Steps)
	if v.Image != nil {
		to = appendJSON(append(to, `,"image":`...), v.Image)
	}
	if len(v.Services) > 0 {
		to = appendJSON(append(to, `,"services":`...), v.Services)
	}
	if len(v.Artifacts) > 0 {
		to = appendJSON(append(to, `,"artifacts":`...), v.Artifacts)
	}
	if len(v.Dependencies) > 0 {
		to = appendJSON(append(to, `,"dependencies":`...), v.Dependencies)
	}
	to = append(append(to, `,"features":`...), v.Features...)
	return append(to, '}')
}

// whatWeUse is what the server can make use of, the same in every payload.
var whatWeUse = json.RawMessage(appendJSON(nil, struct {
	TraceSections     bool                   `json:"trace_sections"`
	TokenMaskPrefixes []string               `json:"token_mask_prefixes"`
	FailureReasons    []domain.FailureReason `json:"failure_reasons"`
}{
	TraceSections:     true,
	FailureReasons:    domain.AgentFailureReasons(),
	TokenMaskPrefixes: []string{"glpat-", "glrt-", "glrtr-", "glcbt-", "GR1348941"},
}))

// offeredRunnerInfo tells the timeout that the agent enforces, in seconds.
type offeredRunnerInfo struct {
	Timeout int64 `json:"timeout"`
}

// offeredJobInfo is for the agent's logs and metrics.
type offeredJobInfo struct {
	ID              domain.JobID       `json:"id"`
	Name            string             `json:"name"`
	Stage           string             `json:"stage"`
	PipelineID      domain.PipelineID  `json:"pipeline_id"`
	ProjectID       domain.ProjectID   `json:"project_id"`
	ProjectName     string             `json:"project_name"`
	ProjectFullPath string             `json:"project_full_path"`
	NamespaceID     domain.NamespaceID `json:"namespace_id"`
	UserID          domain.UserID      `json:"user_id,omitempty"`
	TimeInQueue     float64            `json:"time_in_queue_seconds"`
}

func offeredInfo(o application.OfferedJob) offeredJobInfo {
	s, project := o.Job.State(), o.Project.State()
	waited, _ := o.Job.QueuedDuration(s.StartedAt)
	return offeredJobInfo{
		ID: s.ID, Name: s.Name, Stage: s.Stage, PipelineID: o.Pipeline.ID,
		ProjectID: project.ID, ProjectName: project.Path, ProjectFullPath: project.FullPath,
		NamespaceID: project.Namespace.ID, UserID: s.User, TimeInQueue: waited.Seconds(),
	}
}

// cloneDepth is how many commits an agent fetches, unless GIT_DEPTH says
// something else.
const cloneDepth = 20

// offeredGitInfo says what to check out.
type offeredGitInfo struct {
	RepoURL   string   `json:"repo_url"`
	Ref       string   `json:"ref"`
	SHA       string   `json:"sha"`
	BeforeSHA string   `json:"before_sha"`
	RefType   string   `json:"ref_type"`
	Refspecs  []string `json:"refspecs"`
	Depth     int      `json:"depth"`
	Protected bool     `json:"protected"`
}

// offeredGit is nil for a project without a repository.
func offeredGit(o application.OfferedJob) *offeredGitInfo {
	s := o.Job.State()
	repository := o.Project.State().RepositoryURL
	if repository == "" {
		return nil
	}
	git := &offeredGitInfo{
		RepoURL: repository, Ref: s.Ref, SHA: o.Revision, BeforeSHA: domain.NoSHA,
		RefType: "branch", Refspecs: []string{"+refs/heads/" + s.Ref + ":refs/remotes/origin/" + s.Ref},
		Depth: cloneDepth, Protected: s.Protected,
	}
	if s.Tag {
		git.RefType, git.Refspecs = "tag", []string{"+refs/tags/" + s.Ref + ":refs/tags/" + s.Ref}
	}
	return git
}

// offeredVariable is one variable of the environment.
type offeredVariable struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Public bool   `json:"public"`
	File   bool   `json:"file"`
	Masked bool   `json:"masked"`
	Raw    bool   `json:"raw"`
}

// appendVariable writes one of the many of a payload.
func appendVariable(to []byte, v offeredVariable) []byte {
	to = appendText(append(to, `{"key":`...), v.Key)
	to = appendText(append(to, `,"value":`...), v.Value)
	to = strconv.AppendBool(append(to, `,"public":`...), v.Public)
	to = strconv.AppendBool(append(to, `,"file":`...), v.File)
	to = strconv.AppendBool(append(to, `,"masked":`...), v.Masked)
	to = strconv.AppendBool(append(to, `,"raw":`...), v.Raw)
	return append(to, '}')
}

func offeredVariableOf(v domain.JobVariable) offeredVariable {
	return offeredVariable{Key: v.Key, Value: v.Value, Public: v.Public, File: v.File, Masked: v.Masked, Raw: v.Raw}
}

// offeredStep is a script.
type offeredStep struct {
	Name         string   `json:"name"`
	Script       []string `json:"script"`
	Timeout      int64    `json:"timeout"`
	When         string   `json:"when"`
	AllowFailure bool     `json:"allow_failure"`
}

// offeredSteps are what the job does, and what it does afterwards in any case.
func offeredSteps(s domain.JobState) []offeredStep {
	d := s.Definition
	steps := []offeredStep{{
		Name: "script", Script: append(d.BeforeScript, d.Script...), Timeout: s.RunTimeout, When: "on_success",
	}}
	if len(d.AfterScript) > 0 {
		steps = append(steps, offeredStep{
			Name: "after_script", Script: d.AfterScript, Timeout: s.RunTimeout, When: "always", AllowFailure: true,
		})
	}
	return steps
}

// offeredImage is a container image, as far as an agent uses containers.
type offeredImage struct {
	Name       string   `json:"name"`
	Alias      string   `json:"alias,omitempty"`
	Entrypoint []string `json:"entrypoint,omitempty"`
	Command    []string `json:"command,omitempty"`
}

func offeredImageOf(i domain.JobImage) offeredImage {
	return offeredImage{Name: i.Name, Alias: i.Alias, Entrypoint: i.Entrypoint, Command: i.Command}
}

// offeredArtifacts says what to keep; the agent sends type, format and expiry
// back with the file.
type offeredArtifacts struct {
	Name      string   `json:"name,omitempty"`
	Untracked bool     `json:"untracked"`
	Paths     []string `json:"paths"`
	Exclude   []string `json:"exclude,omitempty"`
	When      string   `json:"when,omitempty"`
	ExpireIn  string   `json:"expire_in,omitempty"`
	Type      string   `json:"artifact_type"`
	Format    string   `json:"artifact_format"`
}

func offeredArtifactsOf(a domain.JobArtifacts) offeredArtifacts {
	return offeredArtifacts{
		Name: a.Name, Untracked: a.Untracked, Paths: append([]string{}, a.Paths...), Exclude: a.Exclude,
		When: a.When, ExpireIn: a.ExpireIn,
		Type: firstPresent(a.Type, domain.ArchiveArtifact), Format: firstPresent(a.Format, "zip"),
	}
}

// offeredDependencyView is an earlier job whose archive the agent fetches, with
// the token that it fetches it with: that of the job it has.
type offeredDependencyView struct {
	ID            domain.JobID       `json:"id"`
	Name          string             `json:"name"`
	Token         string             `json:"token"`
	ArtifactsFile *artifactsFileView `json:"artifacts_file,omitempty"`
}

// artifactsFileView is the archive that a job left.
type artifactsFileView struct {
	Filename string `json:"filename"`
	Size     int64  `json:"size"`
}

func artifactsFile(archive *domain.Artifact) *artifactsFileView {
	if archive == nil {
		return nil
	}
	return &artifactsFileView{archive.Filename, archive.Size}
}
