package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// contacted lets a runner have made contact that long ago.
func contacted(ago time.Duration) func(*domain.RunnerState) {
	return func(s *domain.RunnerState) { s.ContactedAt = fixture.Moment.Add(-ago) }
}

func paused(s *domain.RunnerState) { s.Active = false }

func tagged(tags ...string) func(*domain.RunnerState) {
	return func(s *domain.RunnerState) { s.Tags = tags }
}

func versioned(version string) func(*domain.RunnerState) {
	return func(s *domain.RunnerState) { s.Version = &version }
}

// descriptions are those of a list, in its order.
func descriptions(t *testing.T, api *apitest.API, got apitest.Response) []string {
	t.Helper()
	require.Equal(t, 200, got.Status, got.Body)
	var list []struct{ Description string }
	api.Into(got, &list)
	all := []string{}
	for _, runner := range list {
		all = append(all, runner.Description)
	}
	return all
}

func TestFiltersOfTheLists(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		group := api.AddGroup(0)
		project := api.AddProject(group)
		api.AddInstanceRunner(named("fresh"), contacted(time.Hour), tagged("a", "b", "c"), versioned("15.0.1"))
		api.AddInstanceRunner(named("limit"), contacted(2*time.Hour), tagged("A"), versioned("15.10"))
		api.AddGroupRunner(group, named("never"), tagged("a"))
		api.AddGroupRunner(group, named("asleep"), paused, contacted(time.Minute), tagged("b", "a"))
		api.AddProjectRunner(project, named("gone"), paused, contacted(30*time.Hour), versioned("16.0"))
		api.AddProjectRunner(project, named("lost"), paused, tagged("b c"))
		founder := apitest.As(api.TokenOf(api.Founder()))

		for query, want := range map[string][]string{
			"":                                  {"fresh", "limit", "never", "asleep", "gone", "lost"},
			"?scope=active":                     {"fresh", "limit", "never"},
			"?scope=paused":                     {"asleep", "gone", "lost"},
			"?scope=online":                     {"fresh", "asleep"},
			"?scope=offline":                    {"limit", "never", "gone", "lost"},
			"?status=active":                    {"fresh", "limit", "never"},
			"?status=paused":                    {"asleep", "gone", "lost"},
			"?status=online":                    {"fresh", "asleep"},
			"?status=offline":                   {"limit", "never", "gone", "lost"},
			"?paused=true":                      {"asleep", "gone", "lost"},
			"?paused=0":                         {"fresh", "limit", "never"},
			"?paused=":                          {"fresh", "limit", "never", "asleep", "gone", "lost"},
			"?scope=specific":                   {"never", "asleep", "gone", "lost"},
			"?scope=shared":                     {"fresh", "limit"},
			"?scope=instance_type":              {"fresh", "limit"},
			"?scope=group_type":                 {"never", "asleep"},
			"?scope=project_type":               {"gone", "lost"},
			"?type=instance_type":               {"fresh", "limit"},
			"?type=group_type":                  {"never", "asleep"},
			"?type=project_type":                {"gone", "lost"},
			"?scope=specific&type=group_type":   {"never", "asleep"},
			"?scope=shared&type=group_type":     {},
			"?scope=active&status=paused":       {},
			"?scope=active&paused=true":         {},
			"?scope=online&status=offline":      {},
			"?scope=paused&status=online":       {"asleep"},
			"?scope=paused&type=group_type":     {"asleep"},
			"?status=offline&type=project_type": {"gone", "lost"},
			"?tag_list=a":                       {"fresh", "never", "asleep"},
			"?tag_list=a,b":                     {"fresh", "asleep"},
			"?tag_list=b,%20a":                  {"fresh", "asleep"},
			"?tag_list[]=a&tag_list[]=b":        {"fresh", "asleep"},
			"?tag_list[]=a,b&tag_list[]=c":      {"fresh"},
			"?tag_list=a&tag_list[]=b":          {"fresh", "asleep"},
			"?tag_list=A":                       {"limit"},
			"?tag_list=b%20c":                   {"lost"},
			"?tag_list=a,nobody":                {},
			"?tag_list=nobody":                  {},
			"?tag_list=":                        {},
			"?tag_list":                         {},
			"?tag_list[]=":                      {},
			"?tag_list[0]=a":                    {},
			"?tag_list=a,b&status=paused":       {"asleep"},
			"?version_prefix=15":                {"fresh", "limit"},
			"?version_prefix=15.1":              {"limit"},
			"?version_prefix=15.0":              {"fresh"},
			"?version_prefix=99":                {},
			"?format=json&unknown=x":            {"fresh", "limit", "never", "asleep", "gone", "lost"},
		} {
			assert.Equal(t, want, descriptions(t, api, api.Do("GET", "runners/all"+query, apitest.As(api.Root))), "all"+query)
			assert.Equal(t, want, descriptions(t, api, api.Do("GET", at("projects/%d/runners", project)+query, founder)), "of the project"+query)
		}
		for query, want := range map[string][]string{
			"":                     {"never", "asleep", "gone", "lost"},
			"?scope=active":        {"never"},
			"?scope=online":        {"asleep"},
			"?type=instance_type":  {},
			"?type=group_type":     {"never", "asleep"},
			"?status=offline":      {"never", "gone", "lost"},
			"?tag_list=a,b":        {"asleep"},
			"?paused=false":        {"never"},
			"?version_prefix=16.0": {"gone"},
		} {
			assert.Equal(t, want, descriptions(t, api, api.Do("GET", "runners"+query, founder)), "owned"+query)
		}
		for query, want := range map[string][]string{
			"":                    {"fresh", "limit", "never", "asleep"},
			"?type=instance_type": {"fresh", "limit"},
			"?type=group_type":    {"never", "asleep"},
			"?type=project_type":  {},
			"?status=paused":      {"asleep"},
			"?status=online":      {"fresh", "asleep"},
			"?tag_list=a,b":       {"fresh", "asleep"},
			"?scope=bogus":        {"fresh", "limit", "never", "asleep"},
			"?scope[]=x":          {"fresh", "limit", "never", "asleep"},
			"?version_prefix=15":  {"fresh", "limit"},
		} {
			assert.Equal(t, want, descriptions(t, api, api.Do("GET", at("groups/%d/runners", group)+query, founder)), "of the group"+query)
		}
	})
}

func TestWhichRunnersAListHas(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		top := api.AddGroup(0)
		middle := api.AddGroup(top)
		bottom := api.AddGroup(middle)
		aside := api.AddGroup(0)
		project := api.AddProject(middle)
		other := api.AddProject(middle)
		api.AddInstanceRunner(named("instance"))
		for name, group := range map[string]domain.GroupID{"top": top, "middle": middle, "bottom": bottom, "aside": aside} {
			api.AddGroupRunner(group, named(name))
		}
		shared := api.AddProjectRunner(project, named("project"))
		api.Assign(shared, other)
		api.AddProjectRunner(other, named("other"))

		user := api.AddUser()
		api.AddGroupMember(middle, user, domain.Owner)
		api.AddProjectMember(project, user, domain.Maintainer)
		maintainer := api.AddUser()
		api.AddGroupMember(middle, maintainer, domain.Maintainer)
		developer := api.AddUser()
		api.AddGroupMember(top, developer, domain.Developer)
		for name, test := range map[string]struct {
			path string
			as   apitest.Part
			want []string
		}{
			"owned by an Owner in the middle":    {"runners", apitest.As(api.TokenOf(user)), []string{"middle", "bottom", "project", "other"}},
			"owned by a Maintainer":              {"runners", apitest.As(api.TokenOf(maintainer)), []string{"project", "other"}},
			"owned by a Developer":               {"runners", apitest.As(api.TokenOf(developer)), nil},
			"owned by an administrator":          {"runners", apitest.As(api.Root), nil},
			"usable in the project":              {at("projects/%d/runners", project), apitest.As(api.Root), []string{"instance", "top", "middle", "project"}},
			"usable in the group in the middle":  {at("groups/%d/runners", middle), apitest.As(api.Root), []string{"instance", "top", "middle"}},
			"usable in the group at the bottom":  {at("groups/%d/runners", bottom), apitest.As(api.Root), []string{"instance", "top", "middle", "bottom"}},
			"usable in the group at the top":     {at("groups/%d/runners", top), apitest.As(api.Root), []string{"instance", "top"}},
			"everything, for an administrator":   {"runners/all", apitest.As(api.Root), []string{"instance", "top", "middle", "bottom", "aside", "project", "other"}},
			"an Owner of the group, at the path": {"groups/" + pathOf(api, bottom) + "/runners", apitest.As(api.TokenOf(user)), []string{"instance", "top", "middle", "bottom"}},
		} {
			got := api.Do("GET", test.path, test.as)
			assert.ElementsMatch(t, test.want, descriptions(t, api, got), name)
			assert.IsIncreasing(t, append(ids[domain.RunnerID](t, got), 1000), name)
		}
	})
}

// pathOf is the group's path, escaped as one segment.
func pathOf(api *apitest.API, group domain.GroupID) string {
	return escaped(api.Group(group).State().FullPath)
}

func TestShapeOfAList(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		s.AddInstanceRunner(contacted(time.Minute), func(r *domain.RunnerState) {
			r.Name, r.Description, r.IPAddress = fixture.To("agent"), nil, nil
		})
		golden(t, "runners", s.Do("GET", "runners/all", s.byRoot).Body)
		assert.Equal(t, "[]", s.Do("GET", "runners", s.byStranger).Body)
	})
}
