package rest

import (
	"strconv"
	"time"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// runnerJobView is the job of runners-api.md 4.7.
type runnerJobView struct {
	ID             domain.JobID     `json:"id"`
	Status         domain.JobStatus `json:"status"`
	Stage          string           `json:"stage"`
	Name           string           `json:"name"`
	Ref            string           `json:"ref"`
	Tag            bool             `json:"tag"`
	Coverage       *float64         `json:"coverage"`
	AllowFailure   bool             `json:"allow_failure"`
	CreatedAt      timestamp        `json:"created_at"`
	StartedAt      timestamp        `json:"started_at"`
	FinishedAt     timestamp        `json:"finished_at"`
	Duration       *float64         `json:"duration"`
	QueuedDuration *float64         `json:"queued_duration"`
	User           *userView        `json:"user"`
	Commit         *commitView      `json:"commit"`
	Pipeline       pipelineView     `json:"pipeline"`
	WebURL         string           `json:"web_url"`
	Project        projectIdentity  `json:"project"`
	IPAddress      *string          `json:"ip_address"`
}

// runnerJobViews are the jobs of a runner.
type runnerJobViews []runnerJobView

// appendTo implements appender.
func (v runnerJobViews) appendTo(to []byte) []byte { return appendList(to, v, appendRunnerJob) }

func appendRunnerJob(to []byte, v runnerJobView) []byte {
	to = appendInt(append(to, `{"id":`...), v.ID)
	to = appendText(append(to, `,"status":`...), v.Status)
	to = appendText(append(to, `,"stage":`...), v.Stage)
	to = appendText(append(to, `,"name":`...), v.Name)
	to = appendText(append(to, `,"ref":`...), v.Ref)
	to = strconv.AppendBool(append(to, `,"tag":`...), v.Tag)
	to = appendOptionalNumber(append(to, `,"coverage":`...), v.Coverage)
	to = strconv.AppendBool(append(to, `,"allow_failure":`...), v.AllowFailure)
	to = v.CreatedAt.appendTo(append(to, `,"created_at":`...))
	to = v.StartedAt.appendTo(append(to, `,"started_at":`...))
	to = v.FinishedAt.appendTo(append(to, `,"finished_at":`...))
	to = appendOptionalNumber(append(to, `,"duration":`...), v.Duration)
	to = appendOptionalNumber(append(to, `,"queued_duration":`...), v.QueuedDuration)
	to = appendUser(append(to, `,"user":`...), v.User)
	to = appendCommit(append(to, `,"commit":`...), v.Commit)
	to = appendPipeline(append(to, `,"pipeline":`...), v.Pipeline)
	to = appendText(append(to, `,"web_url":`...), v.WebURL)
	to = append(v.Project.appendFields(append(to, `,"project":{`...)), '}')
	return append(appendOptionalText(append(to, `,"ip_address":`...), v.IPAddress), '}')
}

func (v views) runnerJob(d ports.ListedJob, at time.Time) runnerJobView {
	s := d.Job
	path := d.Project.State().FullPath
	view := runnerJobView{
		ID: s.ID, Status: s.Status, Stage: s.Stage, Name: s.Name, Ref: s.Ref, Tag: s.Tag,
		Coverage: s.Coverage, AllowFailure: s.AllowFailure, CreatedAt: timestamp(s.CreatedAt),
		StartedAt: timestamp(s.StartedAt), FinishedAt: timestamp(s.FinishedAt),
		Duration: seconds(s.Duration(at)), QueuedDuration: seconds(s.QueuedDuration(at)),
		Pipeline: v.pipeline(d.Pipeline, path), WebURL: v.web(path + "/-/jobs/" + decimal(s.ID)),
		Project: v.projectIdentity(d.Project),
	}
	if d.User != nil {
		user := v.user(d.User)
		view.User = &user
	}
	if d.Commit != nil {
		commit := v.commit(*d.Commit, path)
		view.Commit = &commit
	}
	if d.Runner != nil {
		view.IPAddress = d.Runner.IPAddress
	}
	return view
}

// jobView is the job of service.md section 5.
type jobView struct {
	runnerJobView
	TagList       domain.Tags `json:"tag_list"`
	FailureReason *string     `json:"failure_reason"`
	Runner        *runnerView `json:"runner"`

	ArtifactsFile *artifactsFileView `json:"artifacts_file,omitempty"`
}

func (v views) job(j application.JobView) jobView { return v.listedJob(j.Listed(), j.Archive, j.At) }

func (v views) listedJob(j ports.ListedJob, archive *domain.Artifact, at time.Time) jobView {
	s := j.Job
	view := jobView{runnerJobView: v.runnerJob(j, at), TagList: s.Tags, ArtifactsFile: artifactsFile(archive)}
	if s.FailureReason != "" {
		view.FailureReason = &s.FailureReason
	}
	if j.Runner != nil {
		runner := v.runner(*j.Runner, at)
		view.Runner = &runner
	}
	return view
}

// pipelineView is the pipeline of a job.
type pipelineView struct {
	ID        domain.PipelineID `json:"id"`
	SHA       string            `json:"sha"`
	Ref       string            `json:"ref"`
	Status    domain.JobStatus  `json:"status"`
	ProjectID domain.ProjectID  `json:"project_id"`
	CreatedAt timestamp         `json:"created_at"`
	UpdatedAt timestamp         `json:"updated_at"`
	WebURL    string            `json:"web_url"`
}

func appendPipeline(to []byte, v pipelineView) []byte {
	to = appendInt(append(to, `{"id":`...), v.ID)
	to = appendText(append(to, `,"sha":`...), v.SHA)
	to = appendText(append(to, `,"ref":`...), v.Ref)
	to = appendText(append(to, `,"status":`...), v.Status)
	to = appendInt(append(to, `,"project_id":`...), v.ProjectID)
	to = v.CreatedAt.appendTo(append(to, `,"created_at":`...))
	to = v.UpdatedAt.appendTo(append(to, `,"updated_at":`...))
	return append(appendText(append(to, `,"web_url":`...), v.WebURL), '}')
}

func (v views) pipeline(p domain.Pipeline, project string) pipelineView {
	return pipelineView{
		ID: p.ID, SHA: p.SHA, Ref: p.Ref, Status: p.Status, ProjectID: p.Project,
		CreatedAt: timestamp(p.CreatedAt), UpdatedAt: timestamp(p.UpdatedAt),
		WebURL: v.web(project + "/-/pipelines/" + decimal(p.ID)),
	}
}

// commitView is the commit of a job.
type commitView struct {
	ID             string     `json:"id"`
	ShortID        string     `json:"short_id"`
	Title          string     `json:"title"`
	CreatedAt      commitDate `json:"created_at"`
	ParentIDs      []string   `json:"parent_ids"`
	Message        string     `json:"message"`
	AuthorName     string     `json:"author_name"`
	AuthorEmail    string     `json:"author_email"`
	AuthoredDate   commitDate `json:"authored_date"`
	CommitterName  string     `json:"committer_name"`
	CommitterEmail string     `json:"committer_email"`
	CommittedDate  commitDate `json:"committed_date"`
	WebURL         string     `json:"web_url"`
}

func appendCommit(to []byte, v *commitView) []byte {
	if v == nil {
		return append(to, "null"...)
	}
	to = appendText(append(to, `{"id":`...), v.ID)
	to = appendText(append(to, `,"short_id":`...), v.ShortID)
	to = appendText(append(to, `,"title":`...), v.Title)
	to = v.CreatedAt.appendTo(append(to, `,"created_at":`...))
	to = appendList(append(to, `,"parent_ids":`...), v.ParentIDs, appendText)
	to = appendText(append(to, `,"message":`...), v.Message)
	to = appendText(append(to, `,"author_name":`...), v.AuthorName)
	to = appendText(append(to, `,"author_email":`...), v.AuthorEmail)
	to = v.AuthoredDate.appendTo(append(to, `,"authored_date":`...))
	to = appendText(append(to, `,"committer_name":`...), v.CommitterName)
	to = appendText(append(to, `,"committer_email":`...), v.CommitterEmail)
	to = v.CommittedDate.appendTo(append(to, `,"committed_date":`...))
	return append(appendText(append(to, `,"web_url":`...), v.WebURL), '}')
}

func (v views) commit(c domain.Commit, project string) commitView {
	return commitView{
		ID: c.ID, ShortID: c.ShortID, Title: c.Title, CreatedAt: commitDate(c.CreatedAt),
		ParentIDs: c.ParentIDs, Message: c.Message, AuthorName: c.AuthorName, AuthorEmail: c.AuthorEmail,
		AuthoredDate: commitDate(c.AuthoredDate), CommitterName: c.CommitterName,
		CommitterEmail: c.CommitterEmail, CommittedDate: commitDate(c.CommittedDate),
		WebURL: v.web(project + "/-/commit/" + c.ID),
	}
}
