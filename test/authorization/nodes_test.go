package authorization

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// station is a user with a token, who is a member of a group with a project, in
// front of two nodes of one server that both remember what they learned.
type station struct {
	nodes [2]*apitest.API
	user  domain.UserID
	token string
	id    domain.PersonalAccessTokenID

	group            domain.GroupID
	project, another domain.ProjectID
	runner           domain.RunnerID // assigned to both
}

func newStation(t *testing.T, store fixture.Store) *station {
	t.Helper()
	first := apitest.New(t, store, apitest.Cached)
	s := &station{nodes: [2]*apitest.API{first, apitest.New(t, store.Again(t), apitest.Cached, apitest.Beside(first))}}
	s.user = first.AddUser()
	secret := first.PersonalAccessToken()
	s.token = secret.Reveal()
	s.id = first.AddToken(s.user, func(state *domain.PersonalAccessTokenState) { state.Digest = first.Vault.Digest(secret) })
	s.group = first.AddGroup(0)
	s.project, s.another = first.AddProject(s.group), first.AddProject(first.AddGroup(0))
	s.runner = first.AddProjectRunner(s.project)
	first.Assign(s.runner, s.another)
	return s
}

// ask sends a request of the user to a node.
func (s *station) ask(node int, path string) int {
	return s.nodes[node].Do(http.MethodGet, path, apitest.As(s.token)).Status
}

// change lets root do something on the first node.
func (s *station) change(t *testing.T, method, path string, parts ...apitest.Part) {
	t.Helper()
	got := s.nodes[0].Do(method, path, append(parts, apitest.As(s.nodes[0].Root))...)
	assert.Less(t, got.Status, 300, "%s %s: %s", method, path, got.Body)
}

// What is taken from somebody is gone at the very next request to the node that
// took it, and within a second on the others.
func TestNodesNoticeChangesInTime(t *testing.T) {
	t.Parallel()
	const asProjectMember, asGroupMember = true, false
	for name, test := range map[string]struct {
		member        bool
		path          func(s *station) string
		method        string
		changed       func(s *station) string
		before, after int
	}{
		"a token is revoked": {
			asProjectMember, (*station).oneself, "DELETE", (*station).ofToken, 200, 401,
		},
		"a user is blocked": {
			asProjectMember, (*station).oneself, "POST", func(s *station) string { return s.ofUser() + "/block" }, 200, 403,
		},
		"a user is deleted": {
			asProjectMember, (*station).oneself, "DELETE", (*station).ofUser, 200, 401,
		},
		"a member of the project is removed": {
			asProjectMember, (*station).runnersOfProject, "DELETE", (*station).memberOfProject, 200, 404,
		},
		"a member of the project is degraded": {
			asProjectMember, (*station).runnersOfProject, "PUT",
			func(s *station) string { return s.memberOfProject() + "?access_level=30" }, 200, 403,
		},
		"a member of the group is removed": {
			asGroupMember, (*station).runnersOfProject, "DELETE", (*station).memberOfGroup, 200, 404,
		},
		"a member of the group is degraded": {
			asGroupMember, (*station).runnersOfGroup, "PUT",
			func(s *station) string { return s.memberOfGroup() + "?access_level=10" }, 200, 403,
		},
		"a member of the group does not see it any more": {
			asGroupMember, (*station).runnersOfGroup, "DELETE", (*station).memberOfGroup, 200, 404,
		},
		"a member cannot read the runner any more": {
			asProjectMember, (*station).ofRunner, "DELETE", (*station).memberOfProject, 200, 403,
		},
		"a runner is taken from the project": {
			asProjectMember, (*station).ofRunner, "DELETE",
			func(s *station) string { return fmt.Sprintf("projects/%d/runners/%d", s.project, s.runner) }, 200, 403,
		},
		"a project is deleted with its link to the runner": {
			asProjectMember, (*station).ofRunner, "DELETE", func(s *station) string { return fmt.Sprintf("projects/%d", s.project) }, 200, 403,
		},
		"a group is deleted with the project": {
			asGroupMember, (*station).ofRunner, "DELETE", func(s *station) string { return fmt.Sprintf("groups/%d", s.group) }, 200, 403,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
				s := newStation(t, store)
				if test.member == asProjectMember {
					s.nodes[0].AddProjectMember(s.project, s.user, domain.Maintainer)
				} else {
					s.nodes[0].AddGroupMember(s.group, s.user, domain.Owner)
				}
				for node := range s.nodes {
					assert.Equal(t, test.before, s.ask(node, test.path(s)), "node %d", node)
				}
				s.change(t, test.method, test.changed(s))
				assert.Equal(t, test.after, s.ask(0, test.path(s)), "the node that changed it")
				s.nodes[1].Clock.Advance(time.Second)
				assert.Equal(t, test.after, s.ask(1, test.path(s)), "another node")
			})
		})
	}
}

func (*station) oneself() string    { return "user" }
func (s *station) ofToken() string  { return fmt.Sprintf("personal_access_tokens/%d", s.id) }
func (s *station) ofUser() string   { return fmt.Sprintf("users/%d", s.user) }
func (s *station) ofRunner() string { return fmt.Sprintf("runners/%d", s.runner) }
func (s *station) memberOfProject() string {
	return fmt.Sprintf("projects/%d/members/%d", s.project, s.user)
}

func (s *station) memberOfGroup() string { return fmt.Sprintf("groups/%d/members/%d", s.group, s.user) }

func (s *station) runnersOfProject() string {
	return fmt.Sprintf("projects/%d/runners", s.project)
}
func (s *station) runnersOfGroup() string { return fmt.Sprintf("groups/%d/runners", s.group) }

// An expired token is refused to the moment, however it is remembered.
func TestATokenExpiresThoughItIsRemembered(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		a := apitest.New(t, store, apitest.Cached)
		a.Clock.Set(time.Date(2024, time.February, 29, 23, 59, 59, 999_999_000, time.UTC))
		secret := a.PersonalAccessToken()
		a.AddToken(a.AddUser(), func(s *domain.PersonalAccessTokenState) {
			s.Digest, s.ExpiresAt = a.Vault.Digest(secret), time.Date(2024, time.March, 1, 0, 0, 0, 0, time.UTC)
		})
		assert.Equal(t, 200, a.Do("GET", "user", apitest.As(secret.Reveal())).Status)
		a.Clock.Advance(time.Microsecond)
		assert.Equal(t, 401, a.Do("GET", "user", apitest.As(secret.Reveal())).Status)
	})
}

// In the steady state a list costs its rows and their number.
func TestRememberingSavesTheStatementsOfPermission(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		s := newStation(t, store)
		s.nodes[0].AddProjectMember(s.project, s.user, domain.Maintainer)
		for path, most := range map[string]int{"runners": 2, s.runnersOfProject(): 3, s.ofRunner(): 2, s.oneself(): 1} {
			s.ask(0, path)
			assert.LessOrEqual(t, store.CountStatements(func() { assert.Equal(t, 200, s.ask(0, path)) }), most, path)
		}
	})
}
