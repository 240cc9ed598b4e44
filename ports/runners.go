//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=runners.go -destination=mocks/runners.go -package=mocks

package ports

import (
	"context"
	"time"

	"runyard/domain"
)

// RunnerSource says among which runners a list looks. One field is set; none
// means all runners of the instance.
type RunnerSource struct {
	// OwnedBy: project runners of projects where the user is a Maintainer or
	// more, and group runners of groups where the user is an Owner, inherited
	// memberships included (Runners API reference 2.2), at the moment At.
	OwnedBy domain.UserID
	At      time.Time
	// UsableIn: the project's own runners, the group runners of the groups
	// above it, and all instance runners.
	UsableIn domain.ProjectID
	// UsableInGroup: the group runners of the group and of those above it, and
	// all instance runners.
	UsableInGroup domain.GroupID
}

// RunnerRepository keeps runners and the projects they are assigned to.
type RunnerRepository interface {
	// Add stores a new runner, assigned to project if that is not zero, and
	// returns the id it was given.
	Add(ctx context.Context, r *domain.Runner, project domain.ProjectID) (domain.RunnerID, error)
	// Find returns the runner. The not-found error names no resource.
	Find(ctx context.Context, id domain.RunnerID) (*domain.Runner, error)
	// FindByToken returns the runner whose authentication token has the digest.
	FindByToken(ctx context.Context, token domain.Digest) (*domain.Runner, error)
	// List returns one page of the runners that the filter selects, each once
	// and in the order of ids, and how many there are up to CountLimit, also
	// beyond the last page.
	List(ctx context.Context, among RunnerSource, f domain.RunnerFilter, p Page) ([]domain.RunnerSummary, int, error)
	// Update runs change while nobody else can change the runner, then stores
	// the result. An error from change undoes all and comes back as it is.
	// change may run again and touches nothing but r: no port, no outer
	// variable that it reads. The cost does not depend on the number of projects.
	Update(ctx context.Context, id domain.RunnerID, change func(r *domain.Runner) error) error
	// UpdateAssignment is Update for the link between a runner and a project:
	// afterwards the link is there exactly if change left it Assigned, and the
	// runner is as change left it.
	UpdateAssignment(ctx context.Context, id domain.RunnerID, project domain.ProjectID,
		change func(a *domain.Assignment) error) error
	// Delete runs check while nobody else can change the runner, then deletes
	// it and its assignments, unless check refuses. Its jobs stay without it.
	Delete(ctx context.Context, id domain.RunnerID, check func(r *domain.Runner) error) error
	// RecordContact stores a sign of life of the runner and of the machine that
	// gave it, whole. It does not wait for an Update.
	RecordContact(ctx context.Context, id domain.RunnerID, c domain.RunnerContact) error
	// RecordContacts stores many signs of life at once, of the machines that gave
	// them and of their runners. Runners that are gone are passed over.
	RecordContacts(ctx context.Context, contacts map[domain.RunnerMachine]domain.RunnerContact) error
	// Projects returns the projects that the runner is assigned to. With a
	// member only those where that user has some level at that moment,
	// inherited ones included; a zero member means all.
	Projects(ctx context.Context, id domain.RunnerID, member domain.UserID, at time.Time) ([]*domain.Project, error)
	// AssignedTo returns up to limit ids of the projects that the runner is
	// assigned to.
	AssignedTo(ctx context.Context, id domain.RunnerID, limit int) ([]domain.ProjectID, error)
}
