//go:generate go tool -modfile=../.ci/tools/go.mod mockgen -source=members.go -destination=mocks/members.go -package=mocks

package ports

import (
	"context"

	"runyard/domain"
)

// MemberSource is the group or the project whose members are meant; one field
// is set.
type MemberSource struct {
	Group   domain.GroupID
	Project domain.ProjectID
}

// Member is a membership with its user.
type Member struct {
	User       *domain.User
	Membership *domain.Membership
}

// MemberRepository keeps memberships of groups and projects. Lists are in the
// order of user ids. Expired memberships are kept and shown.
type MemberRepository interface {
	// Add stores a new membership. A user who has one of that very group or
	// project already is ErrAlreadyMember; an unknown user is not found.
	Add(ctx context.Context, of MemberSource, m *domain.Membership) error
	// Find returns the user's own membership of that very group or project. The
	// owner of a project's personal namespace is found as its Owner.
	Find(ctx context.Context, of MemberSource, user domain.UserID) (Member, error)
	// List returns one page of the members, and how many there are up to
	// CountLimit. With inherited also those of the groups above, each user once
	// with the highest level. The owner of a project's personal namespace is
	// listed as its Owner either way.
	List(ctx context.Context, of MemberSource, inherited bool, p Page) ([]Member, int, error)
	// Update runs change while nobody else can change the membership, then
	// stores the result; like RunnerRepository.Update.
	Update(ctx context.Context, of MemberSource, user domain.UserID, change func(m *domain.Membership) error) error
	// Delete ends the membership if check, run while nobody can change it,
	// returns nil. check sees what Find returns.
	Delete(ctx context.Context, of MemberSource, user domain.UserID, check func(m *domain.Membership) error) error
}

// ErrAlreadyMember is the conflict of MemberRepository.Add, in the words of the
// wire.
var ErrAlreadyMember = domain.Conflict("Member already exists")
