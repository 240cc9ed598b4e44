package accesscache_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"runyard/adapters/accesscache"
	"runyard/domain"
	"runyard/ports"
	"runyard/ports/mocks"
	"runyard/test/fixture"
)

// node is a cache in front of repositories.
type node struct {
	clock    *fixture.Clock
	tokens   *mocks.MockTokenRepository
	users    *mocks.MockUserRepository
	access   *mocks.MockAccessRepository
	members  *mocks.MockMemberRepository
	groups   *mocks.MockGroupRepository
	projects *mocks.MockProjectRepository
	runners  *mocks.MockRunnerRepository
	cached   struct {
		ports.TokenRepository
		ports.AccessRepository
		users    ports.UserRepository
		members  ports.MemberRepository
		groups   ports.GroupRepository
		projects ports.ProjectRepository
		runners  ports.RunnerRepository
	}
}

func newNode(t *testing.T) *node {
	t.Helper()
	control := gomock.NewController(t)
	n := &node{
		clock:    fixture.NewClock(),
		tokens:   mocks.NewMockTokenRepository(control),
		users:    mocks.NewMockUserRepository(control),
		access:   mocks.NewMockAccessRepository(control),
		members:  mocks.NewMockMemberRepository(control),
		groups:   mocks.NewMockGroupRepository(control),
		projects: mocks.NewMockProjectRepository(control),
		runners:  mocks.NewMockRunnerRepository(control),
	}
	cache := accesscache.New(n.clock.Now)
	n.cached.TokenRepository, n.cached.AccessRepository = cache.Tokens(n.tokens), cache.Access(n.access)
	n.cached.users, n.cached.members = cache.Users(n.users), cache.Members(n.members)
	n.cached.groups, n.cached.projects, n.cached.runners = cache.Groups(n.groups), cache.Projects(n.projects), cache.Runners(n.runners)
	return n
}

const (
	digest  = domain.Digest("digest")
	user    = domain.UserID(2)
	project = domain.ProjectID(3)
	group   = domain.GroupID(4)
	runner  = domain.RunnerID(5)
)

// questions are what is remembered, each with a call that asks once more and
// expects that storage is asked or not.
func (n *node) questions() map[string]func(t *testing.T, stored bool) {
	times := func(call *gomock.Call, stored bool) {
		if stored {
			call.Times(1)
		} else {
			call.Times(0)
		}
	}
	any := gomock.Any()
	at := n.clock.Now()
	return map[string]func(t *testing.T, stored bool){
		"token": func(t *testing.T, stored bool) {
			token, owner := fixture.PersonalAccessToken(user), fixture.User()
			times(n.tokens.EXPECT().Authenticate(any, digest).Return(token, owner, nil), stored)
			_, _, err := n.cached.Authenticate(t.Context(), digest)
			require.NoError(t, err)
		},
		"on project": func(t *testing.T, stored bool) {
			times(n.access.EXPECT().OnProject(any, user, project, at).Return(domain.Developer, nil), stored)
			level, err := n.cached.OnProject(t.Context(), user, project, at)
			require.NoError(t, err)
			assert.Equal(t, domain.Developer, level)
		},
		"on group": func(t *testing.T, stored bool) {
			times(n.access.EXPECT().OnGroup(any, user, group, at).Return(domain.Owner, nil), stored)
			level, err := n.cached.OnGroup(t.Context(), user, group, at)
			require.NoError(t, err)
			assert.Equal(t, domain.Owner, level)
		},
		"on runner": func(t *testing.T, stored bool) {
			times(n.access.EXPECT().OnRunner(any, user, runner, at).Return(domain.Maintainer, nil), stored)
			level, err := n.cached.OnRunner(t.Context(), user, runner, at)
			require.NoError(t, err)
			assert.Equal(t, domain.Maintainer, level)
		},
		"sees project": func(t *testing.T, stored bool) {
			times(n.access.EXPECT().SeesProjectIn(any, user, group, at).Return(true, nil), stored)
			sees, err := n.cached.SeesProjectIn(t.Context(), user, group, at)
			require.NoError(t, err)
			assert.True(t, sees)
		},
	}
}

func TestNothingIsAskedTwiceWithinASecond(t *testing.T) {
	t.Parallel()
	for _, name := range allQuestions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNode(t)
			ask := n.questions()[name]
			ask(t, true)
			ask(t, false)
			n.clock.Advance(799 * time.Millisecond)
			ask(t, false)
			n.clock.Advance(time.Millisecond)
			ask(t, true)
		})
	}
}

var (
	allQuestions    = []string{"token", "on project", "on group", "on runner", "sees project"}
	accessQuestions = allQuestions[1:]
)

func TestWhatChangesIsAskedAgainAtOnce(t *testing.T) {
	t.Parallel()
	any, failed := gomock.Any(), errors.New("the connection is gone, and nobody knows what was stored")
	of := ports.MemberSource{Project: project}
	for name, test := range map[string]struct {
		change  func(ctx context.Context, n *node) error
		forgets []string
	}{
		"a token": {func(ctx context.Context, n *node) error {
			n.tokens.EXPECT().Update(any, any, any).Return(failed)
			return n.cached.Update(ctx, 1, nil)
		}, []string{"token"}},
		"a user": {func(ctx context.Context, n *node) error {
			n.users.EXPECT().Update(any, user, any).Return(failed)
			return n.cached.users.Update(ctx, user, nil)
		}, []string{"token"}},
		"a user who is deleted": {func(ctx context.Context, n *node) error {
			n.users.EXPECT().Delete(any, user).Return(failed)
			return n.cached.users.Delete(ctx, user)
		}, allQuestions},
		"a new member": {func(ctx context.Context, n *node) error {
			n.members.EXPECT().Add(any, of, any).Return(failed)
			return n.cached.members.Add(ctx, of, nil)
		}, accessQuestions},
		"a member": {func(ctx context.Context, n *node) error {
			n.members.EXPECT().Update(any, of, user, any).Return(failed)
			return n.cached.members.Update(ctx, of, user, nil)
		}, accessQuestions},
		"a member who leaves": {func(ctx context.Context, n *node) error {
			n.members.EXPECT().Delete(any, of, user, any).Return(failed)
			return n.cached.members.Delete(ctx, of, user, nil)
		}, accessQuestions},
		"a new group": {func(ctx context.Context, n *node) error {
			n.groups.EXPECT().Add(any, any, user).Return(domain.GroupID(0), failed)
			_, err := n.cached.groups.Add(ctx, nil, user)
			return err
		}, accessQuestions},
		"a group": {func(ctx context.Context, n *node) error {
			n.groups.EXPECT().Update(any, group, any).Return(failed)
			return n.cached.groups.Update(ctx, group, nil)
		}, accessQuestions},
		"a group that is deleted": {func(ctx context.Context, n *node) error {
			n.groups.EXPECT().Delete(any, group).Return(failed)
			return n.cached.groups.Delete(ctx, group)
		}, accessQuestions},
		"a new project": {func(ctx context.Context, n *node) error {
			n.projects.EXPECT().Add(any, any).Return(domain.ProjectID(0), failed)
			_, err := n.cached.projects.Add(ctx, nil)
			return err
		}, accessQuestions},
		"a project": {func(ctx context.Context, n *node) error {
			n.projects.EXPECT().Update(any, project, any).Return(failed)
			return n.cached.projects.Update(ctx, project, nil)
		}, accessQuestions},
		"a project that is deleted": {func(ctx context.Context, n *node) error {
			n.projects.EXPECT().Delete(any, project).Return(failed)
			return n.cached.projects.Delete(ctx, project)
		}, accessQuestions},
		"a new runner": {func(ctx context.Context, n *node) error {
			n.runners.EXPECT().Add(any, any, project).Return(domain.RunnerID(0), failed)
			_, err := n.cached.runners.Add(ctx, nil, project)
			return err
		}, []string{"on runner"}},
		"a runner in another project": {func(ctx context.Context, n *node) error {
			n.runners.EXPECT().UpdateAssignment(any, runner, project, any).Return(failed)
			return n.cached.runners.UpdateAssignment(ctx, runner, project, nil)
		}, []string{"on runner"}},
		"a runner that is deleted": {func(ctx context.Context, n *node) error {
			n.runners.EXPECT().Delete(any, runner, any).Return(failed)
			return n.cached.runners.Delete(ctx, runner, nil)
		}, []string{"on runner"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNode(t)
			questions := n.questions()
			for _, ask := range questions {
				ask(t, true)
			}
			require.ErrorIs(t, test.change(t.Context(), n), failed)
			for _, question := range test.forgets {
				questions[question](t, true)
			}
		})
	}
}

func TestADigestThatNobodyHasIsLookedForEachTime(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.tokens.EXPECT().Authenticate(gomock.Any(), digest).Return(nil, nil, domain.NotFound("Personal Access Token")).Times(2)
	for range 2 {
		_, _, err := n.cached.Authenticate(t.Context(), digest)
		assert.True(t, domain.IsNotFound(err))
	}
}

func TestRequestsAtTheSameTimeGetWhatIsTheirs(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	const other = domain.Digest("other digest")
	token, theirs := fixture.PersonalAccessToken(user), fixture.PersonalAccessToken(user+1)
	asked := make(chan struct{})
	n.tokens.EXPECT().Authenticate(gomock.Any(), digest).DoAndReturn(
		func(context.Context, domain.Digest) (*domain.PersonalAccessToken, *domain.User, error) {
			// It goes on until somebody else has got an answer.
			<-asked
			return token, fixture.User(), nil
		})
	n.tokens.EXPECT().Authenticate(gomock.Any(), other).Return(theirs, fixture.User(), nil)
	n.access.EXPECT().OnProject(gomock.Any(), user, project, gomock.Any()).DoAndReturn(
		func(context.Context, domain.UserID, domain.ProjectID, time.Time) (domain.AccessLevel, error) {
			<-asked
			return domain.Owner, nil
		})
	n.access.EXPECT().OnProject(gomock.Any(), user+1, project, gomock.Any()).Return(domain.NoAccess, nil)
	var waiting errgroup.Group
	waiting.Go(func() error {
		got, _, err := n.cached.Authenticate(t.Context(), digest)
		assert.Same(t, token, got)
		return err
	})
	waiting.Go(func() error {
		level, err := n.cached.OnProject(t.Context(), user, project, n.clock.Now())
		assert.Equal(t, domain.Owner, level)
		return err
	})
	got, _, err := n.cached.Authenticate(t.Context(), other)
	require.NoError(t, err)
	assert.Same(t, theirs, got)
	level, err := n.cached.OnProject(t.Context(), user+1, project, n.clock.Now())
	require.NoError(t, err)
	assert.Equal(t, domain.NoAccess, level)
	close(asked)
	require.NoError(t, waiting.Wait())
}

func TestAMembershipIsJudgedAnewEveryDay(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	midnight := time.Date(2024, time.March, 1, 0, 0, 0, 0, time.UTC)
	for at, level := range map[time.Time]domain.AccessLevel{midnight.Add(-time.Microsecond): domain.Guest, midnight: domain.NoAccess} {
		n.access.EXPECT().OnProject(gomock.Any(), user, project, at).Return(level, nil)
		for range 2 {
			got, err := n.cached.OnProject(t.Context(), user, project, at)
			require.NoError(t, err)
			assert.Equal(t, level, got, at)
		}
	}
}
