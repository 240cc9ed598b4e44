package application

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOnOwnStack(t *testing.T) {
	t.Parallel()
	t.Run("is over when the work is", func(t *testing.T) {
		t.Parallel()
		done := false
		onOwnStack(func() { done = true })
		assert.True(t, done)
	})
	t.Run("passes a panic on, and says where it was", func(t *testing.T) {
		t.Parallel()
		defer func() {
			cause := fmt.Sprint(recover())
			assert.Contains(t, cause, "no such thing, at\n")
			assert.Contains(t, cause, "own_stack_internal_test.go")
		}()
		onOwnStack(func() { panic("no such thing") })
		assert.Fail(t, "the panic was swallowed")
	})
}
