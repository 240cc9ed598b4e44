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

// samsGroupRunners is what Sam, an Owner, may do with the runners of group 3.
func samsGroupRunners(t *testing.T, h *harness) *application.GroupRunners {
	t.Helper()
	h.onGroup(aGroup(), domain.Owner)
	runners, err := application.NewRunners(h.Ports).OfGroup(t.Context(), sam, aGroupRef)
	require.NoError(t, err)
	return runners
}

func TestGroupRunnersAreThoseThatTheGroupCanUse(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	found := []domain.RunnerSummary{aRunner(ofGroup).Summary()}
	filter := domain.RunnerFilter{Types: []domain.RunnerType{domain.GroupRunner}}
	h.runners.EXPECT().List(gomock.Any(), ports.RunnerSource{UsableInGroup: 3}, filter, aPage).Return(found, 21, nil)
	list, err := samsGroupRunners(t, h).List(t.Context(), application.RunnerQuery{
		Selectors: []domain.RunnerSelector{domain.SelectGroup}, Page: aPage,
	})
	require.NoError(t, err)
	assert.Equal(t, application.RunnerList{Runners: found, Total: 21, At: noon}, list)
}

func TestGroupRunnersPassOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.runners.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, 0, errDown)
	_, err := samsGroupRunners(t, h).List(t.Context(), application.RunnerQuery{})
	assert.ErrorIs(t, err, errDown)
}
