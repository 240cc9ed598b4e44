package measures

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"runyard/test/bench/driver"
	"runyard/test/bench/report"
	"runyard/test/bench/server"
)

// Options are how long everything is measured.
type Options struct {
	Rounds int
	Round  time.Duration
}

// Definition is a line that can be measured at every site.
type Definition struct {
	Key  string
	Kind report.Kind
	// Name may depend on the size of the site.
	Name func(s *Site) string
	// Floor names what the line is measured against.
	Floor string
	// Prepare opens what the line needs at the site.
	Prepare func(ctx context.Context, s *Site) (prepared, error)
}

// prepared is a line at one site.
type prepared struct {
	product, floor side
	many           bool
	// counts is who is driven; nil: the product of the site.
	counts *server.Server
	note   string // not empty: the line cannot be measured
}

// side is who is driven.
type side struct {
	workers []driver.Worker
	// before comes before each round and is not measured; nil: nothing does.
	before func(ctx context.Context) error
	// most bounds the calls of a round; zero: time alone does.
	most int
	stop func() error
}

func (s side) drive(ctx context.Context, duration time.Duration) (driver.Round, error) {
	if s.before != nil {
		if err := s.before(ctx); err != nil {
			return driver.Round{}, err
		}
	}
	return driver.Drive(ctx, s.workers, duration, s.most)
}

func (s side) close() error {
	if s.stop == nil {
		return nil
	}
	return s.stop()
}

func (p prepared) close() error { return errors.Join(p.product.close(), p.floor.close()) }

// Measure drives the product, the floor and, if there is one, the product at the
// smaller site by turns.
func (d Definition) Measure(ctx context.Context, site, smaller *Site, o Options) (line report.Line, err error) {
	line = report.Line{Key: d.Key, Kind: d.Kind, Name: d.Name(site), Floor: d.Floor}
	// One line that takes for ever, or is refused, shall not hide the others.
	defer func() {
		if errors.Is(err, driver.ErrTooSlow) || errors.Is(err, driver.ErrRefused) {
			line.Note, err = "missed: "+err.Error(), nil
		}
	}()
	at, err := d.Prepare(ctx, site)
	if err != nil || at.note != "" {
		line.Note = at.note
		return line, err
	}
	defer func() { err = errors.Join(err, at.close()) }()
	line.Many = at.many
	sides := []side{at.product, at.floor}
	if smaller != nil {
		small, err := d.Prepare(ctx, smaller)
		if err != nil {
			return line, err
		}
		defer small.close() //nolint:errcheck // the connections are of no further use
		if small.note == "" {
			sides = append(sides, small.product)
		}
	}
	driven := cmp.Or(at.counts, site.Product)
	knowsPeak := driven.ForgetPeak() == nil
	taken, counted, err := alternate(ctx, driven.Counters, sides, o)
	if err != nil {
		return line, err
	}
	fill(&line, taken, counted)
	if knowsPeak {
		memory, err := driven.Memory()
		line.Peak = memory.Peak
		return line, err
	}
	return line, nil
}

// fill computes the figures of a line from the rounds of each side.
func fill(line *report.Line, taken [][]driver.Round, counted server.Counters) {
	product, floor := driver.Join(taken[0]...), driver.Join(taken[1]...)
	line.PerSecond = report.Pair{Product: median(taken[0], driver.Round.PerSecond), Floor: median(taken[1], driver.Round.PerSecond)}
	line.Ratio = medianRatio(taken[0], taken[1], driver.Round.PerSecond)
	line.P50 = report.Pair{Product: float64(product.Percentile(50)), Floor: float64(floor.Percentile(50))}
	line.P99 = report.Pair{Product: float64(product.Percentile(99)), Floor: float64(floor.Percentile(99))}
	line.Statements = counted.Statements / float64(product.Calls)
	line.Allocated = counted.Allocated / float64(product.Calls)
	if len(taken) > 2 {
		line.Growth = medianRatio(taken[0], taken[2], func(r driver.Round) float64 { return float64(r.Percentile(50)) })
	}
}

func median(rounds []driver.Round, of func(driver.Round) float64) float64 {
	figures := make([]float64, len(rounds))
	for i, round := range rounds {
		figures[i] = of(round)
	}
	return report.Median(figures)
}

// medianRatio compares each round with the other side's next to it.
func medianRatio(rounds, others []driver.Round, of func(driver.Round) float64) float64 {
	ratios := make([]float64, len(rounds))
	for i := range rounds {
		ratios[i] = of(rounds[i]) / of(others[i])
	}
	return report.Median(ratios)
}

// counting asks the product what it counted so far.
type counting func(ctx context.Context) (server.Counters, error)

// alternate takes the rounds of each side, after one that does not count: caches
// and pools are warm then. The product counts for itself during the rounds of
// the first side.
func alternate(ctx context.Context, count counting, sides []side, o Options) (taken [][]driver.Round, counted server.Counters, err error) {
	taken = make([][]driver.Round, len(sides))
	for i, side := range sides {
		if _, err := side.drive(ctx, o.Round/2); err != nil {
			return nil, server.Counters{}, fmt.Errorf("warm up side %d: %w", i, err)
		}
	}
	for range o.Rounds {
		for i, side := range sides {
			if i > 0 {
				round, err := side.drive(ctx, o.Round)
				if err != nil {
					return nil, server.Counters{}, err
				}
				taken[i] = append(taken[i], round)
				continue
			}
			round, during, err := driveCounted(ctx, count, side, o.Round)
			if err != nil {
				return nil, server.Counters{}, err
			}
			taken[i] = append(taken[i], round)
			counted.Statements += during.Statements
			counted.Allocated += during.Allocated
		}
	}
	return taken, counted, nil
}

// driveCounted is a round with what the product counted meanwhile. The question
// costs something too, which is taken off.
func driveCounted(ctx context.Context, count counting, s side, duration time.Duration) (driver.Round, server.Counters, error) {
	if s.before != nil {
		if err := s.before(ctx); err != nil {
			return driver.Round{}, server.Counters{}, err
		}
		s.before = nil
	}
	first, err := count(ctx)
	if err != nil {
		return driver.Round{}, server.Counters{}, err
	}
	before, err := count(ctx)
	if err != nil {
		return driver.Round{}, server.Counters{}, err
	}
	round, err := s.drive(ctx, duration)
	if err != nil {
		return driver.Round{}, server.Counters{}, err
	}
	after, err := count(ctx)
	question := before.Minus(first)
	during := after.Minus(before)
	during.Allocated = max(0, during.Allocated-question.Allocated)
	return round, during, err
}

// senders are workers with a connection each.
func senders(address string, next func(connection int) func() driver.Exchange) side {
	var workers []driver.Worker
	var all []*driver.Sender
	for i := range driver.Connections {
		sender := &driver.Sender{Address: address, Next: next(i)}
		all, workers = append(all, sender), append(workers, sender)
	}
	return side{workers: workers, stop: func() (err error) {
		for _, sender := range all {
			err = errors.Join(err, sender.Close())
		}
		return err
	}}
}

// always sends the same request.
func always(e driver.Exchange) func(int) func() driver.Exchange {
	return func(int) func() driver.Exchange { return func() driver.Exchange { return e } }
}

// both drives both servers.
func both(s *Site, product, floor func(int) func() driver.Exchange) prepared {
	return prepared{product: senders(s.Product.Addr, product), floor: senders(s.Floor.Addr, floor)}
}

// ask sends one request on a connection of its own.
func ask(ctx context.Context, address string, e driver.Exchange) (got driver.Answer, err error) {
	e.Then = func(a driver.Answer) error {
		got = a
		return nil
	}
	sender := driver.Sender{Address: address, Next: func() driver.Exchange { return e }}
	defer func() { err = errors.Join(err, sender.Close()) }()
	return got, sender.Call(ctx)
}

// sameAnswers fails unless both sides answer with the same value and total.
func sameAnswers(ctx context.Context, s *Site, product, floor driver.Exchange) (driver.Answer, error) {
	one, err := ask(ctx, s.Product.Addr, product)
	if err != nil {
		return one, err
	}
	other, err := ask(ctx, s.Floor.Addr, floor)
	if err != nil {
		return one, err
	}
	var values [2]any
	if err := errors.Join(json.Unmarshal(one.Body, &values[0]), json.Unmarshal(other.Body, &values[1])); err != nil {
		return one, err
	}
	if !reflect.DeepEqual(values[0], values[1]) || one.Total != other.Total {
		return one, fmt.Errorf("the answers differ: the product says (of %q) %s, the floor says (of %q) %s",
			one.Total, one.Body, other.Total, other.Body)
	}
	return one, nil
}
