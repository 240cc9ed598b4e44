package domain_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"runyard/domain"
)

var (
	everyContact = map[string]func(s *domain.RunnerState){
		"never": func(*domain.RunnerState) {}, "recently": lastSeen(time.Minute),
		"just within": lastSeen(2*time.Hour - 1), "at the limit": lastSeen(2 * time.Hour), "long ago": lastSeen(9 * time.Hour),
	}
	everyType = map[domain.RunnerType]func(s *domain.RunnerState){
		domain.InstanceRunner: func(*domain.RunnerState) {}, domain.GroupRunner: ofGroup, domain.ProjectRunner: ofProjects(1),
	}
	everyActivity = map[bool]func(s *domain.RunnerState){true: func(*domain.RunnerState) {}, false: paused}
)

func TestSelectors(t *testing.T) {
	t.Parallel()
	online := func(contact string) bool { return contact == "recently" || contact == "just within" }
	for _, test := range []struct {
		name     string
		selector domain.RunnerSelector
		want     func(contact string, of domain.RunnerType, active bool) bool
	}{
		{
			"active: active is true, whatever the contact time", domain.SelectActive,
			func(_ string, _ domain.RunnerType, active bool) bool { return active },
		},
		{
			"paused: active is false", domain.SelectPaused,
			func(_ string, _ domain.RunnerType, active bool) bool { return !active },
		},
		{
			"online: contacted within two hours, paused runners included", domain.SelectOnline,
			func(contact string, _ domain.RunnerType, _ bool) bool { return online(contact) },
		},
		{
			"offline: everything that is not online, never contacted included, paused or not", domain.SelectOffline,
			func(contact string, _ domain.RunnerType, _ bool) bool { return !online(contact) },
		},
		{
			"instance_type: by type", domain.SelectInstance,
			func(_ string, of domain.RunnerType, _ bool) bool { return of == domain.InstanceRunner },
		},
		{
			"group_type: by type", domain.SelectGroup,
			func(_ string, of domain.RunnerType, _ bool) bool { return of == domain.GroupRunner },
		},
		{
			"project_type: by type", domain.SelectProject,
			func(_ string, of domain.RunnerType, _ bool) bool { return of == domain.ProjectRunner },
		},
		{
			"shared: instance runners", domain.SelectShared,
			func(_ string, of domain.RunnerType, _ bool) bool { return of.Shared() },
		},
		{
			"specific: project and group runners", domain.SelectSpecific,
			func(_ string, of domain.RunnerType, _ bool) bool { return !of.Shared() },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var f domain.RunnerFilter
			f.Select(test.selector, noon)
			for contact, contacted := range everyContact {
				for of, typed := range everyType {
					for active, activity := range everyActivity {
						assert.Equal(t, test.want(contact, of, active), f.Matches(aRunner(contacted, typed, activity)),
							"contacted %s, %s, active: %t", contact, of, active)
					}
				}
			}
		})
	}
}

func TestFilterCombinations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		selectors []domain.RunnerSelector
		runner    *domain.Runner
		want      bool
	}{
		"scope=active and status=paused is empty":               {[]domain.RunnerSelector{domain.SelectActive, domain.SelectPaused}, aRunner(), false},
		"scope=paused and status=active is empty":               {[]domain.RunnerSelector{domain.SelectPaused, domain.SelectActive}, aRunner(), false},
		"the same selector twice is the selector":               {[]domain.RunnerSelector{domain.SelectPaused, domain.SelectPaused}, aRunner(paused), true},
		"online and offline is empty for a runner that is on":   {[]domain.RunnerSelector{domain.SelectOnline, domain.SelectOffline}, aRunner(lastSeen(0)), false},
		"online and offline is empty for a runner never seen":   {[]domain.RunnerSelector{domain.SelectOnline, domain.SelectOffline}, aRunner(), false},
		"shared and specific is empty":                          {[]domain.RunnerSelector{domain.SelectShared, domain.SelectSpecific}, aRunner(), false},
		"two types are empty":                                   {[]domain.RunnerSelector{domain.SelectGroup, domain.SelectProject}, aRunner(ofGroup), false},
		"an empty choice of types stays empty":                  {[]domain.RunnerSelector{domain.SelectGroup, domain.SelectProject, domain.SelectGroup}, aRunner(ofGroup), false},
		"specific and group_type is group runners":              {[]domain.RunnerSelector{domain.SelectSpecific, domain.SelectGroup}, aRunner(ofGroup), true},
		"group_type and specific drops project runners":         {[]domain.RunnerSelector{domain.SelectGroup, domain.SelectSpecific}, aRunner(ofProjects(1)), false},
		"scope, type and status mix freely":                     {[]domain.RunnerSelector{domain.SelectPaused, domain.SelectGroup, domain.SelectOnline}, aRunner(ofGroup, paused, lastSeen(0)), true},
		"each one narrows the result":                           {[]domain.RunnerSelector{domain.SelectPaused, domain.SelectGroup, domain.SelectOnline}, aRunner(ofGroup, paused), false},
		"status=offline finds a runner that reads as paused":    {[]domain.RunnerSelector{domain.SelectOffline}, aRunner(paused, lastSeen(9*time.Hour)), true},
		"status=offline finds a runner that was never seen":     {[]domain.RunnerSelector{domain.SelectOffline}, aRunner(), true},
		"no selector selects every runner":                      {nil, aRunner(paused), true},
		"an unknown selector, which nobody lets in, is ignored": {[]domain.RunnerSelector{"stale"}, aRunner(), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f domain.RunnerFilter
			for _, selector := range test.selectors {
				f.Select(selector, noon)
			}
			assert.Equal(t, test.want, f.Matches(test.runner))
		})
	}
}

func TestFilterByTags(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		wanted []string
		want   bool
	}{
		"runners carrying all listed tags, extra ones are fine": {[]string{"docker", "linux"}, true},
		"a tag nobody has selects nothing":                      {[]string{"docker", "mips"}, false},
		"tag comparison is case-sensitive":                      {[]string{"Docker"}, false},
		"an empty list selects nothing":                         {nil, false},
		"a list of blanks selects nothing":                      {[]string{" "}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f domain.RunnerFilter
			f.SelectTags(domain.NewTags(test.wanted))
			assert.Equal(t, test.want, f.Matches(aRunner(tagged("linux", "docker", "amd64"))))
		})
	}
}

func TestNoRunnerHasMoreTagsThanItMay(t *testing.T) {
	t.Parallel()
	many := make([]string, 51)
	for i := range many {
		many[i] = fmt.Sprint("tag-", i)
	}
	var all, tooMany domain.RunnerFilter
	all.SelectTags(domain.NewTags(many[:50]))
	tooMany.SelectTags(domain.NewTags(many))
	assert.True(t, all.Matches(aRunner(tagged(many[:50]...))))
	assert.True(t, tooMany.Nothing, "no database has to look")
}

func TestFilterByVersion(t *testing.T) {
	t.Parallel()
	f := domain.RunnerFilter{VersionPrefix: "15.0"}
	version := func(v *string) func(s *domain.RunnerState) { return func(s *domain.RunnerState) { s.Version = v } }
	assert.True(t, f.Matches(aRunner(version(new("15.0.1")))))
	assert.False(t, f.Matches(aRunner(version(new("15.1.0")))))
	assert.False(t, f.Matches(aRunner(version(new("115.0")))), "only at the beginning")
	assert.False(t, f.Matches(aRunner(version(nil))), "an unknown version")
}

// The order of the parameters of a request means nothing, and all of them
// together select what each alone does.
func TestSelectOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	selectors := []domain.RunnerSelector{
		domain.SelectActive, domain.SelectPaused, domain.SelectOnline, domain.SelectOffline, domain.SelectInstance,
		domain.SelectGroup, domain.SelectProject, domain.SelectShared, domain.SelectSpecific,
	}
	rapid.Check(t, func(t *rapid.T) {
		chosen := rapid.SliceOfN(rapid.SampledFrom(selectors), 0, 4).Draw(t, "chosen")
		shuffled := rapid.Permutation(chosen).Draw(t, "shuffled")
		runner := aRunner(
			everyContact[rapid.SampledFrom([]string{"never", "recently", "just within", "at the limit", "long ago"}).Draw(t, "contact")],
			everyType[rapid.SampledFrom([]domain.RunnerType{domain.InstanceRunner, domain.GroupRunner, domain.ProjectRunner}).Draw(t, "type")],
			everyActivity[rapid.Bool().Draw(t, "active")],
		)
		var one, other domain.RunnerFilter
		each := true
		for i := range chosen {
			one.Select(chosen[i], noon)
			other.Select(shuffled[i], noon)
			var alone domain.RunnerFilter
			alone.Select(chosen[i], noon)
			each = each && alone.Matches(runner)
		}
		assert.Equal(t, each, one.Matches(runner), "all parts must hold")
		assert.Equal(t, each, other.Matches(runner), "in any order")
	})
}

func TestContradictionsSelectNothing(t *testing.T) {
	t.Parallel()
	pairs := [][2]domain.RunnerSelector{
		{domain.SelectActive, domain.SelectPaused},
		{domain.SelectOnline, domain.SelectOffline},
		{domain.SelectShared, domain.SelectSpecific},
		{domain.SelectInstance, domain.SelectGroup},
		{domain.SelectGroup, domain.SelectProject},
		{domain.SelectProject, domain.SelectShared},
	}
	for _, pair := range pairs {
		t.Run(string(pair[0]+" and "+pair[1]), func(t *testing.T) {
			t.Parallel()
			var f domain.RunnerFilter
			f.Select(pair[0], noon)
			f.Select(pair[1], noon)
			for contact, contacted := range everyContact {
				for of, typed := range everyType {
					for active, activity := range everyActivity {
						assert.False(t, f.Matches(aRunner(contacted, typed, activity)), "%s %s %t", contact, of, active)
					}
				}
			}
		})
	}
}
