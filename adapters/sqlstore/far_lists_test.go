package sqlstore

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestFarListsAreRemembered(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	remember := func(t *testing.T) (*farLists[string], *time.Time) {
		t.Helper()
		now := start
		lists := newFarLists[string](func() time.Time { return now })
		lists.counted("far", true)
		lists.counted("near", false)
		return lists, &now
	}
	t.Run("for a few seconds", func(t *testing.T) {
		t.Parallel()
		lists, now := remember(t)
		assert.True(t, lists.known("far"))
		*now = start.Add(farRecount - 1)
		assert.True(t, lists.known("far"))
		*now = start.Add(farFor)
		assert.False(t, lists.known("far"))
		*now = start.Add(time.Hour)
		assert.False(t, lists.known("far"))
	})
	t.Run("and counted again by one, while the others go on", func(t *testing.T) {
		t.Parallel()
		lists, now := remember(t)
		*now = start.Add(farRecount)
		assert.False(t, lists.known("far"), "this one counts")
		assert.True(t, lists.known("far"))
		lists.counted("far", true)
		*now = start.Add(farFor)
		assert.True(t, lists.known("far"), "it was counted again")
	})
	t.Run("unless they are not far, or not any more", func(t *testing.T) {
		t.Parallel()
		lists, _ := remember(t)
		assert.False(t, lists.known("near"))
		assert.False(t, lists.known("unheard of"))
		lists.counted("far", false)
		assert.False(t, lists.known("far"))
	})
	t.Run("until rows were taken out", func(t *testing.T) {
		t.Parallel()
		lists, _ := remember(t)
		lists.forget()
		assert.False(t, lists.known("far"))
	})
	t.Run("and only so many", func(t *testing.T) {
		t.Parallel()
		now := start
		lists := newFarLists[int](func() time.Time { return now })
		for i := range 3 * maxFarLists {
			lists.counted(i, true)
		}
		assert.LessOrEqual(t, len(lists.lists), maxFarLists)
		assert.True(t, lists.known(3*maxFarLists-1))
	})
}
