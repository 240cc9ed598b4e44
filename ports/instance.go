//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=instance.go -destination=mocks/instance.go -package=mocks

package ports

import (
	"context"

	"runyard/domain"
)

// InstanceRepository keeps what belongs to the installation as a whole.
type InstanceRepository interface {
	// Find returns the instance; the zero value before the first Update.
	Find(ctx context.Context) (domain.Instance, error)
	// Update runs change while nobody else can change the instance, then
	// stores the result; like RunnerRepository.Update.
	Update(ctx context.Context, change func(i *domain.Instance) error) error
}
