package hostile

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest"
	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// hidden is a private group with a private project, of which the inquirers may
// not know.
type hidden struct {
	*town
	group           domain.GroupID
	project         domain.ProjectID
	runner          domain.RunnerID
	job             domain.JobID
	member          domain.UserID
	inquirers       map[string]string // token by name
	own             domain.ProjectID  // of the inquirer who owns something
	ownGroup        domain.GroupID
	runnerOfOwn     domain.RunnerID
	ownerOfOwnToken string
}

func newHidden(t *testing.T, store fixture.Store) *hidden {
	t.Helper()
	h := &hidden{town: newTown(t, store), inquirers: map[string]string{}}
	h.group = h.AddGroup(h.AddGroup(0), func(s *domain.GroupState) { s.Path, s.Name = "hidden-group", "Hidden" })
	h.project = h.AddProject(h.group, func(s *domain.ProjectState) { s.Path, s.Name = "hidden-project", "Hidden" })
	h.runner = h.AddProjectRunner(h.project)
	h.job = h.AddJob(h.project)
	h.member = h.AddUser()
	h.AddProjectMember(h.project, h.member, domain.Maintainer)

	owner := h.AddUser()
	h.ownerOfOwnToken = h.TokenOf(owner)
	h.ownGroup = h.AddGroupOf(owner, 0)
	h.own = h.AddProject(h.ownGroup)
	h.runnerOfOwn = h.AddProjectRunner(h.own)
	former := h.AddUser()
	h.AddProjectMember(h.project, former, domain.Owner, fixture.Expired)
	h.AddGroupMember(h.group, former, domain.Owner, fixture.Expired)
	blocked := h.AddUser(func(s *domain.UserState) { s.Status = domain.UserBlocked })
	h.AddGroupMember(h.group, blocked, domain.Owner)
	h.inquirers = map[string]string{
		"nobody": "", "a stranger": h.TokenOf(h.AddUser()), "an Owner of something else": h.ownerOfOwnToken,
		"an Owner whose membership expired": h.TokenOf(former), "a blocked Owner": h.TokenOf(blocked), "an unknown token": "glpat-unknown",
	}
	return h
}

// names are the ways to name the hidden things, and the same for absent ones. A
// runner has a third: runners do not hide (runners-api.md chapter 2), so
// they and what is only asked about are the same in both.
func (h *hidden) names() map[string][2]*strings.Replacer {
	project, group := h.Project(h.project).State(), h.Group(h.group).State()
	replacer := func(project, group, job, runner string) *strings.Replacer {
		return strings.NewReplacer("{project}", project, "{group}", group, "{job}", job, "{user}", fmt.Sprint(h.member), "{runner}", runner)
	}
	path := url.PathEscape
	runner, job := fmt.Sprint(h.runner), fmt.Sprint(h.job)
	absent := [2]string{"no-such-project", "no-such-group"}
	return map[string][2]*strings.Replacer{
		"by id": {
			replacer(fmt.Sprint(h.project), fmt.Sprint(h.group), job, runner),
			replacer("987654", "987654", "987654", runner),
		},
		"by path": {
			replacer(path(project.FullPath), path(group.FullPath), job, runner),
			replacer(path(absent[1]+"/"+absent[0]), path(absent[1]+"/"+absent[0]), "987654", runner),
		},
		"by path in capitals": {
			replacer(path(strings.ToUpper(project.FullPath)), path(strings.ToUpper(group.FullPath)), job, runner),
			replacer(path("NO/WHERE"), path("NO/WHERE"), "987654", runner),
		},
	}
}

// questionsAbout are the routes below groups and projects with what makes them
// valid, so that nothing but the place can be refused.
func questionsAbout() map[string][]string {
	bodies := map[string]string{
		"POST /projects/:id/runners":         `{"runner_id":{runner}}`,
		"POST /projects/:id/members":         `{"user_id":{user},"access_level":30}`,
		"PUT /projects/:id/members/:user_id": `{"access_level":30}`,
		"POST /groups/:id/members":           `{"user_id":{user},"access_level":30}`,
		"PUT /groups/:id/members/:user_id":   `{"access_level":30}`,
		"POST /projects/:id/jobs":            `{"name":"x","script":"x"}`,
		"PUT /projects/:id":                  `{"name":"x"}`,
		"PUT /groups/:id":                    `{"name":"x"}`,
	}
	questions := map[string][]string{}
	for _, name := range rest.Routes() {
		if !strings.Contains(name, "/projects/:id") && !strings.Contains(name, "/groups/:id") {
			continue
		}
		method, route, _ := strings.Cut(name, " ")
		place := "{group}"
		if strings.HasPrefix(route, "/projects") {
			place = "{project}"
		}
		path := strings.NewReplacer("/:id", "/"+place, ":runner_id", "{runner}", ":user_id", "{user}", ":job_id", "{job}").Replace(route)
		// Also with nothing, and with what is wrong whoever asks: the place comes first.
		questions[name] = []string{method, path, bodies[name]}
		questions[name+", without parameters"] = []string{method, path, ""}
		questions[name+", with wrong ones"] = []string{method, path + "?page=x&per_page=0&status=x&type=x&access_level=x&runner_id=x&user_id=x", `{"runner_id":"x","name":[],"access_level":"x"}`}
	}
	// Where a place is named beside the path.
	for name, body := range map[string]string{
		"a runner of the group": `{"runner_type":"group_type","group_id":"{group}"}`, "a runner of the project": `{"runner_type":"project_type","project_id":"{project}"}`,
	} {
		questions[name] = []string{"POST", "/user/runners", body}
	}
	questions["a subgroup"] = []string{"POST", "/groups", `{"name":"x","path":"x","parent_id":"{group}"}`}
	questions["a project in it"] = []string{"POST", "/projects", `{"name":"x","namespace_id":"{group}"}`}
	return questions
}

// To those who may not see it, what is hidden answers like what is not there: to
// the byte, headers included.
func TestWhatIsHiddenAnswersLikeWhatIsAbsent(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		h := newHidden(t, store)
		compared := 0
		for who, token := range h.inquirers {
			for spelling, names := range h.names() {
				for name, q := range questionsAbout() {
					signedIn := strings.HasPrefix(who, "a stranger") || strings.HasPrefix(who, "an Owner")
					if (spelling != "by id" || !signedIn) && (strings.Contains(name, ", ") || strings.Contains(q[2], `_id":"{`)) {
						continue // those take ids alone, and whoever is not let in gets no further
					}
					var answers [2]string
					for i := range names {
						answers[i] = shown(h.ask(names[i], q, token))
					}
					compared++
					assert.Equal(t, answers[1], answers[0], "%s %s to %s", name, spelling, who)
				}
			}
		}
		t.Logf("%d pairs of answers", compared)
	})
}

// ask sends a question about the places that the names stand for.
func (h *hidden) ask(names *strings.Replacer, q []string, token string) apitest.Response {
	parts := []apitest.Part{apitest.As(token)}
	if q[2] != "" {
		parts = append(parts, apitest.JSON(names.Replace(q[2])))
	}
	return h.Do(q[0], "/api/v4"+names.Replace(q[1]), parts...)
}

// shown is the answer but for its id.
func shown(answer apitest.Response) string {
	answer.Header.Del("X-Request-Id")
	return fmt.Sprint(answer.Status, answer.Header, answer.Body)
}

// Nor does it show in any list: not as a row, not in a total, not in a search, a
// link or the details of something else.
func TestWhatIsHiddenLeavesNoTraceInLists(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		h := newHidden(t, store)
		paths := []string{
			"projects", "groups", "projects?search=hidden", "groups?search=hidden", "projects?per_page=1", "groups?per_page=1", "runners",
			"projects/" + fmt.Sprint(h.own), "groups/" + fmt.Sprint(h.ownGroup), "groups/" + fmt.Sprint(h.ownGroup) + "/runners",
			"projects/" + fmt.Sprint(h.own) + "/runners", "projects/" + fmt.Sprint(h.own) + "/members/all", "user", "users",
			"runners/" + fmt.Sprint(h.runnerOfOwn), "runners/" + fmt.Sprint(h.runnerOfOwn) + "/jobs", "runners/" + fmt.Sprint(h.runner),
			"runners/" + fmt.Sprint(h.runnerOfOwn) + "?include_projects=true",
		}
		see := func() map[string]string {
			seen := map[string]string{}
			for who, token := range h.inquirers {
				for _, path := range paths {
					seen[who+" "+path] = shown(h.Do(http.MethodGet, path, apitest.As(token)))
				}
			}
			return seen
		}
		before := see()
		another := h.AddGroup(h.group, func(s *domain.GroupState) { s.Path = "hidden-too" })
		project := h.AddProject(another, func(s *domain.ProjectState) { s.Path = "hidden-too" })
		h.Assign(h.runner, project)
		h.AddGroupRunner(another)
		h.AddProjectRunner(project)
		h.AddJob(project)
		h.Assign(h.runnerOfOwn, project)
		after := see()
		for what, answer := range before {
			// That it has several projects shows in what may be done with the runner
			// of one's own, and not in how it looks.
			assert.Equal(t, answer, after[what], what)
		}
		require.NotEmpty(t, before)
		t.Logf("%d answers", len(before))
	})
}

// A name that is taken cannot be given twice, which says that it is taken and
// nothing else: not what has it, nor whether one may see it.
func TestATakenNameSaysNothingButThat(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		h := newHidden(t, store)
		top := h.AddGroup(0, func(s *domain.GroupState) { s.Path = "hidden-top" })
		visible := h.AddGroup(0, func(s *domain.GroupState) { s.Path, s.Visibility = "visible-top", domain.Public })
		require.NotZero(t, top+visible)
		as := apitest.As(h.ownerOfOwnToken)
		answers := []string{}
		for _, path := range []string{"hidden-top", "visible-top", "HIDDEN-TOP"} {
			answers = append(answers, shown(h.Do("POST", "groups", as, apitest.JSON(`{"name":"x","path":"`+path+`"}`))))
		}
		assert.Len(t, slices.Compact(answers), 1)
		assert.Contains(t, answers[0], "has already been taken")
		assert.NotContains(t, answers[0], "hidden")
	})
}
