package application_test

import (
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

func TestListOwnedAsksForWhatMembershipsGive(t *testing.T) {
	t.Parallel()
	for name, actor := range map[string]domain.Actor{"Sam": sam, "an administrator, to whom that adds nothing": admin} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			found := []domain.RunnerSummary{aRunner(ofGroup).Summary()}
			h.runners.EXPECT().List(gomock.Any(), ports.RunnerSource{OwnedBy: actor.User, At: noon}, domain.RunnerFilter{}, aPage).
				Return(found, 21, nil)
			list, err := application.NewRunners(h.Ports).ListOwned(t.Context(), actor, application.RunnerQuery{Page: aPage})
			require.NoError(t, err)
			assert.Equal(t, application.RunnerList{Runners: found, Total: 21, At: noon}, list)
		})
	}
}

func TestListAllIsForAdministrators(t *testing.T) {
	t.Parallel()
	t.Run("who see all runners of the instance", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		found := []domain.RunnerSummary{aRunner().Summary()}
		h.runners.EXPECT().List(gomock.Any(), ports.RunnerSource{}, domain.RunnerFilter{}, aPage).Return(found, 1, nil)
		list, err := application.NewRunners(h.Ports).ListAll(t.Context(), admin, application.RunnerQuery{Page: aPage})
		require.NoError(t, err)
		assert.Equal(t, application.RunnerList{Runners: found, Total: 1, At: noon}, list)
	})
	t.Run("and nothing is listed to anybody else", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		_, err := application.NewRunners(h.Ports).ListAll(t.Context(), sam, application.RunnerQuery{Page: aPage})
		assert.ErrorIs(t, err, errForbidden)
	})
}

func TestRunnerQueryBecomesAFilter(t *testing.T) {
	t.Parallel()
	twoHoursAgo := noon.Add(-2 * time.Hour)
	for name, test := range map[string]struct {
		query application.RunnerQuery
		want  domain.RunnerFilter
	}{
		"nothing given selects all": {application.RunnerQuery{}, domain.RunnerFilter{}},
		"every selector narrows": {
			application.RunnerQuery{Selectors: []domain.RunnerSelector{domain.SelectActive, domain.SelectGroup, domain.SelectOnline}},
			domain.RunnerFilter{Active: new(true), Types: []domain.RunnerType{domain.GroupRunner}, ContactedAfter: twoHoursAgo},
		},
		"offline is counted back from now": {
			application.RunnerQuery{Selectors: []domain.RunnerSelector{domain.SelectOffline}},
			domain.RunnerFilter{NotContactedAfter: twoHoursAgo},
		},
		"paused selects what is not active": {application.RunnerQuery{Paused: new(true)}, domain.RunnerFilter{Active: new(false)}},
		"not paused selects what is active": {application.RunnerQuery{Paused: new(false)}, domain.RunnerFilter{Active: new(true)}},
		"paused contradicts an active scope": {
			application.RunnerQuery{Selectors: []domain.RunnerSelector{domain.SelectActive}, Paused: new(true)},
			domain.RunnerFilter{Active: new(false), Nothing: true},
		},
		"tags are wanted":             {application.RunnerQuery{Tags: domain.Tags{"go", "arm"}}, domain.RunnerFilter{Tags: domain.Tags{"go", "arm"}}},
		"no tags at all select none":  {application.RunnerQuery{Tags: domain.Tags{}}, domain.RunnerFilter{Tags: domain.Tags{}, Nothing: true}},
		"the version's beginning too": {application.RunnerQuery{VersionPrefix: "15."}, domain.RunnerFilter{VersionPrefix: "15."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.runners.EXPECT().List(gomock.Any(), ports.RunnerSource{}, test.want, ports.Page{}).Return([]domain.RunnerSummary{}, 0, nil)
			_, err := application.NewRunners(h.Ports).ListAll(t.Context(), admin, test.query)
			assert.NoError(t, err)
		})
	}
}

func TestRunnerListsPassOnWhatFails(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]func(*application.Runners) error{
		"owned": func(s *application.Runners) error {
			_, err := s.ListOwned(t.Context(), sam, application.RunnerQuery{})
			return err
		},
		"all": func(s *application.Runners) error {
			_, err := s.ListAll(t.Context(), admin, application.RunnerQuery{})
			return err
		},
	} {
		h := newHarness(t)
		h.runners.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, 0, errDown)
		assert.ErrorIs(t, list(application.NewRunners(h.Ports)), errDown, name)
	}
}
