package application_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/application"
)

func TestNewGivesEveryUseCaseThePorts(t *testing.T) {
	t.Parallel()
	p := newHarness(t).Ports
	assert.Equal(t, application.UseCases{
		Authentication: application.NewAuthentication(p),
		Runners:        application.NewRunners(p),
		Users:          application.NewUsers(p),
		Groups:         application.NewGroups(p),
		Projects:       application.NewProjects(p),
		Members:        application.NewMembers(p),
		Jobs:           application.NewJobs(p),
	}, application.New(p))
}
