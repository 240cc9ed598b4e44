//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=access.go -destination=mocks/access.go -package=mocks

package ports

import (
	"context"
	"time"

	"runyard/domain"
)

// AccessRepository computes what memberships give a user at some moment.
// Expired ones give nothing; none at all is domain.NoAccess, also where the
// user, group, project or runner does not exist. Whether the user is an
// administrator does not matter here.
type AccessRepository interface {
	// OnProject is the highest level on the project: its own membership, those
	// of the groups above it, or Owner for who owns its personal namespace.
	OnProject(ctx context.Context, user domain.UserID, project domain.ProjectID, at time.Time) (domain.AccessLevel, error)
	// OnGroup is the highest level on the group: its own membership and those
	// of the groups above it.
	OnGroup(ctx context.Context, user domain.UserID, group domain.GroupID, at time.Time) (domain.AccessLevel, error)
	// OnRunner is the highest level on any project that the runner is assigned
	// to, or on the group of a group runner.
	OnRunner(ctx context.Context, user domain.UserID, runner domain.RunnerID, at time.Time) (domain.AccessLevel, error)
	// SeesProjectIn tells whether some project in the group or below it is
	// visible to the user, by membership or because it is internal or public.
	SeesProjectIn(ctx context.Context, user domain.UserID, group domain.GroupID, at time.Time) (bool, error)
}
