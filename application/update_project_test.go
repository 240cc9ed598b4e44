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

// samsProjectEditor is what Sam, a Maintainer, may do with project 4 itself.
func samsProjectEditor(t *testing.T, h *harness) *application.ProjectEditor {
	t.Helper()
	h.onProject(aProject(), domain.Maintainer)
	editor, err := application.NewProjects(h.Ports).Edit(t.Context(), sam, aProjectRef)
	require.NoError(t, err)
	return editor
}

func TestUpdateProjectShowsTheResult(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	project := aProject()
	update := h.projects.EXPECT().Update(gomock.Any(), domain.ProjectID(4), gomock.Any()).DoAndReturn(changingProject(project))
	h.projects.EXPECT().Find(gomock.Any(), ports.ProjectRef{ID: 4}).Return(project, nil).After(update)
	h.access.EXPECT().OnProject(gomock.Any(), sam.User, domain.ProjectID(4), noon).Return(domain.Maintainer, nil)
	view, err := samsProjectEditor(t, h).Update(t.Context(), domain.ProjectChange{Path: domain.Set("motor")})
	require.NoError(t, err)
	assert.Equal(t, "acme/motor", project.State().FullPath)
	assert.Equal(t, project, view.Project)
	assert.Equal(t, domain.Secret("token of project seed"), view.RegistrationToken)
}

func TestUpdateProjectRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path    string
		failure error // of the repository; nil: it runs the change
		want    error
	}{
		"a wrong path is refused":             {"", nil, domain.Invalid("path", "can't be blank")},
		"a path that is taken is a wrong one": {"motor", errSomeConflict, errPathTaken},
		"the project cannot be stored":        {"motor", errDown, errDown},
		"the project is deleted meanwhile":    {"motor", errNoProject, errNoProject},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			update := h.projects.EXPECT().Update(gomock.Any(), domain.ProjectID(4), gomock.Any())
			if test.failure != nil {
				update.Return(test.failure)
			} else {
				update.DoAndReturn(changingProject(aProject()))
			}
			view, err := samsProjectEditor(t, h).Update(t.Context(), domain.ProjectChange{Path: domain.Set(test.path)})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, view)
		})
	}
}
