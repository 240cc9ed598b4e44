package authorization

import (
	"fmt"
	"net/http"
	"testing"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// place is a project in a group in a group, and somebody who may be a member of
// some of them.
type place struct {
	*apitest.API
	asker domain.UserID
	token string // of the asker; empty: none

	parent, group    domain.GroupID
	project, sibling domain.ProjectID // two projects to which the asker is the same
	foreign          domain.ProjectID // a project of others

	runners map[string]domain.RunnerID // by what they are; refusals leave them as they are
	states  map[string]string          // what root sees, by path
}

// newPlace makes a place of that visibility for the role.
func newPlace(a *apitest.API, as *cast, visibility domain.Visibility) *place {
	p := &place{API: a, asker: as.user, token: as.token, foreign: as.foreign}
	p.forget()
	ofGroup := func(s *domain.GroupState) {
		s.Visibility = visibility
		s.Token.Digest = a.Vault.Digest(a.Vault.RegistrationToken(s.Token.Seed))
	}
	ofProject := func(s *domain.ProjectState) {
		s.Visibility = visibility
		s.Token.Digest = a.Vault.Digest(a.Vault.RegistrationToken(s.Token.Seed))
	}
	p.parent = a.AddGroup(0, ofGroup)
	p.group = a.AddGroup(p.parent, ofGroup)
	namespace := p.group
	if as.role.personal {
		namespace = a.User(as.user).State().Namespace
	}
	p.project = a.AddProject(namespace, ofProject)
	p.sibling = a.AddProject(namespace, ofProject)
	if as.role.join != nil {
		as.role.join(p)
	}
	return p
}

func (p *place) joinProjects(level domain.AccessLevel, changes ...func(s *domain.MembershipState)) {
	p.AddProjectMember(p.project, p.asker, level, changes...)
	p.AddProjectMember(p.sibling, p.asker, level, changes...)
}

func (p *place) joinGroup(group domain.GroupID, level domain.AccessLevel, changes ...func(s *domain.MembershipState)) {
	p.AddGroupMember(group, p.asker, level, changes...)
}

func (p *place) joinEverything(level domain.AccessLevel, changes ...func(s *domain.MembershipState)) {
	p.joinProjects(level, changes...)
	p.joinGroup(p.group, level, changes...)
	p.joinGroup(p.parent, level, changes...)
}

// runner is one of that kind. It is made anew only after something was changed.
func (p *place) runner(kind string) domain.RunnerID {
	id, ok := p.runners[kind]
	if !ok {
		id = kinds[kind](p)
		p.runners[kind] = id
	}
	return id
}

// before is what root saw at the path when nothing had been changed yet.
func (p *place) before(path string) string {
	state, ok := p.states[path]
	if !ok {
		state = p.state(path)
		p.states[path] = state
	}
	return state
}

// state is what root sees at the path now.
func (p *place) state(path string) string {
	r := p.Do(http.MethodGet, path, apitest.As(p.Root))
	return fmt.Sprint(r.Status, r.Header["X-Total"], r.Body)
}

// forget is for after a change.
func (p *place) forget() {
	p.runners, p.states = map[string]domain.RunnerID{}, map[string]string{}
}

// cast is a role with a user who plays it on one database.
type cast struct {
	role    role
	user    domain.UserID
	token   string
	foreign domain.ProjectID
	places  map[domain.Visibility]*place
}

func newCast(a *apitest.API, r role, foreign domain.ProjectID) *cast {
	as := &cast{role: r, token: r.token, foreign: foreign, places: map[domain.Visibility]*place{}}
	var changes []func(s *domain.UserState)
	if r.user != nil {
		changes = append(changes, r.user)
	}
	as.user = a.AddUser(changes...)
	if r.toProject != anonymous {
		as.token = a.TokenOf(as.user)
	}
	return as
}

// place is the one of that visibility, which all requests share that leave it
// standing.
func (as *cast) place(a *apitest.API, visibility domain.Visibility) *place {
	if as.places[visibility] == nil {
		as.places[visibility] = newPlace(a, as, visibility)
	}
	return as.places[visibility]
}

// forEach runs the test for each role, all on one database; and all that on
// each database.
func forEach(t *testing.T, roles []role, test func(t *testing.T, a *apitest.API, as *cast)) {
	t.Helper()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		a := apitest.New(t, store)
		foreign := a.AddProject(a.AddGroup(0))
		for _, r := range roles {
			t.Run(r.name, func(t *testing.T) { test(t, a, newCast(a, r, foreign)) })
		}
	})
}
