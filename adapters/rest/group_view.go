package rest

import (
	"runyard/application"
	"runyard/domain"
)

// groupView is the group of service.md section 4.
type groupView struct {
	ID          domain.GroupID      `json:"id"`
	WebURL      string              `json:"web_url"`
	Name        string              `json:"name"`
	Path        string              `json:"path"`
	Description string              `json:"description"`
	Visibility  domain.Visibility   `json:"visibility"`
	FullName    string              `json:"full_name"`
	FullPath    string              `json:"full_path"`
	CreatedAt   timestamp           `json:"created_at"`
	ParentID    *domain.NamespaceID `json:"parent_id"`
	// TokenExpirationInterval is in seconds; where none is set, the object stays
	// what old clients know.
	TokenExpirationInterval *int64 `json:"runner_token_expiration_interval,omitempty"`
	RunnersToken            string `json:"runners_token,omitempty"` // to Owners
}

func (v views) group(g application.GroupView) groupView {
	s := g.Group.State()
	return groupView{
		ID: s.ID, WebURL: v.groupPage(s.FullPath), Name: s.Name, Path: s.Path,
		Description: s.Description, Visibility: s.Visibility, FullName: s.FullName, FullPath: s.FullPath,
		CreatedAt: timestamp(s.CreatedAt), ParentID: parent(s.Parent),
		TokenExpirationInterval: s.TokenExpirationInterval, RunnersToken: g.RegistrationToken.Reveal(),
	}
}

// groupPage is the address of a group's page.
func (v views) groupPage(fullPath string) string { return v.web("groups/" + fullPath) }
