package rest

import (
	"runyard/application"
	"runyard/domain"
)

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
