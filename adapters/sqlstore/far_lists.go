package sqlstore

import (
	"sync"
	"time"
)

const (
	// farFor is how long a list is taken to have more than ten thousand rows after
	// they were counted.
	farFor = 5 * time.Second
	// farRecount is when one of those who ask has to count again, while the others
	// need not wait for it.
	farRecount = 4 * time.Second
	// maxFarLists bounds what is remembered.
	maxFarLists = 10_000
)

// farLists remembers for a few seconds which lists have ports.CountLimit rows or
// more, so that these need not be counted for every page. A total that is told is
// never remembered. K says which list it is.
type farLists[K comparable] struct {
	now   func() time.Time
	mutex sync.Mutex
	lists map[K]*farList
}

type farList struct{ until, recount time.Time }

// newFarLists remembers nothing yet. now is the clock.
func newFarLists[K comparable](now func() time.Time) *farLists[K] {
	return &farLists[K]{now: now, lists: map[K]*farList{}}
}

// known tells whether the list was found to be far a moment ago.
func (f *farLists[K]) known(list K) bool {
	now := f.now()
	f.mutex.Lock()
	defer f.mutex.Unlock()
	found, ok := f.lists[list]
	if !ok {
		return false
	}
	if now.Before(found.recount) {
		return true
	}
	found.recount = found.until // the one who asked counts, for all others until then
	return false
}

// counted takes note of how many rows the list has, up to the limit of counting.
func (f *farLists[K]) counted(list K, far bool) {
	now := f.now()
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if !far {
		delete(f.lists, list)
		return
	}
	if len(f.lists) >= maxFarLists {
		clear(f.lists) // they are counted again, once each
	}
	f.lists[list] = &farList{until: now.Add(farFor), recount: now.Add(farRecount)}
}

// forget has every list counted again: rows were taken out of some.
func (f *farLists[K]) forget() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	clear(f.lists)
}
