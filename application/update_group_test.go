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

// samsGroupEditor is what Sam, an Owner, may do with group 3 itself.
func samsGroupEditor(t *testing.T, h *harness) *application.GroupEditor {
	t.Helper()
	h.onGroup(aGroup(), domain.Owner)
	editor, err := application.NewGroups(h.Ports).Edit(t.Context(), sam, aGroupRef)
	require.NoError(t, err)
	return editor
}

func TestUpdateGroupFollowsItsParentAndShowsTheResult(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	group := aGroup(func(s *domain.GroupState) { s.Parent, s.FullPath = 2, "above/acme" })
	parent := aGroup(func(s *domain.GroupState) { s.ID, s.FullName, s.FullPath = 2, "Above", "above" })
	update := h.groups.EXPECT().Update(gomock.Any(), domain.GroupID(3), gomock.Any()).DoAndReturn(changingGroup(group, parent))
	h.groups.EXPECT().Find(gomock.Any(), ports.GroupRef{ID: 3}).Return(group, nil).After(update)
	h.access.EXPECT().OnGroup(gomock.Any(), sam.User, domain.GroupID(3), noon).Return(domain.Owner, nil)
	view, err := samsGroupEditor(t, h).Update(t.Context(), domain.GroupChange{Path: domain.Set("tools")})
	require.NoError(t, err)
	assert.Equal(t, "above/tools", group.State().FullPath)
	assert.Equal(t, group, view.Group)
	assert.Equal(t, domain.Secret("token of group seed"), view.RegistrationToken)
}

func TestUpdateGroupRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path    string
		failure error // of the repository; nil: it runs the change
		want    error
	}{
		"a wrong path is refused":             {"", nil, domain.Invalid("path", "can't be blank")},
		"a path that is taken is a wrong one": {"tools", errSomeConflict, errPathTaken},
		"the group cannot be stored":          {"tools", errDown, errDown},
		"the group is deleted meanwhile":      {"tools", errNoGroup, errNoGroup},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			update := h.groups.EXPECT().Update(gomock.Any(), domain.GroupID(3), gomock.Any())
			if test.failure != nil {
				update.Return(test.failure)
			} else {
				update.DoAndReturn(changingGroup(aGroup(), nil))
			}
			view, err := samsGroupEditor(t, h).Update(t.Context(), domain.GroupChange{Path: domain.Set(test.path)})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, view)
		})
	}
}
