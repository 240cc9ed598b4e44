package contract

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

var runnerKeysetPromises = map[string]promise{
	"pages of every source and filter hold what the whole list holds": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		for range 3 {
			w.AddInstanceRunner()
			w.AddGroupRunner(f.middle, func(s *domain.RunnerState) { s.Tags = domain.Tags{"a", "b"} })
			w.AddProjectRunner(f.inMiddle, func(s *domain.RunnerState) { s.Tags, s.ContactedAt = domain.Tags{"b", "a", "c", "d"}, now })
		}
		for name, list := range everySource(w, f) {
			whole, total := runnerIDs(t, w, list.source, list.filter)
			require.Len(t, whole, total, name)
			for size := 1; size <= 4; size++ {
				paged := []domain.RunnerID{}
				for number := 1; number == 1 || (number-2)*size < total; number++ {
					ids, got := runnerPage(t, w, list.source, list.filter, ports.Page{Number: number, Size: size})
					assert.Equal(t, total, got, "%s, page %d of %d rows", name, number, size)
					paged = append(paged, ids...)
				}
				assert.Equal(t, whole, paged, "%s by number", name)
				assert.Equal(t, whole, keysetWalk(t, w, list.source, list.filter, size, false), "%s by keyset", name)
				backwards := keysetWalk(t, w, list.source, list.filter, size, true)
				slices.Reverse(backwards)
				assert.Equal(t, whole, backwards, "%s by keyset, backwards", name)
			}
		}
	},
	"a keyset gives the ids between its bounds": func(t *testing.T, w *fixture.World) {
		var all []domain.RunnerID
		for range 6 {
			all = append(all, w.AddInstanceRunner())
		}
		page := ports.Page{Size: 2, Keyset: &ports.Keyset{After: int64(all[0]), Before: int64(all[5])}}
		ids, total := runnerPage(t, w, among(), domain.RunnerFilter{}, page)
		assert.Equal(t, all[1:3], ids)
		assert.Equal(t, 3, total, "the page, and one more because others follow")
		page.Keyset.After = int64(all[2])
		ids, total = runnerPage(t, w, among(), domain.RunnerFilter{}, page)
		assert.Equal(t, all[3:5], ids)
		assert.Equal(t, 2, total, "none follows")
		page.Keyset.Descending, page.Keyset.Before = true, 0
		ids, _ = runnerPage(t, w, among(), domain.RunnerFilter{}, page)
		assert.Equal(t, []domain.RunnerID{all[5], all[4]}, ids)
	},
	"a page by keyset takes one statement, however many rows there are": func(t *testing.T, w *fixture.World) {
		f := addFamily(w)
		w.AddCopiesOfRunner(w.AddInstanceRunner(), 200)
		for name, list := range everySource(w, f) {
			most := 1
			if len(list.filter.Tags) > 1 {
				most = 2 // which of the tags is rarer
			}
			assert.GreaterOrEqual(t, most, w.CountStatements(func() {
				runnerPage(t, w, list.source, list.filter, ports.Page{Size: 3, Keyset: &ports.Keyset{}})
			}), name)
		}
	},
	"a walk by keyset gives each runner once while others come and go": func(t *testing.T, w *fixture.World) {
		rapid.Check(t, func(rt *rapid.T) {
			var stay, gone []domain.RunnerID
			for range 8 {
				stay = append(stay, w.AddInstanceRunner())
			}
			keyset := ports.Keyset{After: int64(stay[0]) - 1, Descending: rapid.Bool().Draw(rt, "descending")}
			var seen []domain.RunnerID
			for more := true; more; {
				page := ports.Page{Size: rapid.IntRange(1, 4).Draw(rt, "size"), Keyset: &keyset}
				ids, total := runnerPage(t, w, among(), domain.RunnerFilter{}, page)
				seen, more = append(seen, ids...), total > len(ids)
				if len(ids) > 0 {
					keyset = keysetAfter(keyset, ids)
				}
				switch {
				case len(gone) < 5 && rapid.Bool().Draw(rt, "one comes"):
					gone = append(gone, w.AddInstanceRunner())
				case len(gone) > 0 && rapid.Bool().Draw(rt, "one goes"):
					deleteRunner(t, w, gone[0])
					gone = gone[1:]
				}
			}
			sorted := slices.Sorted(slices.Values(seen))
			assert.Len(rt, slices.Compact(slices.Clone(sorted)), len(sorted), "none twice")
			for _, id := range stay {
				assert.Contains(rt, seen, id)
			}
			for _, id := range slices.Concat(stay, gone) {
				deleteRunner(t, w, id)
			}
		})
	},
}

// everySource are lists that are found in all the ways that there are.
func everySource(w *fixture.World, f family) map[string]struct {
	source ports.RunnerSource
	filter domain.RunnerFilter
} {
	type list = struct {
		source ports.RunnerSource
		filter domain.RunnerFilter
	}
	lists := map[string]list{}
	for source, among := range map[string]ports.RunnerSource{
		"all": among(), "owned": ownedBy(w.Founder()), "usable": usableIn(f.inMiddle), "usable in group": usableInGroup(f.leaf),
	} {
		for filter, narrow := range map[string]domain.RunnerFilter{
			"":                   {},
			" of a type":         {Types: []domain.RunnerType{domain.GroupRunner}},
			" instance":          {Types: []domain.RunnerType{domain.InstanceRunner}},
			" specific":          {Types: []domain.RunnerType{domain.ProjectRunner, domain.GroupRunner}},
			" active":            {Active: fixture.To(true)},
			" online":            {ContactedAfter: now.Add(-domain.OnlineWindow)},
			" offline":           {NotContactedAfter: now.Add(-domain.OnlineWindow)},
			" tagged":            {Tags: domain.Tags{"a"}},
			" with two tags":     {Tags: domain.Tags{"a", "b"}},
			" with many tags":    {Tags: domain.Tags{"a", "b", "c", "d"}},
			" tagged and online": {Tags: domain.Tags{"a"}, ContactedAfter: now.Add(-domain.OnlineWindow)},
		} {
			lists[source+filter] = list{among, narrow}
		}
	}
	return lists
}

// keysetWalk follows the pages to the end.
func keysetWalk(t *testing.T, w *fixture.World, source ports.RunnerSource, f domain.RunnerFilter, size int, descending bool) []domain.RunnerID {
	t.Helper()
	all := []domain.RunnerID{}
	keyset := ports.Keyset{Descending: descending}
	for {
		ids, total := runnerPage(t, w, source, f, ports.Page{Size: size, Keyset: &keyset})
		all = append(all, ids...)
		if total == len(ids) {
			return all
		}
		keyset = keysetAfter(keyset, ids)
	}
}

// keysetAfter is where the walk goes on after a page.
func keysetAfter(k ports.Keyset, ids []domain.RunnerID) ports.Keyset {
	last := int64(ids[len(ids)-1])
	if k.Descending {
		k.Before = last
	} else {
		k.After = last
	}
	return k
}

func deleteRunner(t *testing.T, w *fixture.World, id domain.RunnerID) {
	t.Helper()
	require.NoError(t, w.Runners.Delete(w.Context(), id, func(*domain.Runner) error { return nil }))
}
