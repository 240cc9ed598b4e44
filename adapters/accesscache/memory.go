package accesscache

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// life is how old an entry may be, counted from before it was read: with the
	// time that a request takes it stays within a second.
	life = 800 * time.Millisecond
	// capacity bounds the entries of one memory.
	capacity = 10_000
	// readTimeout bounds a read that callers share, which none of them can end.
	readTimeout = 10 * time.Second
)

// memory keeps values that were read lately.
type memory[Key comparable, Value any] struct {
	now func() time.Time
	// name is different for different keys. It is not how a key is shown: secrets
	// look all the same then.
	name  func(key Key) string
	reads singleflight.Group

	mu         sync.Mutex
	entries    map[Key]entry[Value]
	generation uint64 // how often everything was forgotten
}

type entry[Value any] struct {
	value Value
	began time.Time // the read of it
}

func newMemory[Key comparable, Value any](now func() time.Time, name func(key Key) string) *memory[Key, Value] {
	return &memory[Key, Value]{now: now, name: name, entries: make(map[Key]entry[Value])}
}

// get returns the value if it is remembered, else it reads it, once for all who
// ask at the same time. Errors are not remembered.
func (m *memory[Key, Value]) get(ctx context.Context, key Key, read func(ctx context.Context) (Value, error)) (Value, error) {
	asked := m.now()
	for {
		found, generation, ok := m.find(key)
		if ok && found.goodAt(asked) {
			return found.value, nil
		}
		// Whoever asks after a change shares no read that began before it.
		name := strconv.FormatUint(generation, 10) + "/" + m.name(key)
		select {
		case got := <-m.reads.DoChan(name, func() (any, error) { return m.read(ctx, key, generation, read) }):
			if got.Err != nil {
				return found.value, got.Err
			}
			// A slow read may have begun long before this caller asked.
			if shared := got.Val.(entry[Value]); shared.goodAt(asked) {
				return shared.value, nil
			}
		case <-ctx.Done():
			return found.value, ctx.Err()
		}
	}
}

func (e entry[Value]) goodAt(asked time.Time) bool { return asked.Sub(e.began) < life }

func (m *memory[Key, Value]) find(key Key) (found entry[Value], generation uint64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found, ok = m.entries[key]
	return found, m.generation, ok
}

// read reads the value and remembers it, unless everything was forgotten since.
// It goes on if the caller leaves, for there may be others.
func (m *memory[Key, Value]) read(ctx context.Context, key Key, generation uint64,
	read func(ctx context.Context) (Value, error),
) (entry[Value], error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
	defer cancel()
	began := m.now()
	value, err := read(ctx)
	got := entry[Value]{value, began}
	if err != nil {
		return got, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if generation != m.generation {
		return got, nil
	}
	if len(m.entries) >= capacity {
		clear(m.entries) // most of it is too old
	}
	m.entries[key] = got
	return got, nil
}

// forget forgets everything, and what is being read.
func (m *memory[Key, Value]) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.generation++
	clear(m.entries)
}
