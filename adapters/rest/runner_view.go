package rest

import (
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

func (v views) runner(r *domain.Runner, at time.Time) runnerView {
	s := r.State()
	return runnerView{
		ID: s.ID, Description: s.Description, IPAddress: s.IPAddress,
		Active: s.Active, Paused: !s.Active, IsShared: s.Type.Shared(), RunnerType: s.Type,
		Name: s.Name, Online: r.Online(at), Status: r.Status(at),
	}
}

func (v views) runners(list application.RunnerList) []runnerView {
	return mapped(list.Runners, func(r *domain.Runner) runnerView { return v.runner(r, list.At) })
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

func (v views) runnerDetails(d application.RunnerDetails, withoutProjects bool) runnerDetailsView {
	s := d.Runner.State()
	view := runnerDetailsView{
		runnerView: v.runner(d.Runner, d.At),
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
