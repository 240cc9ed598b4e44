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

func TestShowProjectShowsTheRegistrationTokenToMaintainersOnly(t *testing.T) {
	t.Parallel()
	for _, level := range []domain.AccessLevel{domain.Guest, domain.Reporter, domain.Developer, domain.Maintainer, domain.Owner} {
		h := newHarness(t)
		h.onProject(aProject(), level)
		view, err := application.NewProjects(h.Ports).Show(t.Context(), sam, aProjectRef)
		require.NoError(t, err)
		want := application.ProjectView{ProjectAccess: domain.ProjectAccess{
			Standing: domain.Standing{Actor: sam, Level: level}, Project: aProject(),
		}}
		if level >= domain.Maintainer {
			want.RegistrationToken = "token of project seed"
		}
		assert.Equal(t, want, view, "level %d", level)
	}
}

func TestShowProjectShowsTheRegistrationTokenToAdministrators(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.projects.EXPECT().Find(gomock.Any(), aProjectRef).Return(aProject(), nil)
	view, err := application.NewProjects(h.Ports).Show(t.Context(), admin, aProjectRef)
	require.NoError(t, err)
	assert.Equal(t, domain.Secret("token of project seed"), view.RegistrationToken)
}

func TestListProjectsShowsEachAsItIsToTheActor(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	own := domain.ProjectAccess{Standing: domain.Standing{Actor: sam, Level: domain.Maintainer}, Project: aProject()}
	other := domain.ProjectAccess{Standing: domain.Standing{Actor: sam, Level: domain.Developer}, Project: aProject()}
	query := ports.ProjectQuery{Search: "en"}
	h.projects.EXPECT().List(gomock.Any(), sam, noon, query, aPage).Return([]domain.ProjectAccess{own, other}, 22, nil)
	list, err := application.NewProjects(h.Ports).List(t.Context(), sam, query, aPage)
	require.NoError(t, err)
	assert.Equal(t, application.ProjectList{Projects: []application.ProjectView{
		{ProjectAccess: own, RegistrationToken: "token of project seed"}, {ProjectAccess: other},
	}, Total: 22}, list)
}

func TestListProjectsIsEmptyAndNotNilWithoutAny(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.projects.EXPECT().List(gomock.Any(), sam, noon, ports.ProjectQuery{}, aPage).Return([]domain.ProjectAccess{}, 0, nil)
	list, err := application.NewProjects(h.Ports).List(t.Context(), sam, ports.ProjectQuery{}, aPage)
	require.NoError(t, err)
	assert.Equal(t, application.ProjectList{Projects: []application.ProjectView{}}, list)
}

func TestListProjectsPassesOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.projects.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, 0, errDown)
	_, err := application.NewProjects(h.Ports).List(t.Context(), sam, ports.ProjectQuery{}, aPage)
	assert.ErrorIs(t, err, errDown)
}

func TestDeleteProjectIsForOwners(t *testing.T) {
	t.Parallel()
	for _, level := range []domain.AccessLevel{domain.Guest, domain.Reporter, domain.Developer, domain.Maintainer} {
		h := newHarness(t)
		h.onProject(aProject(), level)
		require.ErrorIs(t, application.NewProjects(h.Ports).Delete(t.Context(), sam, aProjectRef), errForbidden)
	}
	for _, result := range []error{nil, errDown} {
		h := newHarness(t)
		h.onProject(aProject(), domain.Owner)
		h.projects.EXPECT().Delete(gomock.Any(), domain.ProjectID(4)).Return(result)
		check(t, result, application.NewProjects(h.Ports).Delete(t.Context(), sam, aProjectRef))
	}
}
