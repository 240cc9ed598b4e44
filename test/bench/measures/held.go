package measures

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"syscall"
	"time"

	"runyard/test/bench/dataset"
	"runyard/test/bench/driver"
	"runyard/test/bench/report"
	"runyard/test/bench/server"
)

const (
	// held is how many polls are held, but no more than every tenth runner's.
	held = 10_000
	// spareDescriptors are for whatever else has a file open.
	spareDescriptors = 500
	// comeAgain is how long an agent waits that was told to come later.
	comeAgain = time.Second
	// patience is what polls get to be held.
	patience = 5 * time.Minute
)

// HeldPolls is the memory of the server while requests wait in it, each of a
// runner of its own on a connection of its own. Nothing else must use the server.
func HeldPolls(ctx context.Context, s *server.Server, data dataset.Data) ([]report.Figure, error) {
	runners := data.IdleRunners(min(held, data.Runners/10))
	note := ""
	if limit, err := raiseDescriptors(); err != nil {
		return nil, err
	} else if limit < len(runners)+spareDescriptors {
		runners = runners[:limit-spareDescriptors]
		note = fmt.Sprintf("a process can have no more than %d files here", limit)
	}
	before, err := s.Counters(ctx)
	if err != nil {
		return nil, err
	}
	polling, err := pollAll(ctx, s.Addr, runners)
	if err != nil {
		return nil, err
	}
	defer polling.stop()
	// Each has a goroutine for its connection, and while it is held one that
	// watches whether the agent goes away. A few are between two polls.
	const most = 0.99
	if err := awaitGoroutines(ctx, s, polling, before.Goroutines+2*most*float64(len(runners))); err != nil {
		return nil, err
	}
	memory, err := s.Memory()
	figure := report.Figure{
		Key: "held-polls", Name: fmt.Sprintf("memory of %d held polls", len(runners)),
		Value: float64(memory.Resident) / (1 << 20), Unit: "MiB", Note: note,
	}
	if len(runners) == held {
		figure.AtMost = 400
	}
	return []report.Figure{figure}, err
}

// polling are agents that ask again whenever they are answered.
type polling struct {
	connections []*driver.Connection
	failed      chan error // holds the first failure
	ended       sync.WaitGroup
}

// pollAll lets every runner poll on a connection of its own.
func pollAll(ctx context.Context, address string, runners []int) (*polling, error) {
	p := &polling{failed: make(chan error, 1)}
	for _, runner := range runners {
		c, err := driver.Dial(ctx, address)
		if err != nil {
			p.stop()
			return nil, err
		}
		p.connections = append(p.connections, c)
		p.ended.Go(func() { p.poll(c, newPoller(runner)) })
	}
	return p, nil
}

// poll asks until the connection is closed.
func (p *polling) poll(c *driver.Connection, agent *poller) {
	for {
		next := agent.exchange()
		answer, err := c.Exchange(next.Request)
		if err == nil && answer.Status == http.StatusServiceUnavailable {
			time.Sleep(comeAgain)
			continue
		}
		if err == nil && answer.Status != next.Status {
			err = fmt.Errorf("a poll was answered with %d: %s", answer.Status, answer.Body)
		}
		if err == nil {
			err = next.Then(answer)
		}
		if err == nil {
			continue
		}
		select {
		case p.failed <- err:
		default: // one is enough
		}
		return
	}
}

// stop lets all agents go.
func (p *polling) stop() {
	for _, c := range p.connections {
		_ = c.Close() // the server sees that nobody waits any more
	}
	p.ended.Wait()
}

// awaitGoroutines waits until the server has so many: as long as the polls come.
func awaitGoroutines(ctx context.Context, s *server.Server, p *polling, least float64) error {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		now, err := s.Counters(ctx)
		if err != nil || now.Goroutines >= least {
			return err
		}
		select {
		case err := <-p.failed:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New("the server does not hold the polls")
}

// raiseDescriptors lets this process, and those that it starts, have as many
// files as they may, and returns how many.
func raiseDescriptors() (int, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	limit.Cur = limit.Max
	err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	return int(min(limit.Cur, 1<<20)), err
}
