package accesscache

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// source is what a memory reads from. It tells of every read, which it holds up
// until the test lets it go.
type source struct {
	begun chan chan<- int // what to answer
}

func newSource() source { return source{begun: make(chan chan<- int)} }

func (s source) read(ctx context.Context) (int, error) {
	answer := make(chan int)
	s.begun <- answer
	select {
	case value := <-answer:
		return value, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// got is what came of a request.
type got struct {
	value int
	err   error
}

// ask asks in the background.
func (s source) ask(ctx context.Context, m *memory[string, int]) <-chan got {
	answered := make(chan got, 1)
	go func() {
		value, err := m.get(ctx, "key", s.read)
		answered <- got{value, err}
	}()
	return answered
}

// inBubble runs the test where time passes only while everybody waits.
func inBubble(t *testing.T, test func(t *testing.T, m *memory[string, int], s source)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { test(t, newMemory[string, int](time.Now, strings.Clone), newSource()) })
}

func TestAValueIsReadOnceInItsLife(t *testing.T) {
	inBubble(t, func(t *testing.T, m *memory[string, int], s source) {
		first := s.ask(t.Context(), m)
		answer := <-s.begun
		time.Sleep(life / 2) // which counts: the value may have changed meanwhile
		answer <- 1
		assert.Equal(t, got{1, nil}, <-first)
		time.Sleep(life/2 - time.Nanosecond)
		assert.Equal(t, got{1, nil}, <-s.ask(t.Context(), m))
		time.Sleep(time.Nanosecond)
		again := s.ask(t.Context(), m)
		(<-s.begun) <- 2
		assert.Equal(t, got{2, nil}, <-again)
	})
}

func TestAReadThatBeganBeforeAChangeIsNotRemembered(t *testing.T) {
	inBubble(t, func(t *testing.T, m *memory[string, int], s source) {
		before := s.ask(t.Context(), m)
		answer := <-s.begun
		m.forget()
		answer <- 1
		assert.Equal(t, got{1, nil}, <-before, "it was asked for before the change")
		after := s.ask(t.Context(), m)
		(<-s.begun) <- 2
		assert.Equal(t, got{2, nil}, <-after)
	})
}

func TestWhoAsksAfterAChangeSharesNoReadFromBefore(t *testing.T) {
	inBubble(t, func(t *testing.T, m *memory[string, int], s source) {
		before := s.ask(t.Context(), m)
		old := <-s.begun
		m.forget()
		after := s.ask(t.Context(), m)
		(<-s.begun) <- 2
		assert.Equal(t, got{2, nil}, <-after)
		old <- 1
		<-before
		assert.Equal(t, got{2, nil}, <-s.ask(t.Context(), m), "the old value does not come back")
	})
}

func TestAllWhoAskAtTheSameTimeShareARead(t *testing.T) {
	inBubble(t, func(t *testing.T, m *memory[string, int], s source) {
		ctx, leave := context.WithCancel(t.Context())
		first := s.ask(ctx, m)
		answer := <-s.begun
		var others []<-chan got
		for range 10 {
			others = append(others, s.ask(t.Context(), m))
		}
		synctest.Wait()
		leave()
		assert.Equal(t, got{0, context.Canceled}, <-first, "who leaves does not wait")
		answer <- 1
		for _, other := range others {
			assert.Equal(t, got{1, nil}, <-other, "nor does it end the read")
		}
	})
}

func TestNobodySharesAReadThatBeganTooLongAgo(t *testing.T) {
	inBubble(t, func(t *testing.T, m *memory[string, int], s source) {
		first := s.ask(t.Context(), m)
		slow := <-s.begun
		time.Sleep(life)
		second := s.ask(t.Context(), m)
		synctest.Wait()
		slow <- 1
		assert.Equal(t, got{1, nil}, <-first)
		(<-s.begun) <- 2
		assert.Equal(t, got{2, nil}, <-second)
	})
}

func TestAReadThatHangsEnds(t *testing.T) {
	inBubble(t, func(t *testing.T, m *memory[string, int], s source) {
		first := s.ask(t.Context(), m)
		<-s.begun
		begin := time.Now()
		assert.Equal(t, got{0, context.DeadlineExceeded}, <-first)
		assert.Equal(t, readTimeout, time.Since(begin))
	})
}

func TestErrorsAreNotRemembered(t *testing.T) {
	t.Parallel()
	m := newMemory[string, int](time.Now, strings.Clone)
	broken := errors.New("broken")
	_, err := m.get(t.Context(), "key", func(context.Context) (int, error) { return 0, broken })
	require.ErrorIs(t, err, broken)
	value, err := m.get(t.Context(), "key", func(context.Context) (int, error) { return 1, nil })
	require.NoError(t, err)
	assert.Equal(t, 1, value)
}

func TestAMemoryIsBounded(t *testing.T) {
	t.Parallel()
	m := newMemory[int, int](func() time.Time { return time.Time{} }, strconv.Itoa)
	for key := range capacity + 1 {
		value, err := m.get(t.Context(), key, func(context.Context) (int, error) { return key, nil })
		require.NoError(t, err)
		require.Equal(t, key, value)
		require.LessOrEqual(t, len(m.entries), capacity)
	}
}

func TestWhoeverAsksWhileThingsChangeGetsTheTruth(t *testing.T) {
	t.Parallel()
	m := newMemory[string, int](time.Now, strings.Clone)
	var mu sync.Mutex
	stored := 0
	read := func(context.Context) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return stored, nil
	}
	var asking sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		asking.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					_, _ = m.get(t.Context(), "key", read)
				}
			}
		})
	}
	for value := range 2_000 {
		mu.Lock()
		stored = value
		mu.Unlock()
		m.forget()
		seen, err := m.get(t.Context(), "key", read)
		require.NoError(t, err)
		require.Equal(t, value, seen)
	}
	close(done)
	asking.Wait()
}
