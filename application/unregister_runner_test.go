package application_test

import (
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"

	"runyard/application"
	"runyard/domain"
)

func TestUnregisterDeletesTheRunnerOfTheToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		runner *domain.Runner
		since  time.Time
		want   error
	}{
		"of the instance":             {aRunner(), time.Time{}, nil},
		"of a group":                  {aRunner(ofGroup), time.Time{}, nil},
		"of several projects":         {aRunner(ofProjects(2)), time.Time{}, nil},
		"unless it was changed since": {aRunner(changedAtNoon), yesterday, errModified},
		"also if it was last changed at that very moment": {aRunner(), yesterday, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.findsRunnerOfToken()
			contact := h.contacts().Return(nil)
			h.runners.EXPECT().Delete(gomock.Any(), domain.RunnerID(7), gomock.Any()).DoAndReturn(changing(test.runner)).After(contact)
			if test.want == nil {
				h.announcesRunner()
			}
			check(t, test.want, application.NewRunners(h.Ports).Unregister(t.Context(), aCall, test.since))
		})
	}
}

func TestUnregisterRefusalsDeleteNothing(t *testing.T) {
	t.Parallel()
	for name, test := range callRefusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			if test.before != nil {
				test.before(h)
			}
			call := application.RunnerCall{Token: test.token}
			assert.ErrorIs(t, application.NewRunners(h.Ports).Unregister(t.Context(), call, time.Time{}), test.want)
		})
	}
}

func TestUnregisterPassesOnHowDeletingFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ failure, want error }{
		"the database is down": {errDown, errDown},
		"a runner that is deleted meanwhile makes its token unknown": {errGone, errForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.findsRunnerOfToken()
			h.contacts().Return(nil)
			h.runners.EXPECT().Delete(gomock.Any(), domain.RunnerID(7), gomock.Any()).Return(test.failure)
			assert.ErrorIs(t, application.NewRunners(h.Ports).Unregister(t.Context(), aCall, time.Time{}), test.want)
		})
	}
}
