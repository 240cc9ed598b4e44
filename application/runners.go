package application

// Runners holds the use cases around runners.
type Runners struct{ p Ports }

// NewRunners makes the use cases around runners.
func NewRunners(p Ports) *Runners { return &Runners{p} }
