package contract

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// RunnerLists checks what ports.RunnerRepository promises of lists.
func RunnerLists(t *testing.T, open Open) {
	t.Helper()
	check(t, open, runnerListPromises, runnerFilterPromises, runnerSourcePromises, runnerKeysetPromises)
}

var runnerListPromises = map[string]promise{
	"List of nothing is empty, not nil": func(t *testing.T, w *fixture.World) {
		runners, total, err := w.Runners.List(w.Context(), among(), domain.RunnerFilter{}, everything)
		require.NoError(t, err)
		assert.NotNil(t, runners)
		assert.Empty(t, runners)
		assert.Zero(t, total)
	},
	"List gives pages in the order of ids, and the total beside each": func(t *testing.T, w *fixture.World) {
		var all []domain.RunnerID
		for range 7 {
			all = append(all, w.AddInstanceRunner(func(s *domain.RunnerState) { s.Tags = domain.Tags{"a", "b"} }))
		}
		assertPages(t, all, func(p ports.Page) ([]domain.RunnerID, int) {
			return runnerPage(t, w, among(), domain.RunnerFilter{Tags: domain.Tags{"b", "a"}}, p)
		})
	},
	"List counts as many as the filter selects, and no more": func(t *testing.T, w *fixture.World) {
		for i := range 6 {
			w.AddInstanceRunner(func(s *domain.RunnerState) { s.Active = i%3 == 0 })
		}
		ids, total := runnerPage(t, w, among(), domain.RunnerFilter{Active: fixture.To(true)}, ports.Page{Number: 1, Size: 1})
		assert.Len(t, ids, 1)
		assert.Equal(t, 2, total)
	},
	"List takes the same number of statements for 1, 20 and 100 runners": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		assertFixedStatements(t, w, func(i int) {
			w.AddProjectRunner(project, func(s *domain.RunnerState) { s.Tags = domain.Tags{"a", fmt.Sprint("tag-", i)} })
		}, func() int {
			runners, _, err := w.Runners.List(w.Context(), usableIn(project), domain.RunnerFilter{}, everything)
			require.NoError(t, err)
			return len(runners)
		})
	},
	"List stops counting at CountLimit": func(t *testing.T, w *fixture.World) {
		w.AddCopiesOfRunner(w.AddInstanceRunner(), ports.CountLimit+1)
		ids, total := runnerPage(t, w, among(), domain.RunnerFilter{}, ports.Page{Number: 2, Size: 3})
		assert.Len(t, ids, 3)
		assert.Equal(t, ports.CountLimit, total)
		ids, total = runnerPage(t, w, among(), domain.RunnerFilter{}, ports.Page{Number: ports.CountLimit + 1, Size: 1})
		assert.Len(t, ids, 1, "rows beyond the limit are there")
		assert.Equal(t, ports.CountLimit, total)
	},
}

// assertPages checks the pages of a list that holds seven rows.
func assertPages[ID any](t *testing.T, all []ID, list func(p ports.Page) ([]ID, int)) {
	t.Helper()
	require.Len(t, all, 7)
	for _, test := range []struct {
		page ports.Page
		want []ID
	}{
		{ports.Page{Number: 1, Size: 3}, all[:3]},
		{ports.Page{Number: 2, Size: 3}, all[3:6]},
		{ports.Page{Number: 3, Size: 3}, all[6:]},
		{ports.Page{Number: 4, Size: 3}, []ID{}}, // beyond the last page
		{ports.Page{Number: 900, Size: 100}, []ID{}},
		{ports.Page{Number: 1, Size: 7}, all},
		{ports.Page{Number: 2, Size: 7}, []ID{}},
		{ports.Page{Number: 1, Size: 100}, all},
	} {
		got, total := list(test.page)
		assert.Equalf(t, test.want, got, "page %+v", test.page)
		assert.Equalf(t, 7, total, "page %+v", test.page)
	}
}

// assertFixedStatements grows what is listed to 1, 20 and 100 rows.
func assertFixedStatements(t *testing.T, w *fixture.World, grow func(i int), list func() int) {
	t.Helper()
	rows, first := 0, 0
	for _, size := range []int{1, 20, 100} {
		for ; rows < size; rows++ {
			grow(rows)
		}
		statements := w.CountStatements(func() { require.Equal(t, size, list()) })
		if first == 0 {
			require.Positive(t, statements, "the adapter's statements are not counted")
			first = statements
		}
		assert.Equalf(t, first, statements, "for %d rows", size)
	}
}

// among are all runners of the instance.
func among() ports.RunnerSource { return ports.RunnerSource{} }

func ownedBy(user domain.UserID) ports.RunnerSource {
	return ports.RunnerSource{OwnedBy: user, At: now}
}

func usableIn(project domain.ProjectID) ports.RunnerSource {
	return ports.RunnerSource{UsableIn: project}
}

func usableInGroup(group domain.GroupID) ports.RunnerSource {
	return ports.RunnerSource{UsableInGroup: group}
}

func runnerIDs(t testing.TB, w *fixture.World, source ports.RunnerSource, f domain.RunnerFilter) ([]domain.RunnerID, int) {
	t.Helper()
	return runnerPage(t, w, source, f, everything)
}

func runnerPage(t testing.TB, w *fixture.World, source ports.RunnerSource, f domain.RunnerFilter, p ports.Page) ([]domain.RunnerID, int) {
	t.Helper()
	runners, total, err := w.Runners.List(w.Context(), source, f, p)
	require.NoError(t, err)
	require.NotNil(t, runners)
	ids := make([]domain.RunnerID, len(runners))
	for i, r := range runners {
		ids[i] = r.ID
	}
	return ids, total
}
