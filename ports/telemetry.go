//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=telemetry.go -destination=mocks/telemetry.go -package=mocks

package ports

import "runyard/domain"

// Telemetry counts what operators want to see of the queue. It returns at once,
// cannot fail, and may be called from anywhere at the same moment.
type Telemetry interface {
	// HandedOver counts a job that went to an agent of a runner of that type.
	HandedOver(to domain.RunnerType)
	// GaveUp counts a job that was given up because it was overdue.
	GaveUp(reason domain.FailureReason)
	// StoredContacts counts contacts of machines that were stored together.
	StoredContacts(n int)
	// Holds notes how many more requests for jobs are held now; negative: fewer.
	Holds(more int)
}
