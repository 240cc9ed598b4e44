package application

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/ports/mocks"
)

var noon = time.Date(2021, time.June, 22, 12, 0, 0, 0, time.UTC)

// newTestBoard is a board of that many seats.
func newTestBoard(t *testing.T, capacity int) *board {
	t.Helper()
	generator := mocks.NewMockTokenGenerator(gomock.NewController(t))
	generator.EXPECT().Nonce().Return("nonce").AnyTimes()
	b := newBoard(generator)
	b.capacity = capacity
	return b
}

// aSeat is a seat of the runner with that id.
func aSeat(id domain.RunnerID) *seat {
	return &seat{
		token: domain.Digest(strconv.Itoa(int(id))), taken: noon,
		runner: domain.RestoreRunner(domain.RunnerState{ID: id, Type: domain.InstanceRunner, Active: true, RunUntagged: true}),
	}
}

func TestTheBoardDoesNotGrowWithoutBound(t *testing.T) {
	t.Parallel()
	b := newTestBoard(t, 3)
	for id := range domain.RunnerID(10) {
		s := aSeat(id)
		assert.Same(t, s, b.open(s, 0))
		known, _ := b.find(s.token, noon)
		assert.Same(t, s, known)
	}
	assert.Len(t, b.seats, 3)
	assert.Len(t, b.byRunner, 3)
}

func TestWhoLosesASeatLooksAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newTestBoard(t, 1)
		s := b.open(aSeat(1), 0)
		version := b.version(s)
		turned := make(chan bool)
		go func() {
			_, ok := b.await(t.Context(), nil, s, version)
			turned <- ok
		}()
		synctest.Wait()
		b.open(aSeat(2), 0)
		assert.True(t, <-turned)
		_, ok := b.await(t.Context(), nil, s, b.version(s))
		assert.True(t, ok, "the seat is no place to wait any more")
	})
}

// A request that would wait in vain here is one that nobody wakes: the bubble
// tells.
func TestNobodyWaitsAfterWhatHappenedMeanwhile(t *testing.T) {
	t.Parallel()
	job := domain.QueuedJob{Job: 9, Status: domain.JobPending, SharedRunnersEnabled: true}
	for name, happens := range map[string]func(b *board){
		"a job":       func(b *board) { b.handle(ports.QueueEvent{Queued: []domain.QueuedJob{job}}) },
		"a change":    func(b *board) { b.handle(ports.QueueEvent{Runners: []domain.RunnerID{1}}) },
		"anything":    func(b *board) { b.handle(ports.QueueEvent{Everything: true}) },
		"the end":     func(b *board) { b.close() },
		"a long time": func(b *board) { b.expire(noon.Add(time.Hour)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newTestBoard(t, 3)
				s := b.open(aSeat(1), 0)
				version := b.version(s)
				happens(b)
				_, ok := b.await(t.Context(), nil, s, version)
				assert.True(t, ok)
			})
		})
	}
}

func TestNobodyWaitsAfterTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newTestBoard(t, 3)
		b.close()
		_, changes := b.find("1", noon)
		s := b.open(aSeat(1), changes)
		_, ok := b.await(t.Context(), nil, s, b.version(s))
		assert.True(t, ok)
	})
}

func TestTheFasterOfTwoReadersIsTaken(t *testing.T) {
	t.Parallel()
	b := newTestBoard(t, 3)
	first := b.open(aSeat(1), 0)
	assert.Same(t, first, b.open(aSeat(1), 0))
}

func TestSeatsGrowOldWithinAMinuteButNotAllAtOnce(t *testing.T) {
	t.Parallel()
	ends := make(map[time.Duration]bool)
	for id := range domain.RunnerID(30) {
		b := newTestBoard(t, 100)
		s := b.open(aSeat(id), 0)
		for age := time.Duration(0); ; age += time.Second {
			require.Less(t, age, time.Minute)
			b.expire(noon.Add(age))
			if len(b.seats) == 0 {
				known, _ := b.find(s.token, noon)
				assert.Nil(t, known)
				ends[age] = true
				break
			}
		}
	}
	assert.Len(t, ends, 15)
}

func TestASeatFromTheFutureIsNotTrusted(t *testing.T) {
	t.Parallel()
	b := newTestBoard(t, 3)
	s := b.open(aSeat(1), 0)
	known, _ := b.find(s.token, noon.Add(-time.Second))
	assert.Nil(t, known)
	assert.Empty(t, b.byRunner)
}

func TestAnOlderSeatOfARunnerDoesNotHideTheNewerOne(t *testing.T) {
	t.Parallel()
	b := newTestBoard(t, 3)
	old, rotated := aSeat(1), aSeat(1)
	rotated.token, rotated.taken = "new token", noon.Add(30*time.Second)
	b.open(old, 0)
	b.open(rotated, 0)
	b.expire(noon.Add(time.Minute))
	assert.Same(t, rotated, b.byRunner[1])
	assert.Len(t, b.seats, 1)
}

var machineOne = domain.RunnerMachine{Runner: 1, SystemID: "s_1"}

func TestTheMemoryOfHeartbeatsEndsWithThem(t *testing.T) {
	t.Parallel()
	h := newHeartbeats()
	h.note(machineOne, domain.RunnerContact{At: noon}, time.Time{})
	assert.Len(t, h.take(noon), 1)
	assert.Empty(t, h.take(noon.Add(contactInterval-1)))
	assert.Len(t, h.beats, 1)
	assert.Empty(t, h.take(noon.Add(contactInterval)))
	assert.Empty(t, h.beats)

	h.note(machineOne, domain.RunnerContact{At: noon}, noon.Add(time.Hour))
	assert.Len(t, h.take(noon), 1, "the clock was put back")
}

func TestContactsThatComeBackToNothingAreKept(t *testing.T) {
	t.Parallel()
	h := newHeartbeats()
	h.putBack(map[domain.RunnerMachine]domain.RunnerContact{machineOne: {At: noon}})
	assert.Equal(t, map[domain.RunnerMachine]domain.RunnerContact{machineOne: {At: noon}}, h.take(noon))
}
