package domain

import (
	"fmt"
	"strings"
	"time"
)

// ProjectID identifies a project.
type ProjectID int64

// Project is what jobs and project runners belong to.
type Project struct{ s ProjectState }

// ProjectState is a project as stored and shown: every fact, no rule.
type ProjectState struct {
	ID                   ProjectID
	Namespace            Namespace
	Name                 string
	Path                 string
	FullName             string // with the namespace's names, joined by " / "
	FullPath             string // with the namespace's paths, joined by "/"
	Description          *string
	DefaultBranch        string
	Visibility           Visibility
	SharedRunnersEnabled bool   // instance runners may get its jobs
	GroupRunnersEnabled  bool   // group runners may get its jobs
	BuildTimeout         int64  // seconds; what a job gets that asks for no timeout
	RepositoryURL        string // what runners clone; empty: jobs run without sources
	Token                RegistrationToken
	// TokenExpirationInterval is how long, in seconds, the tokens of runners
	// here are good; nil: the project does not say.
	TokenExpirationInterval *int64
	CreatedAt               time.Time
}

// The defaults of a new project (service reference, section 4).
const (
	DefaultBranch       = "main"
	DefaultBuildTimeout = 3600 // seconds
)

// ProjectSpec is what is asked for in a new project. Nil and empty fields mean
// the default.
type ProjectSpec struct {
	Name                 string // default: the path
	Path                 string // default: derived from the name
	Description          *string
	DefaultBranch        string
	Visibility           Visibility
	SharedRunnersEnabled *bool
	GroupRunnersEnabled  *bool
	BuildTimeout         *int64
	RepositoryURL        string
	Token                RegistrationToken
	// TokenExpirationInterval is in seconds; nil: the project does not say.
	TokenExpirationInterval *int64
}

// NewProject makes a project in a namespace.
func NewProject(spec ProjectSpec, in Namespace, now time.Time) (*Project, error) {
	s := ProjectState{
		Namespace: in, Name: spec.Name, Path: spec.Path, Description: spec.Description,
		DefaultBranch: spec.DefaultBranch, Visibility: spec.Visibility,
		SharedRunnersEnabled: true, GroupRunnersEnabled: true, BuildTimeout: DefaultBuildTimeout,
		RepositoryURL: spec.RepositoryURL, Token: spec.Token,
		TokenExpirationInterval: spec.TokenExpirationInterval, CreatedAt: now,
	}
	if s.Path == "" {
		s.Path = pathFromName(s.Name)
	}
	if s.Name == "" {
		s.Name = s.Path
	}
	if s.DefaultBranch == "" {
		s.DefaultBranch = DefaultBranch
	}
	if s.Visibility == "" {
		s.Visibility = Private
	}
	if spec.SharedRunnersEnabled != nil {
		s.SharedRunnersEnabled = *spec.SharedRunnersEnabled
	}
	if spec.GroupRunnersEnabled != nil {
		s.GroupRunnersEnabled = *spec.GroupRunnersEnabled
	}
	if spec.BuildTimeout != nil {
		s.BuildTimeout = *spec.BuildTimeout
	}
	p := &Project{s: s}
	if err := p.check(); err != nil {
		return nil, err
	}
	return p, nil
}

// pathFromName turns a name into a path: lower case, with a dash for every run
// of characters that a path cannot have.
func pathFromName(name string) string {
	var path strings.Builder
	dash := false
	for _, c := range strings.ToLower(name) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.' {
			if dash && path.Len() > 0 {
				path.WriteByte('-')
			}
			path.WriteRune(c)
			dash = false
		} else {
			dash = true
		}
	}
	return path.String()
}

// RestoreProject rebuilds a stored project and checks nothing.
func RestoreProject(s ProjectState) *Project { return &Project{s: s} }

// State is a copy of all that the project knows.
func (p *Project) State() ProjectState { return p.s }

// ID is the project's identity.
func (p *Project) ID() ProjectID { return p.s.ID }

// Format names the project, and keeps the digest of its token out of fmt.
func (p *Project) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "project %d", p.s.ID) }

// ProjectChange is what PUT may change of a project; absent fields stay.
type ProjectChange struct {
	Name                 Field[string]
	Path                 Field[string]
	Description          Field[*string]
	DefaultBranch        Field[string]
	Visibility           Field[Visibility]
	SharedRunnersEnabled Field[bool]
	GroupRunnersEnabled  Field[bool]
	BuildTimeout         Field[int64]
	RepositoryURL        Field[string]
	// TokenExpirationInterval is in seconds; nil: the project does not say.
	TokenExpirationInterval Field[*int64]
}

// Update applies the change, or nothing of it.
func (p *Project) Update(c ProjectChange) error {
	next := Project{s: p.s}
	c.Name.into(&next.s.Name)
	c.Path.into(&next.s.Path)
	c.Description.into(&next.s.Description)
	c.DefaultBranch.into(&next.s.DefaultBranch)
	c.Visibility.into(&next.s.Visibility)
	c.SharedRunnersEnabled.into(&next.s.SharedRunnersEnabled)
	c.GroupRunnersEnabled.into(&next.s.GroupRunnersEnabled)
	c.BuildTimeout.into(&next.s.BuildTimeout)
	c.RepositoryURL.into(&next.s.RepositoryURL)
	c.TokenExpirationInterval.into(&next.s.TokenExpirationInterval)
	if err := next.check(); err != nil {
		return err
	}
	p.s = next.s
	return nil
}

// ResetRegistrationToken gives the project another registration token; the old
// one is dead.
func (p *Project) ResetRegistrationToken(token RegistrationToken) { p.s.Token = token }

// OpenedSince tells whether the project takes runners that it did not take
// before.
func (p *Project) OpenedSince(before ProjectState) bool {
	return p.s.SharedRunnersEnabled && !before.SharedRunnersEnabled ||
		p.s.GroupRunnersEnabled && !before.GroupRunnersEnabled
}

// maxBuildTimeout bounds a project's build timeout: a month, in seconds. There
// is no lower bound but one second, so that timeouts can be tried out.
const maxBuildTimeout = 30 * 24 * 60 * 60

// check holds the rules of a project and computes its full name and path.
func (p *Project) check() error {
	var broken violations
	if strings.TrimSpace(p.s.Name) == "" {
		broken.add("name", "can't be blank")
	} else if longerThan(&p.s.Name, 255) {
		broken.add("name", tooLong(255))
	}
	if text := pathViolation(p.s.Path); text != "" {
		broken.add("path", text)
	}
	if !validRef(p.s.DefaultBranch) {
		broken.add("default_branch", badRef)
	}
	if p.s.BuildTimeout < 1 || p.s.BuildTimeout > maxBuildTimeout {
		broken.add("build_timeout", "needs to be between 1 second and 1 month")
	}
	checkTokenExpirationInterval(p.s.TokenExpirationInterval, &broken)
	if err := broken.err(); err != nil {
		return err
	}
	p.s.FullName = p.s.Namespace.FullName + " / " + p.s.Name
	p.s.FullPath = p.s.Namespace.FullPath + "/" + p.s.Path
	return CheckFullPath(p.s.FullPath)
}
