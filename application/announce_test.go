package application_test

import (
	"context"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// What is stored is stored: that nobody could be told is noted, not answered.
func TestAChangeSucceedsThoughNobodyCanBeToldOfIt(t *testing.T) {
	t.Parallel()
	jobIsNew := func(h *harness, t *testing.T) error {
		h.jobs.EXPECT().Enqueue(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(domain.JobID(9), nil)
		h.jobs.EXPECT().Find(gomock.Any(), gomock.Any(), gomock.Any()).Return(aJob(), nil)
		_, err := samsQueue(t, h).Enqueue(t.Context(), aSpec(), 0)
		return err
	}
	for name, test := range map[string]struct {
		before func(h *harness)
		doing  string
		change func(h *harness, t *testing.T) error
	}{
		"a job is new, and the signal fails": {func(h *harness) {
			h.jobs.EXPECT().Queued(gomock.Any(), gomock.Any()).Return([]domain.QueuedJob{queued(9)}, nil)
			h.signals.EXPECT().Publish(gomock.Any(), gomock.Any()).Return(errDown)
		}, "tell runners of new jobs", jobIsNew},
		"a job is new, and cannot be read": {func(h *harness) {
			h.jobs.EXPECT().Queued(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, "tell runners of new jobs", jobIsNew},
		"a runner is deleted": {func(h *harness) {
			h.signals.EXPECT().Publish(gomock.Any(), gomock.Any()).Return(errDown)
		}, "tell nodes of a change", func(h *harness, t *testing.T) error {
			h.runners.EXPECT().Delete(gomock.Any(), domain.RunnerID(7), gomock.Any()).Return(nil)
			return application.NewRunners(h.Ports).Delete(t.Context(), application.DeleteRunner{Actor: admin, Runner: 7})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			h.faults.EXPECT().Note(gomock.Any(), test.doing, errDown)
			require.NoError(t, test.change(h, t))
		})
		t.Run(name+", and nobody cares", func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			h.Faults = nil
			require.NoError(t, test.change(h, t))
		})
	}
}

func TestNodesAreToldThoughTheCallerIsGone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ctx, leave := context.WithCancel(t.Context())
	h.runners.EXPECT().Delete(gomock.Any(), domain.RunnerID(7), gomock.Any()).DoAndReturn(
		func(context.Context, domain.RunnerID, func(*domain.Runner) error) error {
			leave()
			return nil
		})
	h.signals.EXPECT().Publish(gomock.Any(), gomock.Any()).DoAndReturn(func(ctx context.Context, _ ports.QueueEvent) error {
		_, bounded := ctx.Deadline()
		assert.True(t, bounded)
		return ctx.Err()
	})
	err := application.NewRunners(h.Ports).Delete(ctx, application.DeleteRunner{Actor: admin, Runner: 7})
	require.NoError(t, err)
}

func TestAProjectThatOpensTellsOfItsJobs(t *testing.T) {
	t.Parallel()
	shared := func(on bool) func(s *domain.ProjectState) {
		return func(s *domain.ProjectState) { s.SharedRunnersEnabled = on }
	}
	group := func(on bool) func(s *domain.ProjectState) {
		return func(s *domain.ProjectState) { s.GroupRunnersEnabled = on }
	}
	waiting := func(h *harness, total int, err error) {
		h.jobs.EXPECT().List(gomock.Any(), ports.JobQuery{
			Project: 4, Statuses: []domain.JobStatus{domain.JobPending}, Ascending: true,
		}, ports.Page{Number: 1, Size: 100}).Return([]ports.ListedJob{aJob().Listed()}, total, err)
	}
	one := func(h *harness) {
		waiting(h, 1, nil)
		h.announcesJobs([]domain.JobID{9}, queued(9))
	}
	nothing := func(*harness) {}
	for name, test := range map[string]struct {
		project *domain.Project
		change  domain.ProjectChange
		expect  func(h *harness)
	}{
		"to instance runners":           {aProject(shared(false)), domain.ProjectChange{SharedRunnersEnabled: domain.Set(true)}, one},
		"to group runners":              {aProject(group(false)), domain.ProjectChange{GroupRunnersEnabled: domain.Set(true)}, one},
		"not when it was open":          {aProject(), domain.ProjectChange{SharedRunnersEnabled: domain.Set(true)}, nothing},
		"not when it closes":            {aProject(), domain.ProjectChange{GroupRunnersEnabled: domain.Set(false)}, nothing},
		"not when that is not the case": {aProject(shared(false)), domain.ProjectChange{Name: domain.Set("x")}, nothing},
		"many jobs are everything": {aProject(group(false)), domain.ProjectChange{GroupRunnersEnabled: domain.Set(true)}, func(h *harness) {
			waiting(h, 101, nil)
			h.announces(ports.QueueEvent{Everything: true})
		}},
		"unknown jobs may be everything": {aProject(group(false)), domain.ProjectChange{GroupRunnersEnabled: domain.Set(true)}, func(h *harness) {
			waiting(h, 0, errDown)
			h.faults.EXPECT().Note(gomock.Any(), "look for jobs that wait", errDown)
			h.announces(ports.QueueEvent{Everything: true})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.projects.EXPECT().Update(gomock.Any(), domain.ProjectID(4), gomock.Any()).DoAndReturn(changingProject(test.project))
			h.projects.EXPECT().Find(gomock.Any(), ports.ProjectRef{ID: 4}).Return(test.project, nil)
			h.access.EXPECT().OnProject(gomock.Any(), sam.User, domain.ProjectID(4), noon).Return(domain.Maintainer, nil)
			test.expect(h)
			_, err := samsProjectEditor(t, h).Update(t.Context(), test.change)
			require.NoError(t, err)
		})
	}
}
