//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=projects.go -destination=mocks/projects.go -package=mocks

package ports

import (
	"context"
	"time"

	"runyard/domain"
)

// ProjectRef names a project by id or, if that is zero, by full path. Paths
// are compared without regard to case.
type ProjectRef struct {
	ID   domain.ProjectID
	Path string
}

// ProjectQuery selects projects.
type ProjectQuery struct {
	Search string // part of the name or path, without regard to case; empty: all
}

// ProjectRepository keeps projects.
type ProjectRepository interface {
	// Add stores a new project and returns the id it was given. A full path
	// that a project or namespace has already is a conflict.
	Add(ctx context.Context, p *domain.Project) (domain.ProjectID, error)
	// Find returns the project.
	Find(ctx context.Context, ref ProjectRef) (*domain.Project, error)
	// FindByToken returns the project whose registration token has the digest.
	FindByToken(ctx context.Context, token domain.Digest) (*domain.Project, error)
	// List returns one page of the projects that the actor can see, each with
	// what the actor is to it, and how many there are up to CountLimit.
	List(ctx context.Context, actor domain.Actor, at time.Time, q ProjectQuery, p Page) ([]domain.ProjectAccess, int, error)
	// Update runs change while nobody else can change the project, then stores
	// the result; like RunnerRepository.Update.
	Update(ctx context.Context, id domain.ProjectID, change func(p *domain.Project) error) error
	// Delete deletes the project with its memberships, pipelines and jobs, and
	// takes its runners from it; they stay.
	Delete(ctx context.Context, id domain.ProjectID) error
}
