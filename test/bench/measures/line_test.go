package measures

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/bench/driver"
	"runyard/test/bench/report"
	"runyard/test/bench/server"
)

// noting is a worker that notes that it was called.
type noting struct {
	name string
	all  *[]string
}

func (n noting) Call(context.Context) error {
	*n.all = append(*n.all, n.name)
	return nil
}

func TestSidesTakeTurnsAfterARoundThatDoesNotCount(t *testing.T) {
	t.Parallel()
	var notes []string
	note := func(text string) func(context.Context) error {
		return func(context.Context) error {
			notes = append(notes, text)
			return nil
		}
	}
	questions := 0
	count := func(context.Context) (server.Counters, error) {
		questions++
		notes = append(notes, "count")
		// A question costs 10 bytes, the round between the second and the third 100 more.
		allocated := float64(10*questions) + float64(questions/3*100)
		return server.Counters{Statements: float64(questions / 3 * 6), Allocated: allocated}, nil
	}
	one := side{workers: []driver.Worker{noting{"product", &notes}}, before: note("before"), most: 2}
	other := side{workers: []driver.Worker{noting{"floor", &notes}}, most: 1}
	taken, counted, err := alternate(t.Context(), count, []side{one, other}, Options{Rounds: 2, Round: time.Hour})
	require.NoError(t, err)
	round := []string{"before", "count", "count", "product", "product", "count", "floor"}
	assert.Equal(t, append(append([]string{"before", "product", "product", "floor"}, round...), round...), notes)
	assert.Len(t, taken[0], 2)
	assert.Len(t, taken[1], 2)
	assert.Equal(t, server.Counters{Statements: 12, Allocated: 200}, counted)

	var line report.Line
	fill(&line, taken, counted)
	assert.InDelta(t, 3, line.Statements, 1e-9)
	assert.InDelta(t, 50, line.Allocated, 1e-9)
}

func TestTheRatioIsTheMedianOfTheRounds(t *testing.T) {
	t.Parallel()
	rounds := func(calls ...int) (all []driver.Round) {
		for _, n := range calls {
			all = append(all, driver.Round{Calls: n, Elapsed: time.Second})
		}
		return all
	}
	assert.InDelta(t, 0.5, medianRatio(rounds(10, 900, 30), rounds(20, 100, 90), driver.Round.PerSecond), 1e-9)
	assert.InDelta(t, 30, median(rounds(10, 900, 30), driver.Round.PerSecond), 1e-9)
}

func TestGrowthComparesRoundsOfBothSizes(t *testing.T) {
	t.Parallel()
	slow, fast := driver.Round{Calls: 1, Elapsed: time.Second}, driver.Round{Calls: 2, Elapsed: time.Second}
	var line report.Line
	fill(&line, [][]driver.Round{{fast}, {slow}}, server.Counters{})
	assert.InDelta(t, 2, line.Ratio, 1e-9)
	assert.Zero(t, line.Growth, "there is nothing to compare with")
	round, err := driver.Drive(t.Context(), []driver.Worker{sleepless{}}, 0, 1)
	require.NoError(t, err)
	fill(&line, [][]driver.Round{{round}, {round}, {round}}, server.Counters{})
	assert.InDelta(t, 1, line.Growth, 1e-9)
}

// sleepless is a worker whose calls take no time.
type sleepless struct{}

func (sleepless) Call(context.Context) error { return nil }
