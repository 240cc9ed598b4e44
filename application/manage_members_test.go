package application_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

var (
	errNoMember = domain.NotFound("Member")
	errNoLevel  = domain.Invalid("access_level", "is not included in the list")
	ofProject   = ports.MemberSource{Project: 4}
)

// managesMembers is what Sam, of that level, may do with the members of project 4.
func managesMembers(t *testing.T, h *harness, level domain.AccessLevel) *application.MemberManager {
	t.Helper()
	h.onProject(aProject(), level)
	members, err := application.NewMembers(h.Ports).ManageProject(t.Context(), sam, aProjectRef)
	require.NoError(t, err)
	return members
}

// memberLevels is everyLevel and a few that no membership can have.
var memberLevels = append([]domain.AccessLevel{-10, 35, 60}, everyLevel...)

// grant is the answer to who gives a level: never more than one's own, and
// only one that there is.
func grant(own, given domain.AccessLevel) error {
	switch {
	case given > own:
		return errForbidden
	case !given.Known():
		return errNoLevel
	}
	return nil
}

func TestAddMemberNeverGivesMoreThanTheOwnLevel(t *testing.T) {
	t.Parallel()
	for _, own := range []domain.AccessLevel{domain.Maintainer, domain.Owner} {
		for _, given := range memberLevels {
			t.Run(fmt.Sprintf("level %d from level %d", given, own), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				members := managesMembers(t, h, own)
				want := grant(own, given)
				if want == nil {
					membership := domain.RestoreMembership(domain.MembershipState{
						User: 6, Level: given, ExpiresAt: yesterday, CreatedAt: noon,
					})
					look := h.members.EXPECT().Find(gomock.Any(), ofProject, domain.UserID(6)).Return(ports.Member{}, errNoMember)
					add := h.members.EXPECT().Add(gomock.Any(), ofProject, membership).Return(nil).After(look)
					h.members.EXPECT().Find(gomock.Any(), ofProject, domain.UserID(6)).Return(aMember(given), nil).After(add)
				}
				member, err := members.Add(t.Context(), domain.MembershipState{User: 6, Level: given, ExpiresAt: yesterday})
				check(t, want, err)
				if want == nil {
					assert.Equal(t, aMember(given), member)
				}
			})
		}
	}
}

func TestAddMemberPassesOnWhatFails(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{ports.ErrAlreadyMember, errNoUser, errDown} {
		h := newHarness(t)
		h.members.EXPECT().Find(gomock.Any(), ofProject, domain.UserID(6)).Return(ports.Member{}, errNoMember)
		h.members.EXPECT().Add(gomock.Any(), gomock.Any(), gomock.Any()).Return(failure)
		member, err := managesMembers(t, h, domain.Maintainer).Add(t.Context(), domain.MembershipState{User: 6, Level: domain.Guest})
		require.ErrorIs(t, err, failure)
		assert.Zero(t, member)
	}
}

func TestAddMemberRefusesWhoIsOneWithoutAStoredMembership(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ found, want error }{{nil, ports.ErrAlreadyMember}, {errDown, errDown}} {
		h := newHarness(t)
		h.members.EXPECT().Find(gomock.Any(), ofProject, domain.UserID(6)).Return(aMember(domain.Owner), tt.found)
		_, err := managesMembers(t, h, domain.Maintainer).Add(t.Context(), domain.MembershipState{User: 6, Level: domain.Guest})
		require.ErrorIs(t, err, tt.want)
	}
}

func TestUpdateMemberNeverLiftsNorTouchesAboveTheOwnLevel(t *testing.T) {
	t.Parallel()
	for _, own := range []domain.AccessLevel{domain.Maintainer, domain.Owner} {
		for _, before := range everyLevel[1:] {
			for _, after := range memberLevels {
				t.Run(fmt.Sprintf("from %d to %d by level %d", before, after, own), func(t *testing.T) {
					t.Parallel()
					h := newHarness(t)
					members, membership := managesMembers(t, h, own), aMembership(before)
					update := h.members.EXPECT().Update(gomock.Any(), ofProject, domain.UserID(6), gomock.Any()).
						DoAndReturn(changingMembership(membership))
					want := grant(own, after)
					if before > own {
						want = errForbidden
					}
					if want == nil {
						h.members.EXPECT().Find(gomock.Any(), ofProject, domain.UserID(6)).Return(aMember(after), nil).After(update)
					}
					member, err := members.Update(t.Context(), 6, domain.MembershipChange{Level: after, ExpiresAt: domain.Set(noon)})
					check(t, want, err)
					if want != nil {
						assert.Equal(t, aMembership(before).State(), membership.State())
						return
					}
					assert.Equal(t, domain.MembershipState{User: 6, Level: after, ExpiresAt: noon, CreatedAt: yesterday}, membership.State())
					assert.Equal(t, aMember(after), member)
				})
			}
		}
	}
}

func TestUpdateMemberPassesOnWhatFails(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{errNoMember, errDown} {
		h := newHarness(t)
		h.members.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(failure)
		member, err := managesMembers(t, h, domain.Owner).Update(t.Context(), 6, domain.MembershipChange{Level: domain.Guest})
		require.ErrorIs(t, err, failure)
		assert.Zero(t, member)
	}
}

func TestRemoveMemberKeepsWhoIsAboveTheOwnLevel(t *testing.T) {
	t.Parallel()
	for _, own := range []domain.AccessLevel{domain.Maintainer, domain.Owner} {
		for _, level := range everyLevel[1:] {
			h := newHarness(t)
			members := managesMembers(t, h, own)
			h.members.EXPECT().Delete(gomock.Any(), ofProject, domain.UserID(6), gomock.Any()).DoAndReturn(endingMembership(level))
			var want error = errForbidden
			if level <= own {
				want = nil
			}
			check(t, want, members.Remove(t.Context(), 6))
		}
	}
}

func TestRemoveMemberPassesOnWhatFails(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{errNoMember, errDown} {
		h := newHarness(t)
		h.members.EXPECT().Delete(gomock.Any(), ofProject, domain.UserID(6), gomock.Any()).Return(failure)
		require.ErrorIs(t, managesMembers(t, h, domain.Owner).Remove(t.Context(), 6), failure)
	}
}

// endingMembership is Delete of a membership with that level.
func endingMembership(level domain.AccessLevel) func(context.Context, ports.MemberSource, domain.UserID, func(*domain.Membership) error) error {
	return func(_ context.Context, _ ports.MemberSource, _ domain.UserID, check func(*domain.Membership) error) error {
		return check(aMembership(level))
	}
}

func TestGroupMembersAreManagedInTheGroup(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.groups.EXPECT().Find(gomock.Any(), aGroupRef).Return(aGroup(), nil)
	members, err := application.NewMembers(h.Ports).ManageGroup(t.Context(), admin, aGroupRef)
	require.NoError(t, err)
	source := ports.MemberSource{Group: 3}
	h.members.EXPECT().Delete(gomock.Any(), source, domain.UserID(6), gomock.Any()).DoAndReturn(endingMembership(domain.Owner))
	require.NoError(t, members.Remove(t.Context(), 6), "administrators are above everybody, without any membership")
}
