package application_test

import (
	"net/url"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

func TestNewMakesEveryUseCase(t *testing.T) {
	t.Parallel()
	all := application.New(newHarness(t).Ports, application.AgentLimits{}, new(url.URL), "14.0.0")
	for name, made := range map[string]any{
		"authentication": all.Authentication, "runners": all.Runners, "users": all.Users, "groups": all.Groups,
		"projects": all.Projects, "members": all.Members, "jobs": all.Jobs, "agents": all.Agents,
	} {
		assert.NotNil(t, made, name)
	}
}

func TestWhatWasChangedHereIsKnownHereAtOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	all := application.New(h.Ports, application.AgentLimits{}, new(url.URL), "14.0.0")
	runner := theRunner(7)
	h.runners.EXPECT().FindByToken(gomock.Any(), digestOf("token 7")).Return(runner, nil).Times(2)
	h.generator.EXPECT().Nonce().Return("one").AnyTimes()
	h.generator.EXPECT().JobToken().Return(domain.Secret("job token")).AnyTimes()
	h.jobs.EXPECT().Claim(gomock.Any(), gomock.Any(), gomock.Any()).Return(ports.JobDetails{}, false, nil).AnyTimes()
	ask := func() {
		_, err := all.Agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)
	}
	ask()
	ask() // from memory

	h.updates(runner)
	h.announcesRunner()
	_, err := all.Runners.Update(t.Context(), application.UpdateRunner{
		Actor: admin, Runner: 7, Change: domain.RunnerChange{Active: domain.Set(false)},
	})
	require.NoError(t, err)
	ask() // nothing of before is believed any more, though no signal came back
}
