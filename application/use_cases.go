package application

import "net/url"

// UseCases are all the things that can be asked for.
type UseCases struct {
	Authentication *Authentication
	Runners        *Runners
	Users          *Users
	Groups         *Groups
	Projects       *Projects
	Members        *Members
	Jobs           *Jobs
	Agents         *Agents
}

// New makes all use cases, which share what is outside. server is how clients
// reach us, version what jobs are told that we are.
func New(p Ports, limits AgentLimits, server *url.URL, version string) UseCases {
	agents := NewAgents(p, limits, server, version)
	p.Signals = ownFirst{p.Signals, agents.board}
	return UseCases{
		Authentication: NewAuthentication(p),
		Runners:        NewRunners(p),
		Users:          NewUsers(p),
		Groups:         NewGroups(p),
		Projects:       NewProjects(p),
		Members:        NewMembers(p),
		Jobs:           NewJobs(p),
		Agents:         agents,
	}
}
