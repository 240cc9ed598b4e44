package hostile

import (
	"context"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// scope is a test within a test that ends sooner: a walk needs a database of its
// own for each of many tries.
type scope struct {
	testing.TB
	ctx      context.Context
	cancel   context.CancelFunc
	cleanups []func()
}

func newScope(t testing.TB) *scope {
	s := &scope{TB: t}
	s.ctx, s.cancel = context.WithCancel(t.Context())
	return s
}

// Context ends before anything is cleaned up, like that of a test.
func (s *scope) Context() context.Context { return s.ctx }

// Cleanup is for the end of the scope.
func (s *scope) Cleanup(f func()) { s.cleanups = append(s.cleanups, f) }

// TempDir is gone when the scope ends.
func (s *scope) TempDir() string {
	s.Helper()
	folder, err := os.MkdirTemp("", "runyard-walk-")
	require.NoError(s.TB, err)
	s.Cleanup(func() { require.NoError(s.TB, os.RemoveAll(folder)) })
	return folder
}

func (s *scope) end() {
	s.cancel()
	for _, cleanup := range slices.Backward(s.cleanups) {
		cleanup()
	}
}
