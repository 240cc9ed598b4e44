package driver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Connections is how many requests are on their way at the same time.
const Connections = 16

// Worker makes one call after the other; nobody else uses it meanwhile. A
// Worker for HTTP is a Sender.
type Worker interface {
	Call(ctx context.Context) error
}

// Round is what was measured for a while.
type Round struct {
	Calls     int
	Elapsed   time.Duration
	latencies []time.Duration // sorted
}

// PerSecond is how many calls ended in a second.
func (r Round) PerSecond() float64 { return float64(r.Calls) / r.Elapsed.Seconds() }

// Percentile is how long the call took that was slower than so many of a hundred.
func (r Round) Percentile(percent float64) time.Duration { return percentile(r.latencies, percent) }

// percentile picks by nearest rank out of sorted durations.
func percentile(sorted []time.Duration, percent float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(float64(len(sorted))*percent/100+0.999999) - 1
	return sorted[min(max(rank, 0), len(sorted)-1)]
}

// Join is several rounds as one.
func Join(rounds ...Round) Round {
	var all Round
	for _, r := range rounds {
		all.Calls += r.Calls
		all.Elapsed += r.Elapsed
		all.latencies = append(all.latencies, r.latencies...)
	}
	slices.Sort(all.latencies)
	return all
}

// Drive lets the workers call until the time is over, or until so many calls
// were made if most is not zero. Each begins at least one call unless that is too
// many, and a call that has begun is waited for.
func Drive(ctx context.Context, workers []Worker, duration time.Duration, most int) (Round, error) {
	if most == 0 {
		most = math.MaxInt
	}
	var begun atomic.Int64
	each := make([][]time.Duration, len(workers))
	start := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for i, worker := range workers {
		group.Go(func() error {
			for begun.Add(1) <= int64(most) {
				before := time.Now()
				if late := before.Sub(start) >= duration; late && len(each[i]) > 0 || ctx.Err() != nil {
					return ctx.Err()
				}
				if err := worker.Call(ctx); err != nil {
					return err
				}
				each[i] = append(each[i], time.Since(before))
			}
			return nil
		})
	}
	err := group.Wait()
	round := Round{Elapsed: time.Since(start), latencies: slices.Concat(each...)}
	round.Calls = len(round.latencies)
	slices.Sort(round.latencies)
	return round, err
}

// Exchange is a request with the answer that has to come.
type Exchange struct {
	Request []byte
	Status  int
	// Then sees the right answer; nil: nobody has to.
	Then func(Answer) error
}

// ErrTooSlow ends a round in which an answer did not come.
var ErrTooSlow = fmt.Errorf("no answer within %s", patience)

// ErrRefused ends a round in which the server had no time for a request.
var ErrRefused = errors.New("answered with 503")

// patience is how long an answer may take: far longer than anybody would wait.
const patience = 20 * time.Second

// Sender is the Worker for HTTP: it exchanges one after the other over one
// connection, which it opens for the first one.
type Sender struct {
	Address string
	// Next is what to send.
	Next func() Exchange

	connection *Connection
}

// Call implements Worker. An answer with another status is an error.
func (s *Sender) Call(ctx context.Context) (err error) {
	if s.connection == nil {
		if s.connection, err = Dial(context.WithoutCancel(ctx), s.Address); err != nil {
			return err
		}
	}
	exchange := s.Next()
	if err := s.connection.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	answer, err := s.connection.Exchange(exchange.Request)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return ErrTooSlow
	}
	if err != nil {
		return err
	}
	if answer.Status == http.StatusServiceUnavailable {
		return ErrRefused
	}
	if answer.Status != exchange.Status {
		line, _, _ := bytes.Cut(exchange.Request, []byte(" HTTP"))
		return fmt.Errorf("%s: answered with %d instead of %d: %s", line, answer.Status, exchange.Status, answer.Body)
	}
	if exchange.Then != nil {
		return exchange.Then(answer)
	}
	return nil
}

// Close closes the connection, if there is one.
func (s *Sender) Close() error {
	if s.connection == nil {
		return nil
	}
	return s.connection.Close()
}
