package domain_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

// settled is a runner of which every attribute that PUT may change is set.
func settled(s *domain.RunnerState) {
	s.Description, s.MaintenanceNote, s.MaximumTimeout = new("big one"), new("no disk"), new(int64(3600))
	s.Tags = domain.Tags{"b", "a"}
}

func TestUpdateChangesWhatIsPresent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change domain.RunnerChange
		want   func(s *domain.RunnerState)
	}{
		"description":                        {domain.RunnerChange{Description: domain.Set(new("d"))}, func(s *domain.RunnerState) { s.Description = new("d") }},
		"an empty description stays empty":   {domain.RunnerChange{Description: domain.Set(new(""))}, func(s *domain.RunnerState) { s.Description = new("") }},
		"a null description becomes null":    {domain.RunnerChange{Description: domain.Set[*string](nil)}, func(s *domain.RunnerState) { s.Description = nil }},
		"active false pauses":                {domain.RunnerChange{Active: domain.Set(false)}, func(s *domain.RunnerState) { s.Active = false }},
		"tag_list replaces the tags":         {domain.RunnerChange{Tags: domain.Set(domain.Tags{"c ", "b"})}, func(s *domain.RunnerState) { s.Tags = domain.Tags{"c", "b"} }},
		"tag_list takes the request's order": {domain.RunnerChange{Tags: domain.Set(domain.Tags{"a", "b"})}, func(s *domain.RunnerState) { s.Tags = domain.Tags{"a", "b"} }},
		"an empty tag_list removes all tags": {domain.RunnerChange{Tags: domain.Set(domain.Tags{})}, func(s *domain.RunnerState) { s.Tags = domain.Tags{} }},
		"run_untagged":                       {domain.RunnerChange{RunUntagged: domain.Set(false)}, func(s *domain.RunnerState) { s.RunUntagged = false }},
		"locked":                             {domain.RunnerChange{Locked: domain.Set(true)}, func(s *domain.RunnerState) { s.Locked = true }},
		"access_level":                       {domain.RunnerChange{AccessLevel: domain.Set(domain.RefProtected)}, func(s *domain.RunnerState) { s.AccessLevel = domain.RefProtected }},
		"maximum_timeout":                    {domain.RunnerChange{MaximumTimeout: domain.Set(new(int64(600)))}, func(s *domain.RunnerState) { s.MaximumTimeout = new(int64(600)) }},
		"a null maximum_timeout clears it":   {domain.RunnerChange{MaximumTimeout: domain.Set[*int64](nil)}, func(s *domain.RunnerState) { s.MaximumTimeout = nil }},
		"maintenance_note":                   {domain.RunnerChange{MaintenanceNote: domain.Set(new("n"))}, func(s *domain.RunnerState) { s.MaintenanceNote = new("n") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := aRunner(settled)
			want := r.State()
			test.want(&want)
			want.UpdatedAt = noon
			require.NoError(t, r.Update(test.change, noon))
			assert.Empty(t, cmp.Diff(want, r.State()), "attributes not sent stay untouched, updated_at moves")
		})
	}
}

func TestUpdatedAtMovesOnlyOnARealChange(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]domain.RunnerChange{
		"nothing sent":          {},
		"the same description":  {Description: domain.Set(new("big one"))},
		"the same activity":     {Active: domain.Set(true)},
		"the same tags":         {Tags: domain.Set(domain.Tags{"b", " a ", "b"})},
		"the same run_untagged": {RunUntagged: domain.Set(true)},
		"the same lock":         {Locked: domain.Set(false)},
		"the same access_level": {AccessLevel: domain.Set(domain.NotProtected)},
		"the same timeout":      {MaximumTimeout: domain.Set(new(int64(3600)))},
		"the same note":         {MaintenanceNote: domain.Set(new("no disk"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := aRunner(settled)
			want := r.State()
			require.NoError(t, r.Update(change, noon))
			assert.Empty(t, cmp.Diff(want, r.State()))
		})
	}
	t.Run("no tags in place of no tags", func(t *testing.T) {
		t.Parallel()
		r := aRunner(tagged())
		require.NoError(t, r.Update(domain.RunnerChange{Tags: domain.Set(domain.Tags{})}, noon))
		assert.Equal(t, yesterday, r.State().UpdatedAt)
	})
}

func TestUpdateRules(t *testing.T) {
	t.Parallel()
	t.Run("nothing is changed when any validation fails", func(t *testing.T) {
		t.Parallel()
		r := aRunner(settled)
		want := r.State()
		err := r.Update(domain.RunnerChange{
			Description: domain.Set(new("d")), Active: domain.Set(false), Tags: domain.Set(domain.Tags{"c"}),
			Locked: domain.Set(true), MaximumTimeout: domain.Set(new(int64(599))),
		}, noon)
		assert.Equal(t, broken("maximum_timeout", "needs to be at least 10 minutes"), err)
		assert.Empty(t, cmp.Diff(want, r.State()))
	})
	t.Run("removing all tags is refused if run_untagged is false", func(t *testing.T) {
		t.Parallel()
		r := aRunner(tagged("a"), func(s *domain.RunnerState) { s.RunUntagged = false })
		assert.Equal(t, broken("tags_list", tagsMissing), r.Update(domain.RunnerChange{Tags: domain.Set[domain.Tags](nil)}, noon))
		assert.Equal(t, domain.Tags{"a"}, r.State().Tags)
	})
	t.Run("removing all tags is refused if run_untagged becomes false", func(t *testing.T) {
		t.Parallel()
		change := domain.RunnerChange{Tags: domain.Set(domain.Tags{}), RunUntagged: domain.Set(false)}
		assert.Equal(t, broken("tags_list", tagsMissing), aRunner(tagged("a")).Update(change, noon))
	})
	t.Run("removing all tags is fine if run_untagged becomes true", func(t *testing.T) {
		t.Parallel()
		r := aRunner(tagged("a"), func(s *domain.RunnerState) { s.RunUntagged = false })
		assert.NoError(t, r.Update(domain.RunnerChange{Tags: domain.Set(domain.Tags{}), RunUntagged: domain.Set(true)}, noon))
	})
	t.Run("tag_list and run_untagged=false together are fine on an untagged runner", func(t *testing.T) {
		t.Parallel()
		change := domain.RunnerChange{Tags: domain.Set(domain.Tags{"a"}), RunUntagged: domain.Set(false)}
		assert.NoError(t, aRunner().Update(change, noon))
	})
	t.Run("a project runner that lost all projects fails validation", func(t *testing.T) {
		t.Parallel()
		err := aRunner(ofProjects(0)).Update(domain.RunnerChange{Active: domain.Set(false)}, noon)
		assert.Equal(t, broken("runner", "needs to be assigned to at least one project"), err)
	})
	t.Run("instance and group runners need no project", func(t *testing.T) {
		t.Parallel()
		assert.NoError(t, aRunner().Update(domain.RunnerChange{Active: domain.Set(false)}, noon))
		assert.NoError(t, aRunner(ofGroup).Update(domain.RunnerChange{Active: domain.Set(false)}, noon))
	})
	t.Run("the number of tags is only checked when the tag list changes", func(t *testing.T) {
		t.Parallel()
		crowded := aRunner(tagged(numbered(60)...))
		assert.NoError(t, crowded.Update(domain.RunnerChange{Active: domain.Set(false)}, noon), "no tags sent")
		assert.NoError(t, crowded.Update(domain.RunnerChange{Tags: domain.Set(numbered(60))}, noon), "the same tags sent")
		assert.Equal(t, broken("tags_list", tooManyTags),
			crowded.Update(domain.RunnerChange{Tags: domain.Set(numbered(59))}, noon))
	})
	t.Run("locked does not restrict update", func(t *testing.T) {
		t.Parallel()
		assert.NoError(t, aRunner(locked).Update(domain.RunnerChange{Description: domain.Set(new("d"))}, noon))
	})
	t.Run("active false shows as paused, or as not connected if never contacted", func(t *testing.T) {
		t.Parallel()
		seen, never := aRunner(lastSeen(0)), aRunner()
		pause := domain.RunnerChange{Active: domain.Set(false)}
		require.NoError(t, seen.Update(pause, noon))
		require.NoError(t, never.Update(pause, noon))
		assert.Equal(t, domain.StatusPaused, seen.Summary().Status(noon))
		assert.Equal(t, domain.StatusNotConnected, never.Summary().Status(noon))
	})
	t.Run("the tags of the change stay the caller's", func(t *testing.T) {
		t.Parallel()
		r, tags := aRunner(), domain.Tags{"a", "b"}
		require.NoError(t, r.Update(domain.RunnerChange{Tags: domain.Set(tags)}, noon))
		tags[0] = "z"
		assert.Equal(t, domain.Tags{"a", "b"}, r.State().Tags)
	})
}

func TestRunnerState(t *testing.T) {
	t.Parallel()
	t.Run("State is a copy, tags included", func(t *testing.T) {
		t.Parallel()
		r := aRunner(tagged("a", "b"))
		r.State().Tags[0] = "z"
		assert.Equal(t, domain.Tags{"a", "b"}, r.State().Tags)
		assert.Equal(t, domain.RunnerID(7), r.ID())
	})
	t.Run("RestoreRunner takes a copy, and checks nothing", func(t *testing.T) {
		t.Parallel()
		s := domain.RunnerState{ID: 8, Type: domain.ProjectRunner, Tags: domain.Tags{"a"}, Name: new(strings.Repeat("n", 999))}
		r := domain.RestoreRunner(s)
		assert.Empty(t, cmp.Diff(s, r.State()))
		s.Tags[0] = "z"
		assert.Equal(t, domain.Tags{"a"}, r.State().Tags)
	})
}
