package application_test

import (
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"

	"runyard/application"
	"runyard/domain"
)

func TestDeleteRunner(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		admin  bool
		level  domain.AccessLevel
		runner *domain.Runner
		since  time.Time
		want   error
	}{
		"a Maintainer deletes the runner of one project":            {false, domain.Maintainer, aRunner(ofProjects(1)), time.Time{}, nil},
		"a Maintainer deletes a locked runner":                      {false, domain.Maintainer, aRunner(ofProjects(1), locked), time.Time{}, nil},
		"an Owner deletes a group runner":                           {false, domain.Owner, aRunner(ofGroup), time.Time{}, nil},
		"a Maintainer cannot delete a group runner":                 {false, domain.Maintainer, aRunner(ofGroup), time.Time{}, errNoAccess},
		"an Owner cannot delete an instance runner":                 {false, domain.Owner, aRunner(), time.Time{}, errNoAccess},
		"a Developer cannot delete a project runner":                {false, domain.Developer, aRunner(ofProjects(1)), time.Time{}, errNoAccess},
		"several projects keep an Owner from deleting":              {false, domain.Owner, aRunner(ofProjects(2)), time.Time{}, errSeveral},
		"several projects are the first reason given to a stranger": {false, domain.NoAccess, aRunner(ofProjects(2)), time.Time{}, errSeveral},
		"a stranger is refused before the moment is looked at":      {false, domain.NoAccess, aRunner(ofProjects(1), changedAtNoon), yesterday, errNoAccess},
		"an administrator deletes an instance runner":               {true, 0, aRunner(), time.Time{}, nil},
		"an administrator deletes a group runner":                   {true, 0, aRunner(ofGroup), time.Time{}, nil},
		"an administrator deletes a runner of several projects":     {true, 0, aRunner(ofProjects(2)), time.Time{}, nil},
		"an administrator deletes a runner that lost its projects":  {true, 0, aRunner(ofProjects(0)), time.Time{}, nil},
		"a runner that changed since is kept":                       {true, 0, aRunner(changedAtNoon), yesterday, errModified},
		"a runner that did not change since is deleted":             {true, 0, aRunner(), yesterday, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			actor := admin
			if !test.admin {
				actor = sam
				h.onRunner(test.level)
			}
			h.runners.EXPECT().Delete(gomock.Any(), domain.RunnerID(7), gomock.Any()).DoAndReturn(changing(test.runner))
			if test.want == nil {
				h.announcesRunner()
			}
			check(t, test.want, application.NewRunners(h.Ports).Delete(t.Context(), application.DeleteRunner{
				Actor: actor, Runner: 7, UnmodifiedSince: test.since,
			}))
		})
	}
}

func TestDeleteRunnerFindsNothingBeforeItRefusesAnybody(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.onRunner(domain.NoAccess)
	h.runners.EXPECT().Delete(gomock.Any(), domain.RunnerID(7), gomock.Any()).Return(errGone)
	err := application.NewRunners(h.Ports).Delete(t.Context(), application.DeleteRunner{Actor: sam, Runner: 7})
	assert.ErrorIs(t, err, errGone)
}

func TestDeleteRunnerDeletesNothingWhenMembershipsCannotBeRead(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.access.EXPECT().OnRunner(gomock.Any(), sam.User, domain.RunnerID(7), noon).Return(domain.Owner, errDown)
	err := application.NewRunners(h.Ports).Delete(t.Context(), application.DeleteRunner{Actor: sam, Runner: 7})
	assert.ErrorIs(t, err, errDown)
}
