package measures

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

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
	// patience is what polls get to be held.
	patience = 2 * time.Minute
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
	connections := make([]*driver.Connection, len(runners))
	defer func() {
		for _, c := range connections {
			if c != nil {
				_ = c.Close() // the server sees that nobody waits any more
			}
		}
	}()
	if err := hold(ctx, s.Addr, runners, connections); err != nil {
		return nil, err
	}
	// Each has a goroutine for its connection, and while it is held one that
	// watches whether the agent goes away.
	if err := awaitGoroutines(ctx, s, before.Goroutines+2*float64(len(runners))); err != nil {
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

// hold lets every runner poll twice: the first answer tells the last update, the
// second one is still to come.
func hold(ctx context.Context, address string, runners []int, connections []*driver.Connection) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(driver.Connections)
	for i, runner := range runners {
		group.Go(func() error {
			// Connections outlive the group.
			c, err := driver.Dial(context.WithoutCancel(ctx), address)
			if err != nil {
				return err
			}
			connections[i] = c
			p := newPoller(runner)
			first := p.exchange()
			answer, err := c.Exchange(first.Request)
			if err != nil {
				return err
			}
			if answer.Status != first.Status {
				return fmt.Errorf("a poll was answered with %d: %s", answer.Status, answer.Body)
			}
			if err := first.Then(answer); err != nil {
				return err
			}
			return c.Send(p.request)
		})
	}
	return group.Wait()
}

func awaitGoroutines(ctx context.Context, s *server.Server, least float64) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		now, err := s.Counters(ctx)
		if err != nil || now.Goroutines >= least {
			return err
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
