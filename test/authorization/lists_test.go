package authorization

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

// names turns a list into what its elements are, in the order of ids.
func names(a *apitest.API, r apitest.Response, called map[int64]string) string {
	var list []struct{ ID int64 }
	a.Into(r, &list)
	var all []string
	for _, element := range list {
		if name := called[element.ID]; name != "" {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}

// listed is what is on each list for one way to be somebody.
type listed struct {
	role                                  string
	owned, all, details, projects, groups string
}

// GET /runners lists what is owned through memberships, also to administrators;
// details show the projects of which one is a member; GET /projects and GET
// /groups list what can be seen. The open ones are public.
var lists = []listed{
	{"a stranger", "", "", "", "open project", "open parent, open group"},
	{"an Owner of something else", "", "", "", "open project", "open parent, open group"},
	{"an Owner whose memberships have expired", "", "", "", "open project", "open parent, open group"},
	{"an Owner of a subgroup without projects", "", "", "", "open project", "open parent, open group"},

	{"Guest of the project", "", "", "", "project, open project", "parent, group, open parent, open group"},
	{"Guest of the group", "", "", "", "project, open project", "parent, group, open parent, open group"},
	{"Developer of the project", "", "", "", "project, open project", "parent, group, open parent, open group"},
	{"Developer of the group above", "", "", "", "project, open project", "parent, group, open parent, open group"},

	{"Maintainer of the project", "single, several", "", "project", "project, open project", "parent, group, open parent, open group"},
	{"Maintainer of the group", "single, several", "", "project", "project, open project", "parent, group, open parent, open group"},
	{"Maintainer of the group above", "single, several", "", "project", "project, open project", "parent, group, open parent, open group"},

	{"Owner of the project", "single, several", "", "project", "project, open project", "parent, group, open parent, open group"},
	{"Owner of the group", "single, several, group", "", "project", "project, open project", "parent, group, open parent, open group"},
	{"Owner of the group above", "single, several, group, above", "", "project", "project, open project", "parent, group, open parent, open group"},
	{"owner of the project's personal namespace", "single, several", "", "project", "project, open project", "open parent, open group"},

	{"an administrator", "", "instance, single, several, group, above", "project, foreign", "foreign, project, open project", "parent, group, open parent, open group"},
	{"an administrator who is a Guest", "", "instance, single, several, group, above", "project, foreign", "foreign, project, open project", "parent, group, open parent, open group"},
}

func TestWhatIsOnWhoseLists(t *testing.T) {
	t.Parallel()
	var roles []role
	wanted := map[string]listed{}
	for _, l := range lists {
		i := slices.IndexFunc(everyRole(), func(r role) bool { return r.name == l.role })
		roles = append(roles, everyRole()[i])
		wanted[l.role] = l
	}
	forEach(t, roles, func(t *testing.T, a *apitest.API, as *cast) { checkLists(t, a, as, wanted[as.role.name]) })
}

func checkLists(t *testing.T, a *apitest.API, as *cast, want listed) {
	t.Helper()
	p := as.place(a, domain.Private)
	open := as.place(a, domain.Public)
	runners := map[int64]string{}
	for _, r := range []struct{ kind, name string }{
		{instance, "instance"}, {single, "single"}, {several, "several"}, {group, "group"}, {above, "above"},
	} {
		runners[int64(p.runner(r.kind))] = r.name
	}
	projects := map[int64]string{
		int64(p.project): "project", int64(p.foreign): "foreign", int64(open.project): "open project",
	}
	groups := map[int64]string{
		int64(p.parent): "parent", int64(p.group): "group", int64(open.parent): "open parent", int64(open.group): "open group",
	}
	get := func(path string) apitest.Response { return a.Do("GET", path+"per_page=100", apitest.As(p.token)) }
	assert.Equal(t, want.owned, names(a, get("runners?"), runners), "GET /runners")
	assert.Equal(t, want.projects, names(a, get("projects?"), projects), "GET /projects")
	assert.Equal(t, want.groups, names(a, get("groups?"), groups), "GET /groups")
	if all := get("runners/all?"); want.all == "" {
		checkAnswer(t, refused, all)
	} else {
		assert.Equal(t, want.all, names(a, all, runners), "GET /runners/all")
	}
	details := get("runners/" + decimal(p.runner(several)) + "?")
	if want.details == "" {
		checkAnswer(t, noAccess, details)
		return
	}
	var shown struct{ Projects []struct{ ID int64 } }
	a.Into(details, &shown)
	var found []string
	for _, of := range shown.Projects {
		found = append(found, projects[of.ID])
	}
	assert.ElementsMatch(t, strings.Split(want.details, ", "), found, "the projects of a runner")
}
