package application_test

import (
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

func TestProjectRunnersAreThoseThatTheProjectCanUse(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	found := []domain.RunnerSummary{aRunner(ofProjects(1)).Summary()}
	filter := domain.RunnerFilter{Types: []domain.RunnerType{domain.ProjectRunner}}
	h.runners.EXPECT().List(gomock.Any(), ports.RunnerSource{UsableIn: 4}, filter, aPage).Return(found, 21, nil)
	list, err := samsProjectRunners(t, h).List(t.Context(), application.RunnerQuery{
		Selectors: []domain.RunnerSelector{domain.SelectProject}, Page: aPage,
	})
	require.NoError(t, err)
	assert.Equal(t, application.RunnerList{Runners: found, Total: 21, At: noon}, list)
}

func TestProjectRunnersPassOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.runners.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, 0, errDown)
	_, err := samsProjectRunners(t, h).List(t.Context(), application.RunnerQuery{})
	assert.ErrorIs(t, err, errDown)
}
