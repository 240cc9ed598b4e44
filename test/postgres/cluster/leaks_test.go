package cluster

import (
	"testing"

	"go.uber.org/goleak"
)

// Nothing that a test began goes on when it has ended.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
