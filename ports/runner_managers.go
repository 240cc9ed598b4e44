//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=runner_managers.go -destination=mocks/runner_managers.go -package=mocks

package ports

import (
	"context"

	"runyard/domain"
)

// RunnerManagerRepository keeps the machines that work with the tokens of
// runners. RunnerRepository.RecordContact makes them, one for each system id of
// a runner; they end with their runner.
type RunnerManagerRepository interface {
	// List returns all managers of the runner; none if there is no such runner.
	List(ctx context.Context, runner domain.RunnerID) ([]domain.RunnerManager, error)
	// Delete forgets one. The resource is a "Runner manager".
	Delete(ctx context.Context, runner domain.RunnerID, machine domain.SystemID) error
}
