package rest

import (
	"runyard/application"
	"runyard/domain"
)

// projectIdentity is what every view of a project begins with.
type projectIdentity struct {
	ID                domain.ProjectID `json:"id"`
	Description       *string          `json:"description"`
	Name              string           `json:"name"`
	NameWithNamespace string           `json:"name_with_namespace"`
	Path              string           `json:"path"`
	PathWithNamespace string           `json:"path_with_namespace"`
	CreatedAt         timestamp        `json:"created_at"`
}

func (v *projectIdentity) appendFields(to []byte) []byte {
	to = appendInt(append(to, `"id":`...), v.ID)
	to = appendOptionalText(append(to, `,"description":`...), v.Description)
	to = appendText(append(to, `,"name":`...), v.Name)
	to = appendText(append(to, `,"name_with_namespace":`...), v.NameWithNamespace)
	to = appendText(append(to, `,"path":`...), v.Path)
	to = appendText(append(to, `,"path_with_namespace":`...), v.PathWithNamespace)
	return v.CreatedAt.appendTo(append(to, `,"created_at":`...))
}

func (v views) projectIdentity(p *domain.Project) projectIdentity {
	s := p.State()
	return projectIdentity{
		ID: s.ID, Description: s.Description, Name: s.Name, NameWithNamespace: s.FullName,
		Path: s.Path, PathWithNamespace: s.FullPath, CreatedAt: timestamp(s.CreatedAt),
	}
}

// projectView is the project of service.md section 4.
type projectView struct {
	projectIdentity
	DefaultBranch        string            `json:"default_branch"`
	Visibility           domain.Visibility `json:"visibility"`
	WebURL               string            `json:"web_url"`
	HTTPURLToRepo        string            `json:"http_url_to_repo"`
	RepositoryURL        string            `json:"repository_url"`
	Namespace            namespaceView     `json:"namespace"`
	SharedRunnersEnabled bool              `json:"shared_runners_enabled"`
	GroupRunnersEnabled  bool              `json:"group_runners_enabled"`
	BuildTimeout         int64             `json:"build_timeout"`
	// TokenExpirationInterval is in seconds; where none is set, the object stays
	// what old clients know.
	TokenExpirationInterval *int64 `json:"runner_token_expiration_interval,omitempty"`
	RunnersToken            string `json:"runners_token,omitempty"` // to Maintainers
}

func (v views) project(p application.ProjectView) projectView {
	s := p.Project.State()
	return projectView{
		projectIdentity: v.projectIdentity(p.Project),
		DefaultBranch:   s.DefaultBranch, Visibility: s.Visibility, WebURL: v.web(s.FullPath),
		HTTPURLToRepo: v.repository(s), RepositoryURL: s.RepositoryURL, Namespace: v.namespace(s.Namespace),
		SharedRunnersEnabled: s.SharedRunnersEnabled, GroupRunnersEnabled: s.GroupRunnersEnabled,
		BuildTimeout: s.BuildTimeout, TokenExpirationInterval: s.TokenExpirationInterval,
		RunnersToken: p.RegistrationToken.Reveal(),
	}
}

// repository is what runners clone or, if there is nothing to clone, where it
// would be.
func (v views) repository(s domain.ProjectState) string {
	if s.RepositoryURL != "" {
		return s.RepositoryURL
	}
	return v.web(s.FullPath) + ".git"
}

// namespaceView is where a project lives.
type namespaceView struct {
	ID        domain.NamespaceID   `json:"id"`
	Name      string               `json:"name"`
	Path      string               `json:"path"`
	Kind      domain.NamespaceKind `json:"kind"`
	FullPath  string               `json:"full_path"`
	ParentID  *domain.NamespaceID  `json:"parent_id"`
	AvatarURL *string              `json:"avatar_url"`
	WebURL    string               `json:"web_url"`
}

func appendNamespace(to []byte, v namespaceView) []byte {
	to = appendInt(append(to, `{"id":`...), v.ID)
	to = appendText(append(to, `,"name":`...), v.Name)
	to = appendText(append(to, `,"path":`...), v.Path)
	to = appendText(append(to, `,"kind":`...), v.Kind)
	to = appendText(append(to, `,"full_path":`...), v.FullPath)
	to = appendOptionalInt(append(to, `,"parent_id":`...), v.ParentID)
	to = appendOptionalText(append(to, `,"avatar_url":`...), v.AvatarURL)
	return append(appendText(append(to, `,"web_url":`...), v.WebURL), '}')
}

func (v views) namespace(n domain.Namespace) namespaceView {
	view := namespaceView{
		ID: n.ID, Name: n.Name, Path: n.Path, Kind: n.Kind, FullPath: n.FullPath,
		ParentID: parent(n.Parent), WebURL: v.web(n.FullPath),
	}
	if n.Kind == domain.NamespaceOfGroup {
		view.WebURL = v.groupPage(n.FullPath)
	}
	return view
}

// parent is null at the top.
func parent(id domain.NamespaceID) *domain.NamespaceID {
	if id == 0 {
		return nil
	}
	return &id
}
