// Package contract checks what the ports promise. Each promise is one subtest,
// so that an adapter which breaks it is told in words. A further adapter needs a
// few lines: a function that opens it, and a call of Storage.
package contract

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// Open makes a fresh, empty store of this test's own.
type Open func(t testing.TB) fixture.Store

// Storage checks all repositories of one adapter.
func Storage(t *testing.T, open Open) {
	t.Helper()
	for name, suite := range map[string]func(t *testing.T, open Open){
		"runners":     RunnerRepository,
		"runner list": RunnerLists,
		"assignments": Assignments,
		"access":      AccessRepository,
		"projects":    ProjectRepository,
		"groups":      GroupRepository,
		"members":     MemberRepository,
		"users":       UserRepository,
		"tokens":      TokenRepository,
		"jobs":        JobRepository,
		"artifacts":   ArtifactRepository,
		"discarded":   DiscardedOutputRepository,
		"signals":     QueueSignals,
		"instance":    InstanceRepository,

		"runner managers": RunnerManagerRepository,
		"token lifetimes": TokenLifetimes,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suite(t, open)
		})
	}
}

// promise checks one sentence of a port in a world that is empty.
type promise = func(t *testing.T, w *fixture.World)

func check(t *testing.T, open Open, promises ...map[string]promise) {
	t.Helper()
	for _, some := range promises {
		for sentence, test := range some {
			t.Run(sentence, func(t *testing.T) {
				t.Parallel()
				test(t, fixture.NewWorld(t, open(t)))
			})
		}
	}
}

// now is the moment of the tests, at which memberships that are fixture.Expired
// have just ended.
var now = fixture.Moment

// missing is an id that nothing has.
const missing = 987654

// everything is a page that holds all rows of a small test.
var everything = ports.Page{Number: 1, Size: 1000}

func assertEqual(t *testing.T, want, got any, options ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, options...); diff != "" {
		t.Errorf("got other than wanted (-want +got):\n%s", diff)
	}
}

// assertUTC catches moments that are right but come back in another zone.
func assertUTC(t *testing.T, moments ...time.Time) {
	t.Helper()
	for _, moment := range moments {
		assert.Equal(t, time.UTC, moment.Location())
	}
}

func assertNotFound(t *testing.T, resource string, err error) {
	t.Helper()
	require.Error(t, err)
	require.ErrorIs(t, err, domain.NotFound(resource))
}

func assertConflict(t *testing.T, err error) {
	t.Helper()
	var refusal *domain.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, domain.KindConflict, refusal.Kind, refusal.Error())
}

// concurrently starts n calls at the same moment and returns their errors.
func concurrently(n int, call func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var calls sync.WaitGroup
	for i := range n {
		calls.Go(func() {
			<-start
			errs[i] = call(i)
		})
	}
	close(start)
	calls.Wait()
	return errs
}

// succeeded counts the calls without an error.
func succeeded(errs []error) int {
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

// errRefused is an error that no adapter knows.
var errRefused = errors.New("the change is refused")
