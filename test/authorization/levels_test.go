package authorization

import (
	"fmt"
	"strings"
	"testing"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// team has an asker, and another member of the project and the group.
type team struct {
	*place
	another domain.UserID
}

func newTeam(a *apitest.API, asker, another domain.AccessLevel) team {
	as := newCast(a, role{name: "a member", toProject: guest, join: func(p *place) {
		p.joinProjects(asker)
		p.joinGroup(p.group, asker)
	}}, 0)
	p := as.place(a, domain.Private)
	id := p.AddUser()
	p.AddProjectMember(p.project, id, another)
	p.AddGroupMember(p.group, id, another)
	return team{place: p, another: id}
}

// Nobody gives, changes or takes away a level above their own.
func TestNobodyLiftsAnybodyAboveThemselves(t *testing.T) {
	t.Parallel()
	const member, oneself = "/members/another", "/members/oneself"
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		a := apitest.New(t, store)
		for name, test := range map[string]struct {
			asker, another domain.AccessLevel
			method, path   string
			level          domain.AccessLevel
			want           answer
		}{
			"a Maintainer may make a Maintainer":            {40, 30, "PUT", member, 40, shown},
			"a Maintainer may not make an Owner":            {40, 30, "PUT", member, 50, refused},
			"a Maintainer may not become an Owner":          {40, 30, "PUT", oneself, 50, refused},
			"a Maintainer may step down":                    {40, 30, "PUT", oneself, 10, shown},
			"a Maintainer may leave":                        {40, 30, "DELETE", oneself, 0, gone},
			"a Maintainer may not degrade an Owner":         {40, 50, "PUT", member, 10, refused},
			"a Maintainer may not remove an Owner":          {40, 50, "DELETE", member, 0, refused},
			"a Maintainer may degrade another Maintainer":   {40, 40, "PUT", member, 10, shown},
			"a Maintainer may add a Maintainer":             {40, 30, "POST", "/members", 40, made},
			"a Maintainer may not add an Owner":             {40, 30, "POST", "/members", 50, refused},
			"a Developer may not become a Maintainer":       {30, 30, "PUT", oneself, 40, refused},
			"a Developer may not even leave":                {30, 30, "DELETE", oneself, 0, refused},
			"an Owner may make an Owner":                    {50, 30, "PUT", member, 50, shown},
			"an Owner may add an Owner":                     {50, 30, "POST", "/members", 50, made},
			"an Owner may remove another Owner":             {50, 50, "DELETE", member, 0, gone},
			"an Owner may not give more than there is":      {50, 30, "PUT", member, 60, refused},
			"an Owner may not give a level that is unknown": {50, 30, "PUT", member, 35, noSuchLevel},
		} {
			t.Run(name, func(t *testing.T) {
				w := newTeam(a, test.asker, test.another)
				path := map[string]string{
					"/members": "/members", oneself: "/members/" + decimal(w.asker), member: "/members/" + decimal(w.another),
				}[test.path]
				body := apitest.JSON(fmt.Sprintf(`{"user_id":%d,"access_level":%d}`, w.AddUser(), test.level))
				w.check(t, test.method, w.pathOfProject()+path, body, test.want)
				if test.asker != domain.Maintainer {
					w.check(t, test.method, w.pathOfGroup()+path, body, test.want)
				} else {
					w.check(t, test.method, w.pathOfGroup()+path, body, refused)
				}
			})
		}
	})
}

var noSuchLevel = answer{400, `{"message":{"access_level":["is not included in the list"]}}`}

// check sends the request as the asker, and looks at all members.
func (w team) check(t *testing.T, method, path string, body apitest.Part, want answer) {
	t.Helper()
	w.forget()
	members, _, _ := strings.Cut(path, "/members")
	q := question{path: path, parts: []apitest.Part{body}}
	checkQuestion(t, w.place, method, q.changing("%s/members", members), want)
}

// There are further ways up, all of them closed.
func TestThereIsNoOtherWayUp(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		a := apitest.New(t, store)
		w := newTeam(a, domain.Maintainer, domain.Owner)
		mustBeAdmin := answer{403, `{"message":"403 Forbidden - Must be admin to use sudo"}`}
		needsSudo := answer{403, `{"error":"insufficient_scope","error_description":` +
			`"The request requires higher privileges than provided by the access token.","scope":"sudo"}`}
		for name, test := range map[string]struct {
			method, path string
			parts        []apitest.Part
			want         answer
		}{
			"to act as root":                          {"GET", "user", []apitest.Part{apitest.As(w.token), apitest.Header("Sudo", "root")}, mustBeAdmin},
			"to act as root by a parameter":           {"GET", "user?sudo=1", []apitest.Part{apitest.As(w.token)}, mustBeAdmin},
			"to act as another without the scope":     {"GET", "user?sudo=1", []apitest.Part{apitest.As(a.Root)}, needsSudo},
			"to make a token for root":                {"POST", "users/1/personal_access_tokens", []apitest.Part{apitest.As(w.token), apitest.Form("name", "mine", "scopes[]", "sudo")}, refused},
			"to make an administrator":                {"POST", "users", []apitest.Part{apitest.As(w.token), apitest.Form("name", "x", "username", "x", "email", "x@example.com", "admin", "true")}, refused},
			"to make a subgroup and become its Owner": {"POST", "groups", []apitest.Part{apitest.As(w.token), apitest.Form("name", "x", "path", "x", "parent_id", decimal(w.group))}, refused},
			"to open the group by its visibility":     {"PUT", "groups/" + decimal(w.group), []apitest.Part{apitest.As(w.token), apitest.Form("visibility", "public")}, refused},
		} {
			t.Run(name, func(t *testing.T) { checkAnswer(t, test.want, a.Do(test.method, test.path, test.parts...)) })
		}
	})
}

// An administrator who acts as somebody else is that somebody.
func TestSudoGivesUpBeingAnAdministrator(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		a := apitest.New(t, store)
		w := newTeam(a, domain.Developer, domain.Owner)
		sudo := apitest.As(a.TokenOf(domain.RootUser, domain.ScopeAPI, domain.ScopeSudo))
		as := apitest.Header("Sudo", decimal(w.asker))
		checkAnswer(t, refused, a.Do("GET", "runners/all", sudo, as))
		checkAnswer(t, refused, a.Do("GET", "projects/"+decimal(w.project)+"/runners", sudo, as))
		checkAnswer(t, shown, a.Do("GET", "projects/"+decimal(w.project)+"/jobs", sudo, as))
		checkAnswer(t, shown, a.Do("GET", "runners/all", sudo))
	})
}
