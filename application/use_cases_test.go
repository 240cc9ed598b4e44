package application_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/application"
)

func TestNewGivesEveryUseCaseThePorts(t *testing.T) {
	t.Parallel()
	p := newHarness(t).Ports
	limits, server := application.AgentLimits{Trace: 1}, &url.URL{Host: "runyard.example.com"}
	assert.Equal(t, application.UseCases{
		Authentication: application.NewAuthentication(p),
		Runners:        application.NewRunners(p),
		Users:          application.NewUsers(p),
		Groups:         application.NewGroups(p),
		Projects:       application.NewProjects(p),
		Members:        application.NewMembers(p),
		Jobs:           application.NewJobs(p),
		Agents:         application.NewAgents(p, limits, server, "14.0.0"),
	}, application.New(p, limits, server, "14.0.0"))
}
