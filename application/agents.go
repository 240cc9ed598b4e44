package application

import (
	"net/url"
	"time"

	"runyard/domain"
)

// AgentLimits bound what agents may do, and how long they may take. A size of
// zero is no limit.
type AgentLimits struct {
	LongPoll       time.Duration // how long a request without a job is held; zero: not at all
	Trace          int64         // bytes of a job's trace
	Artifact       int64         // bytes of one artifact
	ArtifactExpiry time.Duration // of an artifact whose job names none; zero: never
	Sweep          domain.SweepLimits
}

// Agents holds the use cases of agents: getting jobs and reporting on them.
type Agents struct {
	p          Ports
	limits     AgentLimits
	server     *url.URL
	version    string
	board      *board
	heartbeats *heartbeats
	watchers   *watchers
	sweeps     []*sweep
}

// NewAgents makes the use cases of agents. server is how they reach us, version
// what we tell jobs to be.
func NewAgents(p Ports, limits AgentLimits, server *url.URL, version string) *Agents {
	return &Agents{
		p: p, limits: limits, server: server, version: version,
		board: newBoard(p.Generator), heartbeats: newHeartbeats(), watchers: newWatchers(), sweeps: newSweeps(limits.Sweep),
	}
}
