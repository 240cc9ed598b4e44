package application

// UseCases are all the things that can be asked for.
type UseCases struct {
	Authentication *Authentication
	Runners        *Runners
	Users          *Users
	Groups         *Groups
	Projects       *Projects
	Members        *Members
	Jobs           *Jobs
}

// New makes all use cases, which share what is outside.
func New(p Ports) UseCases {
	return UseCases{
		Authentication: NewAuthentication(p),
		Runners:        NewRunners(p),
		Users:          NewUsers(p),
		Groups:         NewGroups(p),
		Projects:       NewProjects(p),
		Members:        NewMembers(p),
		Jobs:           NewJobs(p),
	}
}
