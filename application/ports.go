package application

import (
	"runyard/domain"
	"runyard/ports"
)

// Ports is everything outside that the use cases need.
type Ports struct {
	Runners   ports.RunnerRepository
	Managers  ports.RunnerManagerRepository
	Lifetimes ports.TokenLifetimes
	Projects  ports.ProjectRepository
	Groups    ports.GroupRepository
	Members   ports.MemberRepository
	Users     ports.UserRepository
	Tokens    ports.TokenRepository
	Jobs      ports.JobRepository
	Access    ports.AccessRepository
	Instance  ports.InstanceRepository

	Artifacts     ports.ArtifactRepository
	Discarded     ports.DiscardedOutputRepository
	TraceStore    ports.TraceStore
	ArtifactStore ports.ArtifactStore
	Signals       ports.QueueSignals

	Clock     ports.Clock
	Generator ports.TokenGenerator
	Vault     ports.TokenVault

	// Policy is no port, but comes from outside as well: the operator's part.
	Policy domain.RunnerPolicy
	Faults ports.FaultLog // nil: nobody is told

	Telemetry ports.Telemetry // nil: nobody counts
}
