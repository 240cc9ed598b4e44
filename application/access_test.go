package application_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// door is a first step that demands a level on a project (or group) and is
// decided before anything else is looked at.
type door[Ref any] struct {
	level domain.AccessLevel
	open  func(ctx context.Context, h *harness, actor domain.Actor, ref Ref) error
}

func projectDoors() map[string]door[ports.ProjectRef] {
	return map[string]door[ports.ProjectRef]{
		"show a project": {domain.NoAccess, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.ProjectRef) error {
			_, err := application.NewProjects(h.Ports).Show(ctx, actor, ref)
			return err
		}},
		"read its members": {domain.NoAccess, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.ProjectRef) error {
			_, err := application.NewMembers(h.Ports).OfProject(ctx, actor, ref)
			return err
		}},
		"read its jobs": {domain.Reporter, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.ProjectRef) error {
			_, err := application.NewJobs(h.Ports).OfProject(ctx, actor, ref)
			return err
		}},
		"put jobs in its queue": {domain.Developer, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.ProjectRef) error {
			_, err := application.NewJobs(h.Ports).QueueOf(ctx, actor, ref)
			return err
		}},
		"administer its runners": {domain.Maintainer, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.ProjectRef) error {
			_, err := application.NewRunners(h.Ports).OfProject(ctx, actor, ref)
			return err
		}},
		"manage its members": {domain.Maintainer, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.ProjectRef) error {
			_, err := application.NewMembers(h.Ports).ManageProject(ctx, actor, ref)
			return err
		}},
		"edit it": {domain.Maintainer, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.ProjectRef) error {
			_, err := application.NewProjects(h.Ports).Edit(ctx, actor, ref)
			return err
		}},
	}
}

func groupDoors() map[string]door[ports.GroupRef] {
	return map[string]door[ports.GroupRef]{
		"show a group": {domain.NoAccess, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.GroupRef) error {
			_, err := application.NewGroups(h.Ports).Show(ctx, actor, ref)
			return err
		}},
		"read its members": {domain.NoAccess, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.GroupRef) error {
			_, err := application.NewMembers(h.Ports).OfGroup(ctx, actor, ref)
			return err
		}},
		"list its runners": {domain.Owner, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.GroupRef) error {
			_, err := application.NewRunners(h.Ports).OfGroup(ctx, actor, ref)
			return err
		}},
		"manage its members": {domain.Owner, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.GroupRef) error {
			_, err := application.NewMembers(h.Ports).ManageGroup(ctx, actor, ref)
			return err
		}},
		"edit it": {domain.Owner, func(ctx context.Context, h *harness, actor domain.Actor, ref ports.GroupRef) error {
			_, err := application.NewGroups(h.Ports).Edit(ctx, actor, ref)
			return err
		}},
	}
}

// refusal is the answer to somebody of a level where another is demanded:
// nothing to those who cannot see it, a refusal to those who can.
func refusal(level, demanded domain.AccessLevel, visible bool, hidden error) error {
	switch {
	case !visible && level == domain.NoAccess:
		return hidden
	case level < demanded:
		return errForbidden
	}
	return nil
}

// check compares an error with a refusal, or with none.
func check(t *testing.T, want, err error) {
	t.Helper()
	if want == nil {
		assert.NoError(t, err)
		return
	}
	assert.ErrorIs(t, err, want)
}

func TestProjectsOpenToTheirLevels(t *testing.T) {
	t.Parallel()
	for name, door := range projectDoors() {
		for _, visibility := range []domain.Visibility{domain.Private, domain.Internal, domain.Public} {
			for _, level := range everyLevel {
				t.Run(fmt.Sprintf("%s, %s, level %d", name, visibility, level), func(t *testing.T) {
					t.Parallel()
					h := newHarness(t)
					h.onProject(aProject(func(s *domain.ProjectState) { s.Visibility = visibility }), level)
					err := door.open(t.Context(), h, sam, aProjectRef)
					check(t, refusal(level, door.level, visibility != domain.Private, errNoProject), err)
				})
			}
		}
	}
}

func TestGroupsOpenToTheirLevels(t *testing.T) {
	t.Parallel()
	for name, door := range groupDoors() {
		for _, visibility := range []domain.Visibility{domain.Private, domain.Internal, domain.Public} {
			for _, level := range everyLevel {
				t.Run(fmt.Sprintf("%s, %s, level %d", name, visibility, level), func(t *testing.T) {
					t.Parallel()
					h := newHarness(t)
					h.onGroup(aGroup(func(s *domain.GroupState) { s.Visibility = visibility }), level)
					visible := visibility != domain.Private
					if !visible && level == domain.NoAccess {
						h.access.EXPECT().SeesProjectIn(gomock.Any(), sam.User, domain.GroupID(3), noon).Return(false, nil)
					}
					err := door.open(t.Context(), h, sam, aGroupRef)
					check(t, refusal(level, door.level, visible, errNoGroup), err)
				})
			}
		}
		t.Run(name+", to who sees only a project in it", func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.onGroup(aGroup(), domain.NoAccess)
			h.access.EXPECT().SeesProjectIn(gomock.Any(), sam.User, domain.GroupID(3), noon).Return(true, nil)
			err := door.open(t.Context(), h, sam, aGroupRef)
			check(t, refusal(domain.NoAccess, door.level, true, errNoGroup), err)
		})
	}
}

func TestAdministratorsAreNotAskedForMemberships(t *testing.T) {
	t.Parallel()
	for name, door := range projectDoors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.projects.EXPECT().Find(gomock.Any(), aProjectRef).Return(aProject(), nil)
			assert.NoError(t, door.open(t.Context(), h, admin, aProjectRef))
		})
	}
	for name, door := range groupDoors() {
		t.Run(name+" (group)", func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.groups.EXPECT().Find(gomock.Any(), aGroupRef).Return(aGroup(), nil)
			assert.NoError(t, door.open(t.Context(), h, admin, aGroupRef))
		})
	}
}

func TestWhatIsNotThereIsNotFoundBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	for _, actor := range []domain.Actor{admin, sam} {
		for name, door := range projectDoors() {
			t.Run(fmt.Sprintf("%s, user %d", name, actor.User), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				h.projects.EXPECT().Find(gomock.Any(), aProjectRef).Return(nil, errNoProject)
				assert.ErrorIs(t, door.open(t.Context(), h, actor, aProjectRef), errNoProject)
			})
		}
		for name, door := range groupDoors() {
			t.Run(fmt.Sprintf("%s (group), user %d", name, actor.User), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				h.groups.EXPECT().Find(gomock.Any(), aGroupRef).Return(nil, errNoGroup)
				assert.ErrorIs(t, door.open(t.Context(), h, actor, aGroupRef), errNoGroup)
			})
		}
	}
}

func TestNothingOpensWhenMembershipsCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, door := range projectDoors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			open := aProject(func(s *domain.ProjectState) { s.Visibility = domain.Public })
			h.projects.EXPECT().Find(gomock.Any(), aProjectRef).Return(open, nil)
			h.access.EXPECT().OnProject(gomock.Any(), sam.User, domain.ProjectID(4), noon).Return(domain.Owner, errDown)
			assert.ErrorIs(t, door.open(t.Context(), h, sam, aProjectRef), errDown)
		})
	}
	for name, door := range groupDoors() {
		t.Run(name+" (group)", func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			open := aGroup(func(s *domain.GroupState) { s.Visibility = domain.Public })
			h.groups.EXPECT().Find(gomock.Any(), aGroupRef).Return(open, nil)
			h.access.EXPECT().OnGroup(gomock.Any(), sam.User, domain.GroupID(3), noon).Return(domain.Owner, errDown)
			assert.ErrorIs(t, door.open(t.Context(), h, sam, aGroupRef), errDown)
		})
		t.Run(name+" (projects in the group)", func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.onGroup(aGroup(), domain.NoAccess)
			h.access.EXPECT().SeesProjectIn(gomock.Any(), sam.User, domain.GroupID(3), noon).Return(true, errDown)
			assert.ErrorIs(t, door.open(t.Context(), h, sam, aGroupRef), errDown)
		})
	}
}
