package floor

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// project is what every view of a project begins with.
type project struct {
	ID                int64   `json:"id"`
	Description       *string `json:"description"`
	Name              string  `json:"name"`
	NameWithNamespace string  `json:"name_with_namespace"`
	Path              string  `json:"path"`
	PathWithNamespace string  `json:"path_with_namespace"`
	CreatedAt         moment  `json:"created_at"`
}

// projectColumns are of a project p in a namespace n; within puts them together.
const projectColumns = "p.id, p.description, p.name, n.full_name, p.path, n.full_path, p.created_at"

func (p *project) into() []any {
	return []any{&p.ID, &p.Description, &p.Name, &p.NameWithNamespace, &p.Path, &p.PathWithNamespace, &p.CreatedAt}
}

func (p *project) complete() {
	p.NameWithNamespace += " / " + p.Name
	p.PathWithNamespace += "/" + p.Path
}

// runnerDetails is the runner that is asked for alone.
type runnerDetails struct {
	runner
	TagList         json.RawMessage  `json:"tag_list"`
	RunUntagged     bool             `json:"run_untagged"`
	Locked          bool             `json:"locked"`
	MaximumTimeout  *int64           `json:"maximum_timeout"`
	AccessLevel     string           `json:"access_level"`
	Version         *string          `json:"version"`
	Revision        *string          `json:"revision"`
	Platform        *string          `json:"platform"`
	Architecture    *string          `json:"architecture"`
	ContactedAt     moment           `json:"contacted_at"`
	MaintenanceNote *string          `json:"maintenance_note"`
	Projects        *[]runnerProject `json:"projects,omitempty"`
	Groups          []struct{}       `json:"groups"`
}

type runnerProject struct {
	project
	DefaultBranch  string    `json:"default_branch"`
	TagList        []string  `json:"tag_list"`
	Topics         []string  `json:"topics"`
	SSHURLToRepo   string    `json:"ssh_url_to_repo"`
	HTTPURLToRepo  string    `json:"http_url_to_repo"`
	WebURL         string    `json:"web_url"`
	ReadmeURL      *string   `json:"readme_url"`
	AvatarURL      *string   `json:"avatar_url"`
	ForksCount     int       `json:"forks_count"`
	StarCount      int       `json:"star_count"`
	LastActivityAt moment    `json:"last_activity_at"`
	Namespace      namespace `json:"namespace"`
}

type namespace struct {
	ID        int64   `json:"id"`
	Name      string  `json:"name"`
	Path      string  `json:"path"`
	Kind      string  `json:"kind"`
	FullPath  string  `json:"full_path"`
	ParentID  *int64  `json:"parent_id"`
	AvatarURL *string `json:"avatar_url"`
	WebURL    string  `json:"web_url"`
}

var errNoRow = errors.New("there is none")

// runner reads one row, and a row for each project.
func (s *server) runner(r *http.Request) (any, string, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, "", err
	}
	v := runnerDetails{Groups: []struct{}{}}
	found := false
	err = s.db.query(r.Context(), "SELECT "+runnerColumns+`, r.tag_list, r.run_untagged, r.locked, r.maximum_timeout, r.access_level,
		c.version, c.revision, c.platform, c.architecture, r.maintenance_note FROM runners AS r`+contacts+" WHERE r.id = $1",
		func(scan func(...any) error) error {
			found = true
			var tags string
			err := scan(append(v.into(&v.ContactedAt), &tags, &v.RunUntagged, &v.Locked, &v.MaximumTimeout, &v.AccessLevel,
				&v.Version, &v.Revision, &v.Platform, &v.Architecture, &v.MaintenanceNote)...)
			v.TagList = json.RawMessage(tags)
			return err
		}, id)
	if err == nil && !found {
		err = errNoRow
	}
	if err != nil {
		return nil, "", err
	}
	v.complete(v.ContactedAt, time.Now())
	if r.URL.Query().Get("include_projects") != "false" {
		v.Projects, err = s.projectsOf(r, id)
	}
	return v, "", err
}

func (s *server) projectsOf(r *http.Request, runner int64) (*[]runnerProject, error) {
	list := []runnerProject{}
	err := s.db.query(r.Context(), "SELECT "+projectColumns+`, p.default_branch, p.repository_url, n.id, n.name, n.path, n.kind, n.parent_id
		FROM runner_projects AS l JOIN projects AS p ON p.id = l.project_id JOIN namespaces AS n ON n.id = p.namespace_id
		WHERE l.runner_id = $1 ORDER BY p.id`, func(scan func(...any) error) error {
		v := runnerProject{TagList: []string{}, Topics: []string{}}
		n := &v.Namespace
		if err := scan(append(v.into(), &v.DefaultBranch, &v.HTTPURLToRepo, &n.ID, &n.Name, &n.Path, &n.Kind, &n.ParentID)...); err != nil {
			return err
		}
		n.FullPath = v.PathWithNamespace
		v.complete()
		v.SSHURLToRepo, v.WebURL = "git@bench.example:"+v.PathWithNamespace+".git", External+"/"+v.PathWithNamespace
		v.LastActivityAt, n.WebURL = v.CreatedAt, External+"/"+n.FullPath
		if n.Kind == "group" {
			n.WebURL = External + "/groups/" + n.FullPath
		}
		list = append(list, v)
		return nil
	}, runner)
	return &list, err
}

// verify reads one row.
func (s *server) verify(r *http.Request) (any, string, error) {
	v := struct {
		ID             int64  `json:"id"`
		Token          string `json:"token"`
		TokenExpiresAt moment `json:"token_expires_at"`
	}{Token: r.FormValue("token")}
	err := s.db.query(r.Context(), "SELECT id, token_expires_at FROM runners WHERE token_digest = $1",
		func(scan func(...any) error) error { return scan(&v.ID, &v.TokenExpiresAt) }, r.URL.Query().Get("digest"))
	if err == nil && v.ID == 0 {
		err = errNoRow
	}
	return v, "", err
}
