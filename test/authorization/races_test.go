package authorization

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

const (
	writers = 8
	rounds  = 4 // a race that is lost seldom is lost in one of them
)

// race starts one request for each writer at the same moment.
func race(send func(writer int) apitest.Response) []apitest.Response {
	got := make([]apitest.Response, writers)
	start := make(chan struct{})
	var done sync.WaitGroup
	for i := range writers {
		done.Go(func() {
			<-start
			got[i] = send(i)
		})
	}
	close(start)
	done.Wait()
	return got
}

// raceOnEachDatabase runs a race several times, each with projects of its own.
func raceOnEachDatabase(t *testing.T, test func(t *testing.T, a *apitest.API, projects []domain.ProjectID)) {
	t.Helper()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		a := apitest.New(t, store)
		namespace := a.AddGroup(0)
		for round := range rounds {
			projects := make([]domain.ProjectID, writers)
			for i := range projects {
				projects[i] = a.AddProject(namespace)
			}
			t.Run(fmt.Sprintf("round %d", round+1), func(t *testing.T) { test(t, a, projects) })
		}
	})
}

// count tells how often each answer was given.
func count(got []apitest.Response) map[answer]int {
	times := map[answer]int{}
	for _, r := range got {
		if r.Status < 300 {
			r.Body = ""
		}
		times[answer{r.Status, r.Body}]++
	}
	return times
}

// links is what the table of assignments says of the runner, whether it exists
// or not.
func links(t *testing.T, a *apitest.API, runner domain.RunnerID) int {
	t.Helper()
	driver, source := "pgx", a.URL
	if path, ok := strings.CutPrefix(a.URL, "sqlite:"); ok {
		driver, source = "sqlite", "file:"+path+"?_busy_timeout=10000"
	}
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var n int
	query := fmt.Sprintf("SELECT count(*) FROM runner_projects WHERE runner_id = %d", runner)
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n))
	return n
}

func TestWritersWhoDisableARunnerEverywhereLeaveItOneProject(t *testing.T) {
	t.Parallel()
	raceOnEachDatabase(t, func(t *testing.T, a *apitest.API, projects []domain.ProjectID) {
		runner := a.AddProjectRunner(projects[0])
		a.Assign(runner, projects[1:]...)
		got := race(func(writer int) apitest.Response {
			return a.Do("DELETE", fmt.Sprintf("projects/%d/runners/%d", projects[writer], runner), apitest.As(a.Root))
		})
		assert.Equal(t, map[answer]int{gone: writers - 1, onlyProject: 1}, count(got))
		assert.Equal(t, 1, links(t, a, runner))
	})
}

func TestWritersWhoEnableARunnerInDifferentProjectsAllSucceed(t *testing.T) {
	t.Parallel()
	raceOnEachDatabase(t, func(t *testing.T, a *apitest.API, projects []domain.ProjectID) {
		runner := a.AddInstanceRunner()
		got := race(func(writer int) apitest.Response {
			return a.Do("POST", fmt.Sprintf("projects/%d/runners", projects[writer]),
				apitest.As(a.Root), apitest.JSON(fmt.Sprintf(`{"runner_id":%d}`, runner)))
		})
		assert.Equal(t, map[answer]int{made: writers}, count(got))
		assert.Equal(t, writers, links(t, a, runner))
		assert.Equal(t, domain.ProjectRunner, a.Runner(runner).State().Type)
	})
}

func TestWritersWhoEnableARunnerInTheSameProjectDoItOnce(t *testing.T) {
	t.Parallel()
	raceOnEachDatabase(t, func(t *testing.T, a *apitest.API, projects []domain.ProjectID) {
		runner := a.AddInstanceRunner()
		got := race(func(int) apitest.Response {
			return a.Do("POST", fmt.Sprintf("projects/%d/runners", projects[0]),
				apitest.As(a.Root), apitest.JSON(fmt.Sprintf(`{"runner_id":%d}`, runner)))
		})
		assert.Equal(t, map[answer]int{made: 1, assigned: writers - 1}, count(got))
		assert.Equal(t, 1, links(t, a, runner))
	})
}

func TestARunnerThatIsDeletedWhileItIsEnabledLeavesNothing(t *testing.T) {
	t.Parallel()
	raceOnEachDatabase(t, func(t *testing.T, a *apitest.API, projects []domain.ProjectID) {
		runner := a.AddProjectRunner(projects[0])
		got := race(func(writer int) apitest.Response {
			if writer == 0 {
				return a.Do("DELETE", "runners/"+decimal(runner), apitest.As(a.Root))
			}
			return a.Do("POST", fmt.Sprintf("projects/%d/runners", projects[writer]),
				apitest.As(a.Root), apitest.JSON(fmt.Sprintf(`{"runner_id":%d}`, runner)))
		})
		checkAnswer(t, gone, got[0])
		times := count(got[1:])
		assert.Equal(t, writers-1, times[made]+times[noSuchID], "%v", times)
		checkAnswer(t, noSuchID, a.Do("GET", "runners/"+decimal(runner), apitest.As(a.Root)))
		assert.Zero(t, links(t, a, runner))
	})
}

func TestAProjectThatIsDeletedWhileRunnersAreEnabledInItLeavesNothing(t *testing.T) {
	t.Parallel()
	raceOnEachDatabase(t, func(t *testing.T, a *apitest.API, projects []domain.ProjectID) {
		runners := make([]domain.RunnerID, writers)
		for i := range runners {
			runners[i] = a.AddProjectRunner(projects[1])
		}
		got := race(func(writer int) apitest.Response {
			if writer == 0 {
				return a.Do("DELETE", "projects/"+decimal(projects[0]), apitest.As(a.Root))
			}
			return a.Do("POST", fmt.Sprintf("projects/%d/runners", projects[0]),
				apitest.As(a.Root), apitest.JSON(fmt.Sprintf(`{"runner_id":%d}`, runners[writer])))
		})
		checkAnswer(t, accepted, got[0])
		times := count(got[1:])
		assert.Equal(t, writers-1, times[made]+times[noProject], "%v", times)
		for _, runner := range runners {
			assert.Equal(t, 1, links(t, a, runner))
		}
	})
}

// Each writer changes another attribute of the same runner.
func TestNoUpdateIsLost(t *testing.T) {
	t.Parallel()
	changes := [writers]string{
		`{"description":"changed"}`, `{"active":false}`, `{"locked":true}`, `{"tag_list":["a","b"]}`,
		`{"access_level":"ref_protected"}`, `{"maximum_timeout":3600}`, `{"maintenance_note":"noted"}`, `{"description":"changed"}`,
	}
	raceOnEachDatabase(t, func(t *testing.T, a *apitest.API, projects []domain.ProjectID) {
		runner := a.AddProjectRunner(projects[0])
		got := race(func(writer int) apitest.Response {
			return a.Do("PUT", "runners/"+decimal(runner), apitest.As(a.Root), apitest.JSON(changes[writer]))
		})
		assert.Equal(t, map[answer]int{shown: writers}, count(got))
		after := a.Runner(runner).State()
		assert.Equal(t, "changed", *after.Description)
		assert.False(t, after.Active)
		assert.True(t, after.Locked)
		assert.Equal(t, domain.Tags{"a", "b"}, after.Tags)
		assert.Equal(t, domain.RefProtected, after.AccessLevel)
		assert.Equal(t, int64(3600), *after.MaximumTimeout)
		assert.Equal(t, "noted", *after.MaintenanceNote)
	})
}
