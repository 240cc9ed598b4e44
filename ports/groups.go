//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=groups.go -destination=mocks/groups.go -package=mocks

package ports

import (
	"context"
	"time"

	"runyard/domain"
)

// GroupRef names a group by id or, if that is zero, by full path. Paths are
// compared without regard to case.
type GroupRef struct {
	ID   domain.GroupID
	Path string
}

// GroupQuery selects groups.
type GroupQuery struct {
	Search string // part of the name or path, without regard to case; empty: all
}

// GroupRepository keeps groups and knows which is above which. Personal
// namespaces are no groups: they are not found here.
type GroupRepository interface {
	// Add stores a new group with owner as its first member, level Owner, and
	// returns the id it was given. A full path that a project or namespace has
	// already is a conflict.
	Add(ctx context.Context, g *domain.Group, owner domain.UserID) (domain.GroupID, error)
	// Find returns the group.
	Find(ctx context.Context, ref GroupRef) (*domain.Group, error)
	// FindByToken returns the group whose registration token has the digest.
	FindByToken(ctx context.Context, token domain.Digest) (*domain.Group, error)
	// List returns one page of the groups that the actor can see, each with
	// what the actor is to it, and how many there are up to CountLimit.
	List(ctx context.Context, actor domain.Actor, at time.Time, q GroupQuery, p Page) ([]domain.GroupAccess, int, error)
	// Update runs change with the group and its parent (nil at the top) while
	// nobody else can change the group, then stores the result. New names and
	// paths reach everything below it; a path that makes a full path below it too
	// long is refused.
	Update(ctx context.Context, id domain.GroupID, change func(g, parent *domain.Group) error) error
	// Delete deletes the group with its memberships, subgroups, projects and
	// group runners. Project runners lose the projects and stay.
	Delete(ctx context.Context, id domain.GroupID) error
	// Namespace returns the namespace with that id, a group's or a user's.
	Namespace(ctx context.Context, id domain.NamespaceID) (domain.Namespace, error)
}
