package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

// How many statements a list costs. A page that is not full saves the count.
const (
	statementsOfAList       = 3 // who asks, the rows, how many there are
	statementsOfAListWithin = 5 // and the project or group, and the role in it
	// Runners and jobs come with how many there are.
	statementsOfRunners       = 2
	statementsOfRunnersWithin = 4
)

// statements is how many a request costs, signing in and the begin and end of
// transactions included. PostgreSQL locks what it changes with one more.
type statements struct{ sqlite, postgres int }

// The requests about single runners. The numbers are what the speed of the
// service hangs on: whoever makes one larger knows why.
var (
	statementsOfShow             = statements{2, 2} // who asks, the runner
	statementsOfShowWithRole     = statements{3, 3} // and the role
	statementsOfShowWithProjects = statements{4, 4} // and the projects or the group
	statementsOfUpdateByRoot     = statements{5, 6} // who asks, begin, the runner, the change, commit
	statementsOfUpdateWithRole   = statements{6, 7}
	statementsOfUpdateOfTags     = statements{9, 10} // the role, the tags out and in, the projects
)

func (s statements) on(scene *scene) int {
	if scene.OneWriter {
		return s.sqlite
	}
	return s.postgres
}

func TestListsCostTheSameForAnyNumberOfRows(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		for range 101 {
			s.AddInstanceRunner()
			s.AddGroupRunner(s.group)
			s.AddProjectRunner(s.site, tagged("a", "b"))
			s.addBuild()
			user := s.AddUser()
			s.AddProjectMember(s.site, user, domain.Guest)
			s.AddGroupMember(s.group, user, domain.Guest)
			s.AddProject(s.group)
			s.AddGroup(s.group)
		}
		for name, test := range map[string]struct {
			path string
			as   apitest.Part
			want int
		}{
			"owned runners":            {"runners", s.byOwner, statementsOfRunners},
			"all runners":              {"runners/all", s.byRoot, statementsOfRunners},
			"filtered runners":         {"runners/all?tag_list=a,b&status=offline&scope=active&type=project_type", s.byRoot, statementsOfRunners + 1}, // which tag is rarer
			"runners of a project":     {at("projects/%d/runners", s.site), s.byMaintainer, statementsOfRunnersWithin},
			"runners of a group":       {at("groups/%d/runners", s.group), s.byOwner, statementsOfRunnersWithin},
			"jobs of a runner":         {at("runners/%d/jobs", s.assigned), s.byMaintainer, statementsOfRunnersWithin},
			"jobs of a project":        {at("projects/%d/jobs", s.site), s.byDeveloper, statementsOfRunnersWithin + 1}, // the archives
			"runners by keyset":        {"runners/all?pagination=keyset", s.byRoot, statementsOfRunners},
			"own runners by keyset":    {"runners?pagination=keyset&sort=desc", s.byOwner, statementsOfRunners},
			"users":                    {"users", s.byStranger, statementsOfAList},
			"groups":                   {"groups", s.byOwner, statementsOfAList},
			"projects":                 {"projects", s.byOwner, statementsOfAList},
			"members of a project":     {at("projects/%d/members", s.site), s.byOwner, statementsOfAListWithin},
			"all members of a project": {at("projects/%d/members/all", s.site), s.byOwner, statementsOfAListWithin},
			"all members of a group":   {at("groups/%d/members/all", s.group), s.byOwner, statementsOfAListWithin},
		} {
			for _, rows := range []int{1, 20, 100} {
				join := "?"
				if strings.Contains(test.path, "?") {
					join = "&"
				}
				var got apitest.Response
				count := s.CountStatements(func() { got = s.Do("GET", at("%s%sper_page=%d", test.path, join, rows), test.as) })
				assert.Len(t, ids[int64](t, got), rows, name)
				assert.Equal(t, test.want, count, "%s, %d rows", name, rows)
			}
		}
	})
}

func TestStatementsOfSingleRunners(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		assigned := at("runners/%d", s.assigned)
		for _, test := range []struct {
			method, path string
			as           apitest.Part
			want         statements
		}{
			{"GET", at("runners/%d", s.instance), s.byStranger, statementsOfShow},
			{"GET", assigned + "?include_projects=false", s.byRoot, statementsOfShow},
			{"GET", assigned + "?include_projects=false", s.byMaintainer, statementsOfShowWithRole},
			{"GET", assigned, s.byMaintainer, statementsOfShowWithProjects},
			{"GET", at("runners/%d", s.grouped), s.byOwner, statementsOfShowWithProjects},
			{"PUT", assigned + "?active=false&include_projects=false", s.byRoot, statementsOfUpdateByRoot},
			{"PUT", assigned + "?active=true&include_projects=false", s.byMaintainer, statementsOfUpdateWithRole},
			{"PUT", assigned + "?tag_list=a,b,c&locked=1", s.byMaintainer, statementsOfUpdateOfTags},
		} {
			var got apitest.Response
			count := s.CountStatements(func() { got = s.Do(test.method, test.path, test.as) })
			assert.Equal(t, 200, got.Status, test.path)
			assert.Equal(t, test.want.on(s), count, "%s %s", test.method, test.path)
		}
	})
}

func TestPausingCostsTheSameForAnyNumberOfProjects(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		wide := s.AddProjectRunner(s.site)
		s.AssignToCopies(wide, s.site, 10_000)
		pause := func(id domain.RunnerID) int {
			return s.CountStatements(func() {
				got := s.Do("PUT", at("runners/%d?active=false&include_projects=false", id), s.byMaintainer)
				assert.Equal(t, 200, got.Status)
			})
		}
		assert.Equal(t, statementsOfUpdateWithRole.on(s), pause(s.assigned))
		assert.Equal(t, statementsOfUpdateWithRole.on(s), pause(wide))
	})
}
