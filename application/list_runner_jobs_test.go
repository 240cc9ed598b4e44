package application_test

import (
	"fmt"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

func TestRunnerJobsAreForItsOwners(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		runner *domain.Runner
		from   domain.AccessLevel // who has less is refused
	}{
		"an instance runner is nobody's":   {aRunner(), domain.Owner + 1},
		"a group runner is its Owners'":    {aRunner(ofGroup), domain.Owner},
		"a project runner is Maintainers'": {aRunner(ofProjects(2)), domain.Maintainer},
	} {
		for _, level := range everyLevel {
			t.Run(fmt.Sprintf("%s, level %d", name, level), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(test.runner, nil)
				h.onRunner(level)
				var want error = errNoAccess
				if level >= test.from {
					want = nil
					h.jobs.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any()).Return([]ports.ListedJob{}, 0, nil)
				}
				_, err := application.NewRunners(h.Ports).ListJobs(t.Context(), application.ListRunnerJobs{Actor: sam, Runner: 7})
				check(t, want, err)
			})
		}
	}
}

func TestRunnerJobsAreListedAsAskedFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ask  application.ListRunnerJobs
		want ports.JobQuery
	}{
		"newest first, of any status": {application.ListRunnerJobs{}, ports.JobQuery{Runner: 7}},
		"oldest first":                {application.ListRunnerJobs{Ascending: true}, ports.JobQuery{Runner: 7, Ascending: true}},
		"of one status": {
			application.ListRunnerJobs{Status: domain.JobFailed},
			ports.JobQuery{Runner: 7, Statuses: []domain.JobStatus{domain.JobFailed}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			found := []ports.ListedJob{{Job: domain.JobSummary{ID: 9}}}
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(aRunner(), nil)
			h.jobs.EXPECT().List(gomock.Any(), test.want, aPage).Return(found, 21, nil)
			test.ask.Actor, test.ask.Runner, test.ask.Page = admin, 7, aPage
			list, err := application.NewRunners(h.Ports).ListJobs(t.Context(), test.ask)
			require.NoError(t, err)
			assert.Equal(t, application.JobList{
				Jobs: found, Total: 21, At: noon,
			}, list)
		})
	}
}

func TestRunnerJobsStopAtTheFirstError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		actor  domain.Actor
		before func(h *harness)
		want   error
	}{
		"a runner that is not there is not found, and nobody's memberships are asked for": {sam, func(h *harness) {
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(nil, errGone)
		}, errGone},
		"memberships cannot be read": {sam, func(h *harness) {
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(aRunner(ofProjects(1)), nil)
			h.access.EXPECT().OnRunner(gomock.Any(), sam.User, domain.RunnerID(7), noon).Return(domain.Owner, errDown)
		}, errDown},
		"jobs cannot be read": {admin, func(h *harness) {
			h.runners.EXPECT().Find(gomock.Any(), domain.RunnerID(7)).Return(aRunner(), nil)
			h.jobs.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, 0, errDown)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			_, err := application.NewRunners(h.Ports).ListJobs(t.Context(), application.ListRunnerJobs{Actor: test.actor, Runner: 7})
			assert.ErrorIs(t, err, test.want)
		})
	}
}
