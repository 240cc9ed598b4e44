package contract

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/domain"
	"runyard/test/fixture"
)

var runnerFilterPromises = map[string]promise{
	"List selects what the filter matches, for every combination of selectors": func(t *testing.T, w *fixture.World) {
		runners := addVariedRunners(w)
		for key, filter := range everyFilter() {
			if !assert.Equalf(t, matching(filter, runners), must2(runnerIDs(t, w, among(), filter)), "filter %s", key) {
				return
			}
		}
	},
	"List selects what the filter matches, for any runners and filter": func(t *testing.T, w *fixture.World) {
		rapid.Check(t, func(rt *rapid.T) {
			var runners []*domain.Runner
			for _, s := range rapid.SliceOfN(drawnRunner, 0, 5).Draw(rt, "runners") {
				id := w.AddInstanceRunner(func(stored *domain.RunnerState) {
					s.Token = stored.Token
					*stored = s
				})
				runners = append(runners, w.Runner(id))
			}
			defer func() {
				for _, r := range runners {
					require.NoError(rt, w.Runners.Delete(w.Context(), r.ID(), func(*domain.Runner) error { return nil }))
				}
			}()
			filter := drawFilter(rt)
			ids, total := runnerIDs(t, w, among(), filter)
			assert.Equal(rt, matching(filter, runners), ids)
			assert.Len(rt, ids, total)
		})
	},
}

func must2(ids []domain.RunnerID, _ int) []domain.RunnerID { return ids }

// matching is the specification of a list.
func matching(f domain.RunnerFilter, runners []*domain.Runner) []domain.RunnerID {
	ids := []domain.RunnerID{}
	for _, r := range runners {
		if f.Matches(r) {
			ids = append(ids, r.ID())
		}
	}
	return ids
}

// addVariedRunners adds runners of every type, paused or not, with contacts on
// both sides of the online limit and exactly on it; tags and versions rotate.
func addVariedRunners(w *fixture.World) []*domain.Runner {
	group := w.AddGroup(0)
	project := w.AddProject(group)
	limit := now.Add(-domain.OnlineWindow)
	tags := []domain.Tags{{}, {"a"}, {"b", "a"}, {"A", "b"}, {"a", "c", "b"}, {"a b"}, {"a%"}}
	versions := []*string{nil, fixture.To("14.0.1"), fixture.To("14.10"), fixture.To("14_0"), fixture.To("v14"), fixture.To("1%"), fixture.To(`1\`), fixture.To("V14"), fixture.To("")}
	var runners []*domain.Runner
	for _, contact := range []time.Time{{}, limit.Add(-time.Microsecond), limit, limit.Add(time.Microsecond), now} {
		for _, active := range []bool{true, false} {
			for range 9 {
				n := len(runners)
				change := func(s *domain.RunnerState) {
					s.ContactedAt, s.Active = contact, active
					s.Tags, s.Version = tags[n%len(tags)], versions[n%len(versions)]
				}
				var id domain.RunnerID
				switch n / 3 % 3 {
				case 0:
					id = w.AddInstanceRunner(change)
				case 1:
					id = w.AddGroupRunner(group, change)
				case 2:
					id = w.AddProjectRunner(project, change)
				}
				runners = append(runners, w.Runner(id))
			}
		}
	}
	return runners
}

// everyFilter combines the parameters of the API in every way. Combinations
// that come to the same filter are tried once.
func everyFilter() map[string]domain.RunnerFilter {
	none := domain.RunnerSelector("")
	scopes := []domain.RunnerSelector{
		none, domain.SelectActive, domain.SelectPaused, domain.SelectOnline, domain.SelectOffline, domain.SelectInstance,
		domain.SelectGroup, domain.SelectProject, domain.SelectShared, domain.SelectSpecific,
	}
	types := []domain.RunnerSelector{none, domain.SelectInstance, domain.SelectGroup, domain.SelectProject}
	statuses := []domain.RunnerSelector{none, domain.SelectActive, domain.SelectPaused, domain.SelectOnline, domain.SelectOffline}
	filters := map[string]domain.RunnerFilter{}
	for _, scope := range scopes {
		for _, kind := range types {
			for _, status := range statuses {
				var f domain.RunnerFilter
				f.Select(scope, now)
				f.Select(kind, now)
				f.Select(status, now)
				for _, further := range withFurther(f) {
					key, _ := json.Marshal(further)
					if further.Nothing {
						key = []byte("nothing")
					}
					filters[string(key)] = further
				}
			}
		}
	}
	return filters
}

func withFurther(f domain.RunnerFilter) []domain.RunnerFilter {
	var filters []domain.RunnerFilter
	for _, tags := range []domain.Tags{nil, {}, {"a"}, {"a", "b"}, {"A"}, {"a", "unknown"}, {"a%"}} {
		for _, paused := range []*bool{nil, fixture.To(true), fixture.To(false)} {
			for _, prefix := range []string{"", "14", "14.0", "1%", "14_", `1\`, "v"} {
				further := f
				if tags != nil {
					further.SelectTags(tags)
				}
				if paused != nil {
					further.SelectActive(!*paused)
				}
				further.VersionPrefix = prefix
				filters = append(filters, further)
			}
		}
	}
	return filters
}

// Few values, so that runners and filters often have something in common.
var (
	drawnTag     = rapid.SampledFrom([]string{"a", "A", "b", "a,b", "%", "_", "'", `"`, `\`, "ä", "Ä", "日"})
	drawnTags    = rapid.Map(rapid.SliceOfN(drawnTag, 0, 4), domain.NewTags)
	drawnVersion = rapid.StringOfN(rapid.RuneFrom([]rune(`14.%_\aAäÄ'*[?`)), 0, 3, -1)
	drawnMoment  = rapid.Map(rapid.IntRange(-2, 2), func(n int) time.Time { return now.Add(time.Duration(n) * time.Microsecond) })

	drawnRunner = rapid.Custom(func(rt *rapid.T) domain.RunnerState {
		s := fullRunner(domain.InstanceRunner)
		s.Active = rapid.Bool().Draw(rt, "active")
		s.Tags = drawnTags.Draw(rt, "tags")
		s.Version = rapid.Ptr(drawnVersion, true).Draw(rt, "version")
		s.ContactedAt = drawnMoment.Draw(rt, "contact")
		if rapid.Bool().Draw(rt, "never contacted") {
			s.ContactedAt = time.Time{}
		}
		return s
	})
)

func drawFilter(rt *rapid.T) domain.RunnerFilter {
	f := domain.RunnerFilter{VersionPrefix: drawnVersion.Draw(rt, "version prefix")}
	if rapid.Bool().Draw(rt, "by tags") {
		f.SelectTags(drawnTags.Draw(rt, "wanted tags"))
	}
	if rapid.Bool().Draw(rt, "by activity") {
		f.SelectActive(rapid.Bool().Draw(rt, "wanted activity"))
	}
	if rapid.Bool().Draw(rt, "by later contact") {
		f.ContactedAfter = drawnMoment.Draw(rt, "contacted after")
	}
	if rapid.Bool().Draw(rt, "by earlier contact") {
		f.NotContactedAfter = drawnMoment.Draw(rt, "not contacted after")
	}
	for _, by := range rapid.SliceOfN(rapid.SampledFrom([]domain.RunnerSelector{
		domain.SelectInstance, domain.SelectShared, domain.SelectSpecific, domain.SelectGroup,
	}), 0, 1).Draw(rt, "types") {
		f.Select(by, now)
	}
	return f
}
