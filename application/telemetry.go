package application

import (
	"runyard/domain"
	"runyard/ports"
)

// telemetry is where to count.
func (p Ports) telemetry() ports.Telemetry {
	if p.Telemetry == nil {
		return uncounted{}
	}
	return p.Telemetry
}

// uncounted is for programs in which nobody counts.
type uncounted struct{}

// HandedOver implements ports.Telemetry.
func (uncounted) HandedOver(domain.RunnerType) {}

// GaveUp implements ports.Telemetry.
func (uncounted) GaveUp(domain.FailureReason) {}

// StoredContacts implements ports.Telemetry.
func (uncounted) StoredContacts(int) {}

// Holds implements ports.Telemetry.
func (uncounted) Holds(int) {}
