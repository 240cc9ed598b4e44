//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=token_lifetimes.go -destination=mocks/token_lifetimes.go -package=mocks

package ports

import (
	"context"
	"time"

	"runyard/domain"
)

// TokenLifetimes knows how long the tokens of runners are good, as far as groups
// and projects say so. Zero means that none of them does.
type TokenLifetimes interface {
	// In is the shortest lifetime that the group or project of the scope sets,
	// or a group above it. A scope that does not exist sets none.
	In(ctx context.Context, scope domain.RunnerScope) (time.Duration, error)
	// Of is the shortest lifetime for an existing runner: that of its group, or
	// the shortest of all projects that it is assigned to, and of the groups
	// above. A runner that does not exist has none. The number of statements
	// does not depend on the number of projects.
	Of(ctx context.Context, runner domain.RunnerID) (time.Duration, error)
}
