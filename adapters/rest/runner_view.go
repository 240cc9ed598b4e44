package rest

import (
	"slices"
	"strconv"
	"time"

	"runyard/application"
	"runyard/domain"
)

// runnerView is the short runner of runners-api.md 4.0.
type runnerView struct {
	ID          domain.RunnerID     `json:"id"`
	Description *string             `json:"description"`
	IPAddress   *string             `json:"ip_address"`
	Active      bool                `json:"active"`
	Paused      bool                `json:"paused"`
	IsShared    bool                `json:"is_shared"`
	RunnerType  domain.RunnerType   `json:"runner_type"`
	Name        *string             `json:"name"`
	Online      *bool               `json:"online"`
	Status      domain.RunnerStatus `json:"status"`
}

// appendTo implements appender.
func (v runnerView) appendTo(to []byte) []byte {
	to = append(to, '{')
	to = v.appendFields(to)
	return append(to, '}')
}

func (v runnerView) appendFields(to []byte) []byte {
	to = strconv.AppendInt(append(to, `"id":`...), int64(v.ID), 10)
	to = appendOptionalText(append(to, `,"description":`...), v.Description)
	to = appendOptionalText(append(to, `,"ip_address":`...), v.IPAddress)
	to = strconv.AppendBool(append(to, `,"active":`...), v.Active)
	to = strconv.AppendBool(append(to, `,"paused":`...), v.Paused)
	to = strconv.AppendBool(append(to, `,"is_shared":`...), v.IsShared)
	to = appendText(append(to, `,"runner_type":`...), v.RunnerType)
	to = appendOptionalText(append(to, `,"name":`...), v.Name)
	to = appendOptionalBool(append(to, `,"online":`...), v.Online)
	return appendText(append(to, `,"status":`...), v.Status)
}

// runnerViews are a list of runners.
type runnerViews []runnerView

// appendTo implements appender.
func (v runnerViews) appendTo(to []byte) []byte {
	return appendList(to, v, func(to []byte, r runnerView) []byte { return r.appendTo(to) })
}

func (v views) runner(r domain.RunnerSummary, at time.Time) runnerView {
	return runnerView{
		ID: r.ID, Description: r.Description, IPAddress: r.IPAddress,
		Active: r.Active, Paused: !r.Active, IsShared: r.Type.Shared(), RunnerType: r.Type,
		Name: r.Name, Online: r.Online(at), Status: r.Status(at),
	}
}

func (v views) runners(list application.RunnerList) runnerViews {
	return mapped(list.Runners, func(r domain.RunnerSummary) runnerView { return v.runner(r, list.At) })
}

// runnerDetailsView is the runner of runners-api.md 4.3.
type runnerDetailsView struct {
	runnerView
	TagList         domain.Tags              `json:"tag_list"`
	RunUntagged     bool                     `json:"run_untagged"`
	Locked          bool                     `json:"locked"`
	MaximumTimeout  *int64                   `json:"maximum_timeout"`
	AccessLevel     domain.RunnerAccessLevel `json:"access_level"`
	Version         *string                  `json:"version"`
	Revision        *string                  `json:"revision"`
	Platform        *string                  `json:"platform"`
	Architecture    *string                  `json:"architecture"`
	ContactedAt     timestamp                `json:"contacted_at"`
	MaintenanceNote *string                  `json:"maintenance_note"`
	Projects        *[]runnerProjectView     `json:"projects,omitempty"` // nil: not asked for
	Groups          []runnerGroupView        `json:"groups"`
}

// appendTo implements appender.
func (v runnerDetailsView) appendTo(to []byte) []byte {
	to = v.appendFields(append(to, '{'))
	to = appendList(append(to, `,"tag_list":`...), v.TagList, appendText)
	to = strconv.AppendBool(append(to, `,"run_untagged":`...), v.RunUntagged)
	to = strconv.AppendBool(append(to, `,"locked":`...), v.Locked)
	to = appendOptionalInt(append(to, `,"maximum_timeout":`...), v.MaximumTimeout)
	to = appendText(append(to, `,"access_level":`...), v.AccessLevel)
	to = appendOptionalText(append(to, `,"version":`...), v.Version)
	to = appendOptionalText(append(to, `,"revision":`...), v.Revision)
	to = appendOptionalText(append(to, `,"platform":`...), v.Platform)
	to = appendOptionalText(append(to, `,"architecture":`...), v.Architecture)
	to = v.ContactedAt.appendTo(append(to, `,"contacted_at":`...))
	to = appendOptionalText(append(to, `,"maintenance_note":`...), v.MaintenanceNote)
	if v.Projects != nil {
		to = slices.Grow(to, len(*v.Projects)*projectSize) // of which there may be thousands
		to = appendList(append(to, `,"projects":`...), *v.Projects, appendRunnerProject)
	}
	return append(appendJSON(append(to, `,"groups":`...), v.Groups), '}')
}

func (v views) runnerDetails(d application.RunnerDetails, withoutProjects bool) runnerDetailsView {
	s := d.Runner.State()
	view := runnerDetailsView{
		runnerView: v.runner(d.Runner.Summary(), d.At),
		TagList:    s.Tags, RunUntagged: s.RunUntagged, Locked: s.Locked,
		MaximumTimeout: s.MaximumTimeout, AccessLevel: s.AccessLevel,
		Version: s.Version, Revision: s.Revision, Platform: s.Platform, Architecture: s.Architecture,
		ContactedAt: timestamp(s.ContactedAt), Groups: mapped(d.Groups, v.runnerGroup),
	}
	if d.ShowMaintenanceNote {
		view.MaintenanceNote = s.MaintenanceNote
	}
	if !withoutProjects {
		projects := mapped(d.Projects, v.runnerProject)
		view.Projects = &projects
	}
	return view
}

// projectSize is about how many bytes a runnerProjectView is written with.
const projectSize = 1 << 10

// runnerProjectView is a project to which a runner is assigned.
type runnerProjectView struct {
	projectIdentity
	DefaultBranch  string        `json:"default_branch"`
	TagList        []string      `json:"tag_list"`
	Topics         []string      `json:"topics"`
	SSHURLToRepo   string        `json:"ssh_url_to_repo"`
	HTTPURLToRepo  string        `json:"http_url_to_repo"`
	WebURL         string        `json:"web_url"`
	ReadmeURL      *string       `json:"readme_url"`
	AvatarURL      *string       `json:"avatar_url"`
	ForksCount     int           `json:"forks_count"`
	StarCount      int           `json:"star_count"`
	LastActivityAt timestamp     `json:"last_activity_at"`
	Namespace      namespaceView `json:"namespace"`
}

func appendRunnerProject(to []byte, v runnerProjectView) []byte {
	to = v.appendFields(append(to, '{'))
	to = appendText(append(to, `,"default_branch":`...), v.DefaultBranch)
	to = appendList(append(to, `,"tag_list":`...), v.TagList, appendText)
	to = appendList(append(to, `,"topics":`...), v.Topics, appendText)
	to = appendText(append(to, `,"ssh_url_to_repo":`...), v.SSHURLToRepo)
	to = appendText(append(to, `,"http_url_to_repo":`...), v.HTTPURLToRepo)
	to = appendText(append(to, `,"web_url":`...), v.WebURL)
	to = appendOptionalText(append(to, `,"readme_url":`...), v.ReadmeURL)
	to = appendOptionalText(append(to, `,"avatar_url":`...), v.AvatarURL)
	to = appendInt(append(to, `,"forks_count":`...), int64(v.ForksCount))
	to = appendInt(append(to, `,"star_count":`...), int64(v.StarCount))
	to = v.LastActivityAt.appendTo(append(to, `,"last_activity_at":`...))
	return append(appendNamespace(append(to, `,"namespace":`...), v.Namespace), '}')
}

func (v views) runnerProject(p *domain.Project) runnerProjectView {
	s := p.State()
	return runnerProjectView{
		projectIdentity: v.projectIdentity(p),
		DefaultBranch:   s.DefaultBranch, TagList: []string{}, Topics: []string{},
		SSHURLToRepo:  "git@" + v.external.Hostname() + ":" + s.FullPath + ".git",
		HTTPURLToRepo: v.repository(s), WebURL: v.web(s.FullPath),
		LastActivityAt: timestamp(s.CreatedAt), Namespace: v.namespace(s.Namespace),
	}
}

// runnerGroupView is the group that a runner belongs to.
type runnerGroupView struct {
	ID     domain.GroupID `json:"id"`
	WebURL string         `json:"web_url"`
	Name   string         `json:"name"`
}

func (v views) runnerGroup(g *domain.Group) runnerGroupView {
	s := g.State()
	return runnerGroupView{ID: s.ID, WebURL: v.groupPage(s.FullPath), Name: s.Name}
}
