package domain

import (
	"fmt"
	"strings"
	"time"
)

// NamespaceID identifies a namespace: a group, or the personal one of a user.
type NamespaceID int64

// GroupID identifies a group. Groups and personal namespaces share their ids.
type GroupID = NamespaceID

// NamespaceKind tells groups from personal namespaces.
type NamespaceKind string

// The kinds of namespace.
const (
	NamespaceOfGroup NamespaceKind = "group"
	NamespaceOfUser  NamespaceKind = "user"
)

// Namespace is where a project lives.
type Namespace struct {
	ID       NamespaceID
	Kind     NamespaceKind
	Name     string
	Path     string
	FullName string      // names from the top, joined by " / "
	FullPath string      // paths from the top, joined by "/"
	Parent   NamespaceID // zero at the top
	Owner    UserID      // of a personal namespace, else zero
}

// Group is a set of projects and of further groups, with members of its own.
type Group struct{ s GroupState }

// GroupState is a group as stored and shown: every fact, no rule.
type GroupState struct {
	ID          GroupID
	Parent      GroupID // zero at the top
	Name        string
	Path        string
	FullName    string // names from the top, joined by " / "
	FullPath    string // paths from the top, joined by "/"
	Visibility  Visibility
	Description string
	Token       RegistrationToken
	// TokenExpirationInterval is how long, in seconds, the tokens of runners
	// here and below are good; nil: the group does not say.
	TokenExpirationInterval *int64
	CreatedAt               time.Time
}

// maxFullPath is how many characters a full path may have: as many as an index
// of a database surely takes.
const maxFullPath = 2000

var errFullPathTooLong = Invalid("path", fmt.Sprintf("makes a full path that %s", tooLong(maxFullPath)))

// CheckFullPath refuses the full path of a group or project that has too many
// characters.
func CheckFullPath(path string) error {
	if longerThan(&path, maxFullPath) {
		return errFullPathTooLong
	}
	return nil
}

// RegistrationToken lets runners register in a group or project. The token
// itself is derived from the seed and the instance's secret key when it must
// be shown, and found by its digest.
type RegistrationToken struct {
	Seed   string
	Digest Digest
}

// NewGroup checks the names. parent is nil at the top; else the group's full
// name and path continue the parent's.
func NewGroup(spec GroupState, parent *Group, now time.Time) (*Group, error) {
	if spec.Visibility == "" {
		spec.Visibility = Private
	}
	spec.CreatedAt = now
	spec.Parent = 0
	if parent != nil {
		spec.Parent = parent.s.ID
	}
	g := &Group{s: spec}
	if err := g.place(parent); err != nil {
		return nil, err
	}
	return g, nil
}

// RestoreGroup rebuilds a stored group and checks nothing.
func RestoreGroup(s GroupState) *Group { return &Group{s: s} }

// State is a copy of all that the group knows.
func (g *Group) State() GroupState { return g.s }

// ID is the group's identity.
func (g *Group) ID() GroupID { return g.s.ID }

// Format names the group, and keeps the digest of its token out of fmt.
func (g *Group) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "group %d", g.s.ID) }

// Namespace is the group as the place of a project.
func (g *Group) Namespace() Namespace {
	return Namespace{
		ID: g.s.ID, Kind: NamespaceOfGroup, Name: g.s.Name, Path: g.s.Path,
		FullName: g.s.FullName, FullPath: g.s.FullPath, Parent: g.s.Parent,
	}
}

// GroupChange is what PUT may change of a group; absent fields stay.
type GroupChange struct {
	Name        Field[string]
	Path        Field[string]
	Description Field[string]
	Visibility  Field[Visibility]
	// TokenExpirationInterval is in seconds; nil: the group does not say.
	TokenExpirationInterval Field[*int64]
}

// Update applies the change. parent must be the group's parent, nil at the top.
func (g *Group) Update(c GroupChange, parent *Group) error {
	next := Group{s: g.s}
	c.Name.into(&next.s.Name)
	c.Path.into(&next.s.Path)
	c.Description.into(&next.s.Description)
	c.Visibility.into(&next.s.Visibility)
	c.TokenExpirationInterval.into(&next.s.TokenExpirationInterval)
	if err := next.place(parent); err != nil {
		return err
	}
	g.s = next.s
	return nil
}

// ResetRegistrationToken gives the group another registration token; the old
// one is dead.
func (g *Group) ResetRegistrationToken(token RegistrationToken) { g.s.Token = token }

// place checks the attributes and computes the full name and path.
func (g *Group) place(parent *Group) error {
	var broken violations
	if strings.TrimSpace(g.s.Name) == "" {
		broken.add("name", "can't be blank")
	} else if longerThan(&g.s.Name, 255) {
		broken.add("name", tooLong(255))
	}
	if text := pathViolation(g.s.Path); text != "" {
		broken.add("path", text)
	}
	checkTokenExpirationInterval(g.s.TokenExpirationInterval, &broken)
	if err := broken.err(); err != nil {
		return err
	}
	g.s.FullName, g.s.FullPath = g.s.Name, g.s.Path
	if parent != nil {
		g.s.FullName = parent.s.FullName + " / " + g.s.Name
		g.s.FullPath = parent.s.FullPath + "/" + g.s.Path
	}
	return CheckFullPath(g.s.FullPath)
}
