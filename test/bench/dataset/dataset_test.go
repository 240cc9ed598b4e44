package dataset

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/system"
)

var moment = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// small is not more than a test needs.
var small = Data{Plan: Tiny(), Vault: system.NewVault("a key for a test that is long enough"), Now: moment}

// rowsOf are the rows of a table, each as its values by column.
func rowsOf(t *testing.T, d Data, table string) []map[string]any {
	t.Helper()
	tables := d.Tables()
	i := slices.IndexFunc(tables, func(candidate Table) bool { return candidate.Name == table })
	require.GreaterOrEqual(t, i, 0, table)
	var rows []map[string]any
	for values := range tables[i].Rows {
		row := make(map[string]any, len(values))
		for j, column := range tables[i].Columns {
			row[column] = values[j]
		}
		rows = append(rows, row)
	}
	return rows
}

// share is the part of the rows for which it holds.
func share(rows []map[string]any, holds func(row map[string]any) bool) float64 {
	n := 0
	for _, row := range rows {
		if holds(row) {
			n++
		}
	}
	return float64(n) / float64(len(rows))
}

func is(column string, value any) func(map[string]any) bool {
	return func(row map[string]any) bool { return row[column] == value }
}

func TestTheLargestDataSetIsThatOfTheTargets(t *testing.T) {
	t.Parallel()
	largest, err := PlanNamed("1m")
	require.NoError(t, err)
	assert.Equal(t, Plan{
		Name: "1m", Runners: 1_000_000, Projects: 20_000, Groups: 2_000, Users: 5_000, Jobs: 2_000_000, Pending: 100_000,
		BusiestJobs: 100_000, WidestProjects: 10_000, BroadProjects: 5_000,
	}, largest)
	_, err = PlanNamed("2m")
	assert.ErrorContains(t, err, "10k, 100k or 1m")
}

func TestRunnersHaveTheSharesOfThePlan(t *testing.T) {
	t.Parallel()
	d := small
	runners, contacts := rowsOf(t, d, "runners"), rowsOf(t, d, "runner_contacts")
	const tolerance = 0.005
	assert.InDelta(t, 0.60, share(runners, is("runner_type", "project_type")), tolerance)
	assert.InDelta(t, 0.25, share(runners, is("runner_type", "group_type")), tolerance)
	assert.InDelta(t, 0.15, share(runners, is("runner_type", "instance_type")), tolerance)
	assert.InDelta(t, 0.10, share(runners, is("active", false)), tolerance)
	assert.InDelta(t, 0.90, float64(len(contacts))/float64(len(runners)), tolerance)
	online := share(contacts, func(row map[string]any) bool { return moment.Sub(row["contacted_at"].(time.Time)) < 2*time.Hour })
	assert.InDelta(t, 0.30/0.90, online, tolerance)
	paused := share(contacts, func(row map[string]any) bool { return !ActiveRunner(row["runner_id"].(int)) })
	assert.InDelta(t, 0.10, paused, tolerance, "of those that were heard of")
}

func TestEveryProjectAndGroupHasRunnersOfItsOwn(t *testing.T) {
	t.Parallel()
	projects, groups := make(map[any]bool), make(map[any]bool)
	for _, row := range rowsOf(t, small, "runner_projects") {
		if row["runner_id"] != Widest {
			projects[row["project_id"]] = true
		}
	}
	for _, row := range rowsOf(t, small, "runners") {
		if row["group_id"] != nil {
			groups[row["group_id"]] = true
		}
	}
	assert.Len(t, projects, small.Projects)
	assert.Len(t, groups, small.Groups)
}

func TestSomeTagsAreCommonAndOthersRare(t *testing.T) {
	t.Parallel()
	d := small
	carriers, each := make(map[any]int), make(map[any]int)
	for _, row := range rowsOf(t, d, "runner_tags") {
		carriers[row["tag_key"]]++
		each[row["runner_id"]]++
	}
	assert.Greater(t, carriers[CommonTag], d.Runners/5)
	assert.Greater(t, carriers[OtherCommon], d.Runners/20)
	assert.InDelta(t, 25, carriers[RareTag], 20)
	delete(each, int64(Taker))
	counts := make(map[int]int)
	for _, n := range each {
		counts[n]++
	}
	for n := 1; n <= mostTags; n++ {
		assert.NotZero(t, counts[n], "%d tags", n)
	}
	assert.Zero(t, counts[mostTags+1])
	assert.Less(t, len(each), d.Runners, "some have no tags")
}

func TestTheRunnersAndUsersWithNamesAreWhatTheyAreSaidToBe(t *testing.T) {
	t.Parallel()
	d := small
	projects := make(map[any]int)
	for _, row := range rowsOf(t, d, "runner_projects") {
		projects[row["runner_id"]]++
	}
	assert.Equal(t, d.WidestProjects, projects[Widest])
	assert.Equal(t, 1, projects[Narrow])
	maintained := make(map[any]int)
	for _, row := range rowsOf(t, d, "members") {
		if row["project_id"] != nil && row["level"] == 40 {
			maintained[row["user_id"]]++
		}
	}
	assert.Equal(t, 1, maintained[Lone])
	assert.Equal(t, d.BroadProjects, maintained[Broad])
	jobs := rowsOf(t, d, "jobs")
	assert.InDelta(t, float64(d.BusiestJobs)/float64(d.Jobs), share(jobs, is("runner_id", Busiest)), 1e-9)
	above := 0
	for _, row := range rowsOf(t, d, "namespace_ancestors") {
		if row["namespace_id"] == DeepGroup {
			above++
		}
	}
	assert.Equal(t, Depth, above)
	assert.Equal(t, DeepGroup, d.namespaceOf(DeepProject))
	idle := d.IdleRunners(100)
	assert.Len(t, idle, 100)
	for _, runner := range idle {
		for _, project := range d.ProjectsOf(runner) {
			assert.Greater(t, project, d.pendingProjects())
		}
	}
}

func TestPendingJobsAskForFiftySetsOfTagsInManyProjects(t *testing.T) {
	t.Parallel()
	plan, err := PlanNamed("10k")
	require.NoError(t, err)
	d := Data{Plan: plan}
	sets, projects := make(map[string]bool), make(map[int]bool)
	for job := d.finished() + 1; job <= d.Jobs; job++ {
		sets[tagSetKey(d.tagsOfPending(job))], projects[d.projectOfPipeline(d.pipelineOf(job))] = true, true
	}
	assert.Len(t, tagSets, 50)
	assert.Len(t, sets, 50)
	assert.Len(t, projects, 30, "15 % of all")
}

func TestEveryPendingJobWaits(t *testing.T) {
	t.Parallel()
	d := small
	waiting := make(map[any]any)
	for _, row := range rowsOf(t, d, "waiting_jobs") {
		waiting[row["job_id"]] = row["tag_list"]
	}
	assert.Len(t, waiting, d.Pending)
	for _, row := range rowsOf(t, d, "jobs") {
		tags, waits := waiting[row["id"]]
		require.Equal(t, row["status"] == "pending", waits, row)
		if waits {
			require.Equal(t, row["tag_list"], tags)
		}
	}
}

// The tables have no constraints while they are loaded.
func TestRowsReferToRowsThatAreThere(t *testing.T) {
	t.Parallel()
	d := small
	ids := make(map[string]map[any]bool)
	for table, references := range map[string]map[string]string{
		"users":                  {},
		"namespaces":             {"owner_id": "users", "parent_id": "namespaces"},
		"namespace_ancestors":    {"namespace_id": "namespaces", "ancestor_id": "namespaces"},
		"projects":               {"namespace_id": "namespaces"},
		"routes":                 {"namespace_id": "namespaces", "project_id": "projects"},
		"members":                {"user_id": "users", "namespace_id": "namespaces", "project_id": "projects"},
		"personal_access_tokens": {"user_id": "users"},
		"runners":                {"group_id": "namespaces"},
		"runner_contacts":        {"runner_id": "runners"},
		"runner_managers":        {"runner_id": "runners"},
		"runner_projects":        {"runner_id": "runners", "project_id": "projects"},
		"pipelines":              {"project_id": "projects"},
		"jobs":                   {"project_id": "projects", "pipeline_id": "pipelines", "user_id": "users", "runner_id": "runners"},
		"job_handovers":          {"job_id": "jobs"},
		"waiting_jobs":           {"job_id": "jobs", "project_id": "projects"},
	} {
		rows := rowsOf(t, d, table)
		for column, target := range references {
			if ids[target] == nil {
				ids[target] = make(map[any]bool)
				for _, row := range rowsOf(t, d, target) {
					ids[target][row["id"]] = true
				}
			}
			for _, row := range rows {
				if row[column] != nil && !ids[target][row[column]] {
					require.Fail(t, "a row refers to nothing", "%s.%s: %v", table, column, row)
				}
			}
		}
	}
}

func TestNothingIsThereTwice(t *testing.T) {
	t.Parallel()
	d := small
	for table, key := range map[string][]string{
		"users": {"username_key"}, "namespace_ancestors": {"namespace_id", "ancestor_id"}, "routes": {"path_key"},
		"members": {"user_id", "namespace_id", "project_id"}, "runners": {"token_digest"},
		"runner_tags": {"tag_key", "runner_id"}, "runner_projects": {"runner_id", "project_id"}, "jobs": {"id"},
	} {
		seen := make(map[string]bool)
		for _, row := range rowsOf(t, d, table) {
			var values []any
			for _, column := range key {
				values = append(values, row[column])
			}
			name := fmt.Sprint(values)
			require.False(t, seen[name], "%s: %s", table, name)
			seen[name] = true
		}
	}
}

func TestEveryRowHasAValueForEachColumnAndTheCountIsAboutRight(t *testing.T) {
	t.Parallel()
	for _, table := range small.Tables() {
		n := 0
		for row := range table.Rows {
			if n++; len(row) != len(table.Columns) {
				require.Len(t, row, len(table.Columns), table.Name)
			}
		}
		assert.InEpsilon(t, n, table.Count, 0.1, table.Name)
	}
}

func TestTheSameIsLoadedAgain(t *testing.T) {
	t.Parallel()
	d := small
	for _, table := range []string{"runners", "jobs", "members"} {
		assert.Equal(t, rowsOf(t, d, table), rowsOf(t, d, table), table)
	}
}
