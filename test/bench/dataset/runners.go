package dataset

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"runyard/domain"
)

// The runners that the benchmark asks for by name.
const (
	// Widest is a project runner with as many projects as the plan says.
	Widest = 1
	// Narrow is a project runner with one project.
	Narrow = 2
	// Busiest is an instance runner with as many jobs as the plan says.
	Busiest = 17
	// Taker is an instance runner that takes every pending job.
	Taker = 18
)

// RunnerToken is the authentication token of a runner.
func RunnerToken(runner int) string { return fmt.Sprintf("bench-runner-%07d", runner) }

// RunnerTypeOf is the type of a runner: 60 % belong to projects, 25 % to groups
// and 15 % to the instance.
func RunnerTypeOf(runner int) domain.RunnerType {
	switch n := runner % 20; {
	case n < 12:
		return domain.ProjectRunner
	case n < 17:
		return domain.GroupRunner
	}
	return domain.InstanceRunner
}

func special(runner int) bool {
	return runner == Widest || runner == Narrow || runner == Busiest || runner == Taker
}

// ActiveRunner tells whether a runner works: 10 % are paused, of every type and
// however long ago their contact was.
func ActiveRunner(runner int) bool { return special(runner) || (runner/20+runner)%10 != 0 }

// contact is when a runner was heard of: 30 % lately, 10 % never, the rest long
// ago.
func (d Data) contact(runner int) (at time.Time, ever bool) {
	const onlineFor, offlineFor = 30 * time.Minute, 60 * 24 * time.Hour
	switch n := (runner/200 + runner) % 10; {
	case n < 3 || special(runner):
		return d.Now.Add(-time.Duration(fraction(runner, drawContact) * float64(onlineFor))).Truncate(time.Microsecond), true
	case n == 3:
		return time.Time{}, false
	}
	ago := 2*domain.OnlineWindow + time.Duration(fraction(runner, drawContact)*float64(offlineFor))
	return d.Now.Add(-ago).Truncate(time.Microsecond), true
}

func (d Data) runners() Table {
	return Table{
		Name: "runners",
		Columns: []string{
			"id", "runner_type", "group_id", "token_digest", "description", "name", "active", "locked", "run_untagged",
			"access_level", "maximum_timeout", "maintenance_note", "tag_list", "created_at", "updated_at", "made_by_user",
		},
		Count: d.Runners,
		Rows: numbered(d.Runners, func(i int) []any {
			var group any
			if RunnerTypeOf(i) == domain.GroupRunner {
				group = (i/20*5+i%20-12)%d.Groups + 1
			}
			return []any{
				i, string(RunnerTypeOf(i)), group, d.digest(RunnerToken(i)), fmt.Sprintf("Runner %d on host %d", i, i%5000),
				"gitlab-runner", ActiveRunner(i), false, true, string(domain.NotProtected), nil, nil,
				jsonOf(d.runnerTagsOf(i)), d.created(), d.created(), false,
			}
		}),
	}
}

// jsonOf is a value as the database keeps it in text. What is written here can
// always be written.
func jsonOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// runnerTags come in the order of the table's key, which is several times faster
// to load.
func (d Data) runnerTags() Table {
	return Table{
		Name: "runner_tags", Columns: []string{"tag_key", "runner_id"},
		Count: d.Runners * 38 / 10,
		Rows: func(yield func([]any) bool) {
			carriers := make(map[string][]int32)
			for i := 1; i <= d.Runners; i++ {
				for _, tag := range d.runnerTagsOf(i) {
					carriers[tag] = append(carriers[tag], int32(i))
				}
			}
			for _, tag := range slices.Sorted(maps.Keys(carriers)) {
				for _, runner := range carriers[tag] {
					if !yield([]any{tag, int64(runner)}) {
						return
					}
				}
			}
		},
	}
}

// machine is what every agent says of itself.
var machine = []any{"17.5.0", "12030cf4", "linux", "amd64"}

func ipAddress(runner int) string {
	return fmt.Sprintf("10.%d.%d.%d", runner>>16&0xff, runner>>8&0xff, runner&0xff)
}

func (d Data) runnerContacts() Table {
	return Table{
		Name:    "runner_contacts",
		Columns: []string{"runner_id", "contacted_at", "ip_address", "version", "revision", "platform", "architecture"},
		Count:   d.Runners * 9 / 10,
		Rows: func(yield func([]any) bool) {
			for i := 1; i <= d.Runners; i++ {
				at, ever := d.contact(i)
				if ever && !yield(append([]any{i, at, ipAddress(i)}, machine...)) {
					return
				}
			}
		},
	}
}

// SystemID is that of the one machine of a runner.
func SystemID(runner int) string { return fmt.Sprintf("s_%012x", runner) }

func (d Data) runnerManagers() Table {
	return Table{
		Name: "runner_managers",
		Columns: []string{
			"id", "runner_id", "system_id", "created_at", "contacted_at", "ip_address",
			"version", "revision", "platform", "architecture",
		},
		Count: d.Runners * 9 / 10,
		Rows: func(yield func([]any) bool) {
			for i := 1; i <= d.Runners; i++ {
				at, ever := d.contact(i)
				if ever && !yield(append([]any{i, i, SystemID(i), d.created(), at, ipAddress(i)}, machine...)) {
					return
				}
			}
		},
	}
}

// ProjectsOf are the projects of a project runner: one, or two of one in ten.
func (d Data) ProjectsOf(runner int) []int {
	first := (runner/20*12+runner%20)*7%d.Projects + 1 // every project gets some
	switch {
	case RunnerTypeOf(runner) != domain.ProjectRunner:
		return nil
	case runner == Widest:
		all := make([]int, d.WidestProjects)
		for i := range all {
			all[i] = i*d.Projects/d.WidestProjects + 1
		}
		return all
	case runner != Narrow && runner/12%10 == 0:
		return []int{first, first%d.Projects + 1}
	}
	return []int{first}
}

func (d Data) runnerProjects() Table {
	return Table{
		Name: "runner_projects", Columns: []string{"runner_id", "project_id", "created_at"},
		Count: d.Runners*66/100 + d.WidestProjects,
		Rows: func(yield func([]any) bool) {
			for i := 1; i <= d.Runners; i++ {
				for _, project := range d.ProjectsOf(i) {
					if !yield([]any{i, project, d.created()}) {
						return
					}
				}
			}
		},
	}
}

// IdleRunners are n active project runners in whose projects no job waits, or as
// many as there are.
func (d Data) IdleRunners(n int) []int {
	var idle []int
	for i := 1; i <= d.Runners && len(idle) < n; i++ {
		busy := func(project int) bool { return project <= d.pendingProjects() }
		if RunnerTypeOf(i) == domain.ProjectRunner && ActiveRunner(i) && !slices.ContainsFunc(d.ProjectsOf(i), busy) {
			idle = append(idle, i)
		}
	}
	return idle
}
